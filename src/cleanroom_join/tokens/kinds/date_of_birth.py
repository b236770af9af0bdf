"""
One day of the calendar.

The column declares how it writes dates; day and month are never guessed.  ISO 8601 is
read in every column, since it cannot be mistaken for another format.  Midnight behind
the day is cut off, in UTC or without a time zone; any other time is refused, since it
may be a day that a time zone has shifted.  1970-01-01, 1900-01-01 and 1840-12-31 are
what systems write for "unknown".  Years end in 2039: later ones are two digits of a
year that were read a century too late.  Only as a component of a composite.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    DECIMAL_SUFFIX,
    DIGIT_VALUES,
    HASHED,
    NULL_WORD,
)
from cleanroom_join.tokens.kinds.kind import (
    ColumnOption,
    DeclaredSteps,
    Example,
    KindSpec,
)
from cleanroom_join.tokens.kinds.lower_case_steps import OTHER_DASHES
from cleanroom_join.tokens.steps import (
    Delete,
    Rearrange,
    Reason,
    RejectIfIn,
    RejectUnlessCharset,
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
    from collections.abc import Mapping

    from cleanroom_join.tokens.steps import Step

__all__ = ["KIND"]

_FORMATS: Mapping[str, tuple[Rearrange, ...]] = MappingProxyType(
    {
        DateFormat.ISO.value: (),
        DateFormat.COMPACT.value: (
            Rearrange(pattern="([0-9]{4})([0-9]{2})([0-9]{2})", template="$1-$2-$3"),
        ),
        DateFormat.YMD_SLASH.value: (
            Rearrange(pattern="([0-9]{4})/([0-9]{2})/([0-9]{2})", template="$1-$2-$3"),
        ),
        **{
            form.value: (
                # 2/16/1997: the first field is padded, then the second at its index.
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

# The Gregorian calendar of the years 1800 to 2039.
_YEAR = "(?:18[0-9]{2}|19[0-9]{2}|20[0-3][0-9])"
_LEAP = "(?:(?:18|19)(?:0[48]|[2468][048]|[13579][26])|20(?:[02][048]|[13][26]))"
_CALENDAR = (
    f"{_YEAR}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    f"|{_YEAR}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|{_YEAR}-02-(?:0[1-9]|1[0-9]|2[0-8])"
    f"|{_LEAP}-02-29"
)

_TRIMMED: tuple[Step, ...] = (
    Delete(characters=INVISIBLE.characters),
    Translate(
        source=WHITESPACE.characters + OTHER_DASHES + DIGITS.characters + ASCII_LOWER,
        target=" " * len(WHITESPACE.characters)
        + "-" * len(OTHER_DASHES)
        + DIGIT_VALUES
        + ASCII_UPPER,
    ),
    Trim(characters=" \"'="),
    # Patterns have no blank, and no letter in lower case is left.
    Translate(source=" ", target="x"),
    # As SQL Server, pandas, JSON, Excel in two languages, and DB2 write a day.
    Rearrange(
        pattern="([0-9./-]{8,10})(?:[Tx]0{1,2}:00(?::00(?:[.,]0{1,9})?)?"
        "x?(?:Z|UTC|[+-]00:?00)?|x12:00(?::00)?x?AM|-00[.]00[.]00(?:[.]0{1,12})?)",
        template="$1",
    ),
)
"""What is done before a declared format is looked at."""

KIND = KindSpec(
    kind=TokenKind.DATE_OF_BIRTH,
    steps=(
        *_TRIMMED,
        RejectIfIn(values=("", "-"), reason=Reason.EMPTY),
        NULL_WORD,
        HASHED,
        DECIMAL_SUFFIX,
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
                # Day zero of MUMPS and VMS, and 9999-12-31 that has overflowed: of
                # these years nobody lives.  Day zeros after 1900 are birthdays too.
                *("1840-12-31", "1858-11-17", "1816-03-29"),
            ),
            reason=Reason.PLACEHOLDER,
        ),
        RejectUnlessMatches(pattern=_CALENDAR, reason=Reason.BAD_DATE),
    ),
    examples=(
        Example(identifier="1984-02-29", result="1984-02-29"),
        Example(identifier="1984-02-29 00:00:00", result="1984-02-29"),
        Example(identifier="1900-02-29", result="bad_date"),
        Example(identifier="2068-07-16", result="bad_date"),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
    declared=DeclaredSteps(
        option=ColumnOption.DATE_FORMAT, after=len(_TRIMMED), steps=_FORMATS
    ),
)
