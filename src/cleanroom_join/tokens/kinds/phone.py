"""
Telephone numbers in E.164.

National numbers are refused unless the column's `country` is declared (see
`country_v1`).  `00` is read as `+`, and `(0)` directly after the calling code is
dropped, except Italy's.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import CAPITALS, NOT_AN_IDENTIFIER
from cleanroom_join.tokens.kinds.kind import (
    ColumnOption,
    DeclaredSteps,
    Example,
    KindSpec,
)
from cleanroom_join.tokens.steps import (
    Delete,
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    Translate,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, COUNTRIES

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step
    from cleanroom_join.tokens.tables import Country

__all__ = ["KIND"]


def _national(country: Country) -> Rearrange:
    """Return the step that writes a national number internationally."""
    fewest, most = country.digits
    # Without a trunk prefix it must not begin with the zero of a lost one.
    trunk = f"(?:{country.trunk})?" if country.trunk_optional else country.trunk
    return Rearrange(
        pattern=f"{trunk}([0-9]{{{fewest},{most}}})", template=f"+{country.code}$1"
    )


_DIALLED: tuple[Step, ...] = (
    *CAPITALS,
    Translate(source="\uff0b", target="+"),
    *NOT_AN_IDENTIFIER,
    RejectIfMatches(
        pattern="[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+",
        reason=Reason.SCIENTIFIC,
        explains=True,
    ),
    # Before dots are deleted; 447911123456.0 was a number once.
    RejectIfMatches(pattern="[+]?[0-9]{6,}[.]0*", reason=Reason.DECIMAL_SUFFIX),
    RejectIfMatches(
        pattern="[0-9+]*[X*#][0-9X*#]*", reason=Reason.MASKED, explains=True
    ),
    # Longer than any number with its brackets, as long as a digest.
    RejectUnlessLength(minimum=1, maximum=39, reason=Reason.BAD_LENGTH),
    # ITU-T E.123, 7.2: 00 is what most countries dial for "+".
    Rearrange(pattern="00([1-9][0-9()./]*)", template="+$1"),
    # +44 (0)20 …: the zero is only dialled at home; in Italy it is always.
    Rearrange(
        pattern="([+](?:[124-9][0-9]{0,2}|3[0-8][0-9]?))[(]0[)]([0-9()./]+)",
        template="$1$2",
    ),
    Delete(characters="()./"),
)
"""What is done before a declared country is looked at."""

KIND = KindSpec(
    kind=TokenKind.PHONE,
    steps=(
        *_DIALLED,
        RejectIfIn(values=("",), reason=Reason.EMPTY),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + "+", reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectIfMatches(pattern="[0-9]+", reason=Reason.NO_COUNTRY_CODE, explains=True),
        # ITU-T E.164: at most 15 digits.
        RejectUnlessLength(minimum=9, maximum=16, reason=Reason.BAD_LENGTH),
        RejectUnlessMatches(pattern="[+][1-9][0-9]+", reason=Reason.BAD_FORMAT),
        RejectIfMatches(
            pattern="[+][0-9]{1,3}(?:"
            + "|".join(digit + "{7,}" for digit in ASCII_DIGITS)
            + ")",
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(identifier="+44 (0)20 7946 0958", result="+442079460958"),
        Example(identifier="020 7946 0958", result="no_country_code"),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
    declared=DeclaredSteps(
        option=ColumnOption.COUNTRY,
        after=len(_DIALLED),
        steps=MappingProxyType(
            {name: (_national(country),) for name, country in COUNTRIES.items()}
        ),
    ),
)
