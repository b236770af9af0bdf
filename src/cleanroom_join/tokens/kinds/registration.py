"""
Registrations of vehicles and aircraft.

Blanks and dashes are removed where a register ignores them.  In Germany and Austria
the one behind the district is a part of the number: `B-MX 123` and `BM-X 123` are two
cars.  A column of such registrations declares its `country`; the separator then stays,
as `-`, and a registration that has lost it is refused.  Without a declared country a
registration is refused if its separator may count.  German umlauts are written `AE`,
`OE`, `UE`; all other letters than A to Z are refused, not dropped.

A registration is unique within one register: the table must be about one country (in
America and Australia one state), or the country be another component of a composite.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    DECIMAL_SUFFIX,
    DIGIT_VALUES,
    MASKED,
    NOT_AN_IDENTIFIER,
)
from cleanroom_join.tokens.kinds.kind import (
    ColumnOption,
    DeclaredSteps,
    Example,
    FastPath,
    KindSpec,
)
from cleanroom_join.tokens.kinds.lower_case_steps import OTHER_DASHES
from cleanroom_join.tokens.steps import (
    Delete,
    Expand,
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfPair,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    Translate,
    Trim,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    DIGITS,
    INVISIBLE,
    WHITESPACE,
)

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step

__all__ = ["KIND"]

# Swiss plates have a point at half height.
_SEPARATORS = WHITESPACE.characters + OTHER_DASHES + "\u00b7"

_WRITTEN: tuple[Step, ...] = (
    Delete(characters=INVISIBLE.characters),
    Translate(
        source=_SEPARATORS + DIGITS.characters + ASCII_LOWER,
        target="-" * len(_SEPARATORS) + DIGIT_VALUES + ASCII_UPPER,
    ),
    Trim(characters="-\"'="),
)
"""What is done before it is decided which separators count."""

_KEPT = "x"
"""What a separator that counts is meanwhile; no letter in lower case is left."""


def _checked(allowed: str) -> tuple[Step, ...]:
    """Return the steps that remove separators and refuse what is no registration."""
    return (
        Delete(characters="-"),
        *NOT_AN_IDENTIFIER,
        # "1E5" may be a registration, "1.00E+05" never is.
        RejectIfMatches(
            pattern="[0-9]+(?:[.,][0-9]*E[+]?|E[+])[0-9]+",
            reason=Reason.SCIENTIFIC,
            explains=True,
        ),
        DECIMAL_SUFFIX,
        MASKED,
        RejectUnlessCharset(allowed=allowed, reason=Reason.FORBIDDEN_CHARACTER),
        RejectUnlessLength(minimum=2, maximum=16, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("DUMMY", "PLACEHOLDER", "SAMPLE", "TEST"), reason=Reason.PLACEHOLDER
        ),
    )


_JOINED = _checked(ASCII_DIGITS + ASCII_UPPER)

_MAY_COUNT = RejectIfMatches(
    # One to three letters, four with an umlaut written out, a separator, letters,
    # digits, perhaps Germany's E or H.  Two and two letters with two digits pass: so
    # the Netherlands write AB-CD-12, and no other way to cut these six does.
    pattern="(?:[A-Z]|[A-Z]{3,4})-+[A-Z]{1,5}-*[0-9]{1,6}-*[EH]?"
    "|[A-Z]{2}-+(?:[A-Z]|[A-Z]{3,5})-*[0-9]{1,6}-*[EH]?"
    "|[A-Z]{2}-+[A-Z]{2}-*(?:[0-9]|[0-9]{3,6})-*[EH]?"
    "|[A-Z]{2}-+[A-Z]{2}-*[0-9]{2}-*[EH]",
    reason=Reason.UNDECLARED_COUNTRY,
)
"""Refuse a registration that is German or Austrian by its looks."""

_OWN_STEPS = (_MAY_COUNT, *_JOINED)


def _separated(
    forms: tuple[tuple[str, str], ...], lost: str, made: str
) -> tuple[Step, ...]:
    """
    Return the steps of a country where the separator behind the district counts.

    Args:
        forms: How it writes registrations, and the templates that keep the separator.
        lost: What has lost it.
        made: What the templates make.
    """
    return (
        *(Rearrange(pattern=form, template=template) for form, template in forms),
        *_checked(ASCII_DIGITS + ASCII_UPPER + _KEPT),
        RejectIfMatches(pattern=lost, reason=Reason.LOST_SEPARATOR, explains=True),
        RejectUnlessMatches(pattern=made, reason=Reason.BAD_FORMAT),
        Translate(source=_KEPT, target="-"),
    )


_UMLAUTS: tuple[Step, ...] = (
    # Composed and decomposed text become one: first a letter and a combining mark.
    Expand(
        pairs=tuple(
            (umlaut, letter + "\u0308")
            for umlaut, letter in zip(
                "\u00c4\u00e4\u00d6\u00f6\u00dc\u00fc", "AAOOUU", strict=True
            )
        )
    ),
    Trim(characters="-\u0308"),
    RejectIfPair(
        first="".join(c for c in ASCII_UPPER if c not in "AOU") + ASCII_DIGITS + "-",
        second="\u0308",
        reason=Reason.FORBIDDEN_CHARACTER,
    ),
    Expand(pairs=(("\u0308", "E"),)),
)
"""Write German umlauts in two letters; no district has both spellings."""

# Up to three letters (Fahrzeug-Zulassungsverordnung, annex 1), umlauts written out.
_DISTRICT = "(?:[A-Z]{1,3}|[AOU]E[A-Z]{2}|[A-Z][AOU]E[A-Z]|[A-Z]{2}[AOU]E)"

_GERMANY = (
    *_UMLAUTS,
    *_separated(
        forms=(
            (
                f"({_DISTRICT})-+([A-Z]{{1,2}})-*([1-9][0-9]{{0,3}})-*([EH]?)",
                f"$1{_KEPT}$2$3$4",
            ),
            # Authorities of districts of one letter; nothing else has a single letter.
            ("([A-Z])-*([0-9]{1,6})", f"$1{_KEPT}$2"),
        ),
        lost="[A-Z]{2,}[1-9][0-9]{0,5}[EH]?",
        made=f"{_DISTRICT}{_KEPT}[A-Z]{{1,2}}[1-9][0-9]{{0,3}}[EH]?"
        f"|[A-Z]{_KEPT}[0-9]{{1,6}}",
    ),
)

_AUSTRIA = _separated(
    forms=(
        # The district ends where the digits begin.
        ("([A-Z]{1,2})-*([0-9]{1,6})-*([A-Z]{1,3})", f"$1{_KEPT}$2$3"),
        # Chosen by the holder: letters, then digits.
        ("([A-Z]{1,2})-+([A-Z]{1,5})-*([0-9]{1,6})", f"$1{_KEPT}$2$3"),
        ("([A-Z])-*([0-9]{1,6})", f"$1{_KEPT}$2"),
    ),
    lost="[A-Z]{2,}[0-9]{1,6}",
    made=f"[A-Z]{{1,2}}{_KEPT}(?:[0-9]{{1,6}}[A-Z]{{1,3}}|[A-Z]{{1,5}}[0-9]{{1,6}})"
    f"|[A-Z]{_KEPT}[0-9]{{1,6}}",
)

_JOINED_COUNTRIES = (
    *("AU", "BE", "BG", "CA", "CH", "CZ", "DK", "EE", "ES", "FI", "FR", "GB", "HU"),
    *("IE", "IT", "LI", "LT", "LU", "LV", "NL", "NO", "NZ", "PL", "PT", "RO", "SE"),
    *("SK", "US"),
)
"""Where no two registrations differ in their separators alone."""

KIND = KindSpec(
    kind=TokenKind.REGISTRATION,
    steps=(*_WRITTEN, *_OWN_STEPS),
    examples=(
        Example(identifier="d-aibl", result="DAIBL"),
        Example(identifier="AB-123-CD", result="AB123CD"),
        Example(identifier="B-MX 123", result="undeclared_country"),
    ),
    leading_zeros_matter=True,
    free_text=False,
    luhn_digit=False,
    fast_path=FastPath(pattern="[0-9A-Z]{2,16}"),
    declared=DeclaredSteps(
        option=ColumnOption.COUNTRY,
        after=len(_WRITTEN),
        instead_of=len(_OWN_STEPS),
        steps=MappingProxyType(
            dict(
                sorted(
                    {
                        **dict.fromkeys(_JOINED_COUNTRIES, _JOINED),
                        "AT": _AUSTRIA,
                        "DE": _GERMANY,
                    }.items()
                )
            )
        ),
    ),
)
