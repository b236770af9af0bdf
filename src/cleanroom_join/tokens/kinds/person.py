"""Names, dates of birth and postcodes: parts that together point at somebody."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.tokens.kinds.common import (
    CLEAN,
    DAMAGED,
    DIGIT_VALUES,
    HIDDEN,
    KindSpec,
)
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
    Step,
    Translate,
    Trim,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    COMBINING,
    DASHES,
    DIGITS,
    FOLD_LATIN,
    INVISIBLE,
    QUOTES,
    WHITESPACE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DATE_OF_BIRTH",
    "NAME",
    "POSTCODE_ALNUM",
    "POSTCODE_UK",
    "POSTCODE_US5",
    "date_written",
]

_FOLDED = {c: text for c, text in FOLD_LATIN.items() if len(text) == 1}
_EXPANDED = {c: text for c, text in FOLD_LATIN.items() if len(text) > 1}
_MASKED = RejectIfMatches(
    pattern="[0-9A-Z]*[*#][0-9A-Z*#]*", reason=Reason.MASKED, explains=True
)

NAME = KindSpec(
    kind=TokenKind.NAME,
    steps=(
        # U+00C2 to U+00C5 begin what Latin-1 makes of U+0080 to U+017F in UTF-8.
        # Before deleting: half of those second characters nobody sees.
        RejectIfPair(
            first="\u00c2\u00c3\u00c4\u00c5",
            second="".join(map(chr, range(0x80, 0xC0))),
            reason=Reason.MOJIBAKE,
        ),
        Delete(
            characters="".join(
                # U+034F is in two of the tables.
                dict.fromkeys(
                    HIDDEN
                    + DASHES.characters
                    + QUOTES.characters
                    + COMBINING.characters
                    + ".,="
                )
            )
        ),
        Translate(
            source="".join(_FOLDED) + ASCII_LOWER,
            target="".join(_FOLDED.values()) + ASCII_UPPER,
        ),
        Expand(pairs=tuple(_EXPANDED.items())),
        *CLEAN[3:],
        _MASKED,
        # Letters of other scripts are refused, never dropped: what is left of a
        # name would be somebody else's.
        RejectUnlessCharset(allowed=ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER),
        # ICAO 9303-3, 4.6: names in passports have at most 39 characters.
        RejectUnlessLength(minimum=2, maximum=39, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=(
                *("ANONYM", "ANONYMOUS", "CUSTOMER", "DECEASED", "DELETED", "DONOR"),
                *("DUMMY", "FIRSTNAME", "LASTNAME", "MASKED", "NAME", "NOFIRSTNAME"),
                *("NOLASTNAME", "NONAME", "PATIENT", "REDACTED", "REMOVED", "SAMPLE"),
                *("SURNAME", "TEST", "TESTER", "XXX", "ZZZTEST"),
            ),
            reason=Reason.PLACEHOLDER,
        ),
    ),
)

_DATE_FORMS: Mapping[DateFormat, tuple[Rearrange, ...]] = MappingProxyType(
    {
        DateFormat.ISO: (),
        DateFormat.COMPACT: (
            Rearrange(pattern="([0-9]{4})([0-9]{2})([0-9]{2})", template="$1-$2-$3"),
        ),
        DateFormat.YMD_SLASH: (
            Rearrange(pattern="([0-9]{4})/([0-9]{2})/([0-9]{2})", template="$1-$2-$3"),
        ),
        **{
            form: (
                # 2/16/1997: the first field is padded, then the second in its place.
                Rearrange(pattern=f"([0-9]{sep}[0-9]+{sep}[0-9]+)", template="0$1"),
                Rearrange(
                    pattern=f"([0-9]{{2}}){sep}([0-9]{{1,2}}){sep}([0-9]{{4}})",
                    template="$2-$3-$1",
                ),
                Rearrange(pattern="([0-9]-[0-9]+-[0-9]+)", template="0$1"),
                Rearrange(
                    pattern="([0-9]{2})-([0-9]{4})-([0-9]{2})", template=template
                ),
            )
            for form, sep, template in (
                (DateFormat.DMY_SLASH, "/", "$2-$1-$3"),
                (DateFormat.DMY_DOT, "[.]", "$2-$1-$3"),
                (DateFormat.DMY_DASH, "-", "$2-$1-$3"),
                (DateFormat.MDY_SLASH, "/", "$2-$3-$1"),
                (DateFormat.MDY_DASH, "-", "$2-$3-$1"),
            )
        },
    }
)
"""How each declared format becomes ISO 8601; other texts stay as they are."""

# The Gregorian calendar of the years 1800 to 2099.
_YEAR = "(?:18|19|20)[0-9]{2}"
_LEAP = "(?:(?:18|19|20)(?:0[48]|[2468][048]|[13579][26])|2000)"
_CALENDAR = (
    f"{_YEAR}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    f"|{_YEAR}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|{_YEAR}-02-(?:0[1-9]|1[0-9]|2[0-8])"
    f"|{_LEAP}-02-29"
)


def date_written(form: DateFormat) -> KindSpec:
    """Return the date of birth for a column that writes dates as *form*."""
    dashes = DASHES.characters.replace("-", "")
    steps: tuple[Step, ...] = (
        Delete(characters=INVISIBLE.characters),
        Translate(
            source=WHITESPACE.characters + dashes + DIGITS.characters + ASCII_LOWER,
            target=" " * len(WHITESPACE.characters)
            + "-" * len(dashes)
            + DIGIT_VALUES
            + ASCII_UPPER,
        ),
        Trim(characters=" \"'="),
        *_DATE_FORMS[form],
        RejectIfIn(values=("", "-"), reason=Reason.EMPTY),
        *CLEAN[4:],
        RejectIfMatches(
            pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX, explains=True
        ),
        RejectUnlessCharset(allowed=ASCII_DIGITS + "-", reason=Reason.BAD_FORMAT),
        RejectUnlessMatches(
            pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}", reason=Reason.BAD_FORMAT
        ),
        # What databases and spreadsheets have for "no date".
        RejectIfIn(
            values=(
                *("0000-00-00", "0001-01-01", "1753-01-01", "1899-12-30"),
                *("1899-12-31", "1900-01-01", "1900-01-00", "1901-01-01"),
                *("1970-01-01", "9999-12-31", "9999-99-99", "2099-12-31"),
            ),
            reason=Reason.PLACEHOLDER,
        ),
        RejectUnlessMatches(pattern=_CALENDAR, reason=Reason.BAD_DATE),
    )
    return KindSpec(kind=TokenKind.DATE_OF_BIRTH, steps=steps)


DATE_OF_BIRTH = date_written(DateFormat.ISO)

POSTCODE_UK = KindSpec(
    kind=TokenKind.POSTCODE_UK,
    steps=(
        *CLEAN,
        _MASKED,
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=5, maximum=7, reason=Reason.BAD_LENGTH),
        # BS 7666-2 and the one exception, Girobank's.
        RejectUnlessMatches(
            pattern="GIR0AA|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}",
            reason=Reason.BAD_FORMAT,
        ),
        # Royal Mail: no such address.
        RejectIfIn(values=("ZZ999ZZ", "AA11AA", "XX11XX"), reason=Reason.PLACEHOLDER),
    ),
)

POSTCODE_US5 = KindSpec(
    kind=TokenKind.POSTCODE_US5,
    steps=(
        *CLEAN[:3],
        # ZIP+4: companies do not have the four at the same time.
        Rearrange(pattern="([0-9]{5})[0-9]{4}", template="$1"),
        *CLEAN[3:],
        *DAMAGED,
        RejectIfMatches(
            pattern="[0-9]{3,4}|[0-9]{7,8}", reason=Reason.LOST_ZERO, explains=True
        ),
        RejectUnlessLength(minimum=5, maximum=5, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(values=("12345",), reason=Reason.PLACEHOLDER),
    ),
)

POSTCODE_ALNUM = KindSpec(
    kind=TokenKind.POSTCODE_ALNUM,
    steps=(
        *CLEAN,
        RejectIfMatches(
            pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX, explains=True
        ),
        _MASKED,
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=3, maximum=10, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
    ),
)
