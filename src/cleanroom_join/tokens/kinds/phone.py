"""
Telephone numbers in E.164.

A number with `+` is read by the numbering plan of its calling code (`country_v1`):
how many digits follow, and with which they may begin. A trunk prefix after the code,
in brackets or not, is dropped where no number of the plan can be meant with it, and
kept where numbers begin with that digit (Italy, Ivory Coast, Gabon, Congo and others).

A number without `+` needs the column's `country`: its international prefix (`00`,
`011`, `0011`, ...) is `+` and its national numbers get its calling code. Without a
country nothing is `+` except `+`: `00` is dialled for it in most countries only, and
in others `001` is, so that one text is two subscribers' number.
"""

from __future__ import annotations

from functools import cache
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
from cleanroom_join.tokens.tables import ASCII_DIGITS, COUNTRIES, PLANS
from cleanroom_join.tokens.tables.numbering_patterns import (
    BEHIND_00,
    IMPOSSIBLE,
    POSSIBLE,
    SURPLUS_TRUNK,
    TRUNK,
    number_pattern,
)

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step
    from cleanroom_join.tokens.tables import Country

__all__ = ["KIND"]


def _kept_groups(pattern: str) -> Rearrange:
    """Return the step that keeps what the groups of a pattern match."""
    groups = pattern.count("(") - pattern.count("(?:")
    template = "".join(f"${number}" for number in range(1, groups + 1))
    return Rearrange(pattern=pattern, template=template)


# Calling codes 1 and 7 have ten digits; no trunk prefix follows an international one.
_ABROAD = "1[2-9][0-9]{9}|7[0-9]{10}|[2-689][0-9]{6,14}"
"""What is dialled after an international prefix."""

_ONE_DIGIT = "|".join(digit + "{4,}" for digit in ASCII_DIGITS)
"""One digit, repeated: no national number."""


def _explained(pattern: str, reason: Reason) -> RejectIfMatches:
    """Return a check that only says why the last check would refuse a text."""
    return RejectIfMatches(pattern=pattern, reason=reason, explains=True)


@cache
def _declared(country: Country) -> tuple[Step, ...]:
    """Return the steps for numbers as one country, or several alike, write them."""
    first = PLANS[country.code].first
    steps: list[Step] = []
    if country.ambiguous:
        steps.append(RejectIfMatches(pattern=BEHIND_00, reason=Reason.WRONG_COUNTRY))
    if country.idd:
        steps.append(Rearrange(pattern=f"{country.idd}({_ABROAD})", template="+$1"))
    written = []
    if country.trunk:
        written.append(f"{country.trunk}({number_pattern(country.digits, first)})")
    if country.bare:
        written.append(f"({number_pattern(country.bare, first)})")
    if written:
        groups = "$1$2"[: 2 * len(written)]
        pattern, template = "|".join(written), f"+{country.code}{groups}"
        steps.append(Rearrange(pattern=pattern, template=template))
    steps.append(_explained(_ONE_DIGIT, Reason.PLACEHOLDER))
    if country.trunk.startswith("0") and not country.bare:
        lost = country.trunk[1:] + number_pattern(country.digits, first)
        # The country's own code without "+" is no lost zero.
        steps.append(_explained(f"{country.code}[0-9]+", Reason.WRONG_COUNTRY))
        steps.append(_explained(lost, Reason.LOST_ZERO))
    return (*steps, _explained("[0-9]+", Reason.WRONG_COUNTRY))


_DIALLED: tuple[Step, ...] = (
    *CAPITALS,
    # Full-width, as digits are in Japan and China.
    Translate(source="\uff0b\uff08\uff09\uff0e", target="+()."),
    # RFC 3966, 5.1.4; and DIN 5008's 030/1234567: one slash, directly after a trunk
    # zero and an area code.  Any other slash separates two numbers or an extension.
    Rearrange(
        pattern="TEL:([+][0-9().]+)"
        "|((?:[+][1-9][0-9]{0,2})?[(]?0[)]?[1-9][0-9]{0,4}[)]?)/([0-9().]{5,})",
        template="$1$2$3",
    ),
    *NOT_AN_IDENTIFIER,
    _explained("[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+", Reason.SCIENTIFIC),
    # Before dots are deleted; 447911123456.0 was a number once.
    RejectIfMatches(pattern="[+]?[0-9]{6,}[.,]0*", reason=Reason.DECIMAL_SUFFIX),
    _explained(
        "(?:TEL:)?[+]?[0-9().]{8,}(?:[X#/,;&]|[;]?EXT[N]?[.:=]?|EXTENSION)[+]?[0-9()./]+",
        Reason.EXTENSION,
    ),
    _explained("[0-9().+]*[X*#][0-9().X*#]*", Reason.MASKED),
    # Longer than any number with its brackets, as long as a digest.
    RejectUnlessLength(minimum=1, maximum=39, reason=Reason.BAD_LENGTH),
    Delete(characters="()."),
)
"""What is done before a declared country is looked at."""

KIND = KindSpec(
    kind=TokenKind.PHONE,
    steps=(
        *_DIALLED,
        _kept_groups(SURPLUS_TRUNK),
        _kept_groups(TRUNK),
        RejectIfIn(values=("",), reason=Reason.EMPTY),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + "+", reason=Reason.FORBIDDEN_CHARACTER
        ),
        _explained(_ONE_DIGIT, Reason.PLACEHOLDER),
        _explained("[0-9]+", Reason.NO_COUNTRY_CODE),
        # ITU-T E.164: at most 15 digits.
        RejectUnlessLength(minimum=9, maximum=16, reason=Reason.BAD_LENGTH),
        RejectIfMatches(
            pattern="[+][0-9]{1,3}(?:"
            + "|".join(digit + "{5,}" for digit in ASCII_DIGITS)
            + ")",
            reason=Reason.PLACEHOLDER,
        ),
        _explained(IMPOSSIBLE, Reason.BAD_FORMAT),
        RejectUnlessMatches(pattern=POSSIBLE, reason=Reason.BAD_LENGTH),
    ),
    examples=(
        Example(identifier="+44 (0)20 7946 0958", result="+442079460958"),
        Example(identifier="+49 0151 23456789", result="+4915123456789"),
        Example(identifier="+39 06 1234 5678", result="+390612345678"),
        Example(identifier="+7 8 912 345 67 89", result="+79123456789"),
        Example(identifier="020 7946 0958", result="no_country_code"),
        Example(identifier="0044 20 7946 0958", result="no_country_code"),
        Example(identifier="+44 20 7946 0958 ext. 3", result="extension"),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
    declared=DeclaredSteps(
        option=ColumnOption.COUNTRY,
        after=len(_DIALLED),
        steps=MappingProxyType(
            {name: _declared(country) for name, country in COUNTRIES.items()}
        ),
    ),
)
