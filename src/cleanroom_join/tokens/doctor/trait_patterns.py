"""Traits of raw values as patterns, so that every engine counts the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cleanroom_join.errors import assert_never
from cleanroom_join.tokens.doctor.forms import Form
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.tables import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FREQUENT", "LAST_YEAR", "TraitPattern", "trait_patterns"]

LAST_YEAR = 2199
"""Last year that a date with a wrong century has."""

FREQUENT = 10
"""A day is `Trait.ONE_DAY` if it is more than so many times the median day."""

_ANY = ""
"""Pattern of every value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TraitPattern:
    """
    One trait: which raw values have it, by what is found in them.

    Patterns use ASCII classes, for which engines agree.
    """

    name: str
    """A `Trait`."""
    raw: str = _ANY
    """What is found in the raw value."""
    value: str | None = _ANY
    """What is found in the normalised value; None if only refused rows have it."""
    refused: bool = True
    """Whether refused rows have it."""


@cache
def trait_patterns(form: Form, year: int) -> tuple[TraitPattern, ...]:
    """
    Return the patterns of the traits that values of a form may have.

    Args:
        form: What the values of the component's kind look like.
        year: The year in which the manifest is made.
    """
    match form:
        case Form.NUMBER:
            return tuple(_of_numbers())
        case Form.PHONE:
            return tuple(_of_phones())
        case Form.DATE:
            return tuple(_of_dates(year))
        case Form.OTHER:
            return ()
        case _:
            return assert_never(form)


def _of_numbers() -> Iterator[TraitPattern]:
    """Yield the traits of numbers that a program took for quantities."""
    yield TraitPattern(name=Trait.MINUS_SIGN, raw=r"^\s*-[0-9]+(?:[.,][0-9]*)?\s*$")
    # Three last digits tell whether a number is a multiple of 8.
    eighths = "|".join(f"{number:03}" for number in range(0, 1000, 8))
    yield TraitPattern(
        name=Trait.MULTIPLE_OF_8, value=f"^[0-9]{{9,}}(?:{eighths})$", refused=False
    )
    yield TraitPattern(name=Trait.LAST_ZERO, value="^[0-9]{15,}0$", refused=False)


def _of_phones() -> Iterator[TraitPattern]:
    """Yield the traits of telephone numbers written as only a dialler reads them."""
    yield TraitPattern(name=Trait.PLUS_SIGN, raw=r"^\s*[+]")
    codes = "|".join(sorted(_codes_with_zero(), reverse=True))
    # (0) alone in brackets is read; (020) is not.
    yield TraitPattern(
        name=Trait.TRUNK_ZERO,
        raw=rf"^[^0-9+]*(?:[+]|00)\s*(?:{codes})[^0-9(]*(?:0|[(]0[0-9])",
        value=f"^[+](?:{codes})0",
    )
    # No country has the calling code 11; Australia dials 0011.
    yield TraitPattern(
        name=Trait.DOUBLE_ZERO, raw=r"^[^0-9+]*0\s?0\s?[1-9]", value="^[+]11"
    )
    yield TraitPattern(
        name=Trait.EXTENSION,
        raw=r"[0-9][^0-9A-Za-z]*(?:[xX#]|;?[eE][xX][tT][nN]?)[^0-9A-Za-z]*[0-9]{1,6}\s*$",
        value=None,
    )


def _codes_with_zero() -> set[str]:
    """Return the calling codes of which every country dials a zero at home only."""
    with_zero = {c.code for c in COUNTRIES.values() if c.trunk.startswith("0")}
    return with_zero - {c.code for c in COUNTRIES.values() if c.trunk[:1] != "0"}


def _of_dates(year: int) -> Iterator[TraitPattern]:
    """Yield the traits of dates that a program completed."""
    years = "|".join(str(one) for one in range(year + 1, LAST_YEAR + 1))
    yield TraitPattern(
        name=Trait.YEAR_AHEAD,
        raw=rf"(?:^|[^0-9])(?:{years})(?:[^0-9]|$)|^\s*(?:{years})[0-9]{{4}}\s*$",
    )
    yield TraitPattern(
        name=Trait.TIME_OF_DAY, raw=r"[0-9][T ]\s*[0-9]{1,2}:[0-9]{2}", value=None
    )
