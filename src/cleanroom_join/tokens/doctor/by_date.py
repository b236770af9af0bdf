"""What the traits and shapes of dates say: wrong format, century, or day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Clue, MismatchCause, percent
from cleanroom_join.tokens.doctor.forms import Form, form_of_name
from cleanroom_join.tokens.doctor.manifest import Trait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import ComponentManifest

__all__ = ["date_clues"]

_DATE = re.compile("9{6}|9{8}|9{1,4}[./ -](?:9{1,2}|[Aa]{3,9})[./ -]9{1,4}.*")
"""Shapes that are dates in some format."""

_REFUSED = frozenset(
    (
        MismatchCause.WRONG_COLUMN,
        MismatchCause.DAY_MONTH_SWAPPED,
        MismatchCause.ROWS_REFUSED,
    )
)


def date_clues(
    component: ComponentManifest, other: ComponentManifest
) -> Iterator[Clue]:
    """Yield what the dates of both sides say about *component*."""
    if form_of_name(component.kind) is not Form.DATE:
        return
    ahead, theirs = component.trait(Trait.YEAR_AHEAD), other.trait(Trait.YEAR_AHEAD)
    if ahead > theirs:
        yield Clue(
            cause=MismatchCause.TWO_DIGIT_YEARS,
            share=ahead,
            evidence=f"{percent(ahead)} are born after this year, "
            f"{percent(theirs)} on the other side",
            explains=_REFUSED,
        )
    if time := component.trait(Trait.TIME_OF_DAY):
        yield Clue(
            cause=MismatchCause.TIME_OF_DAY,
            share=time,
            evidence=f"{percent(time)} have a time of day behind the date",
            explains=_REFUSED | {MismatchCause.OTHER_DATE_FORMAT},
        )
    if (wrong := component.share("bad_format")) and _has_date_shape(component):
        written = component.declared or "YYYY-MM-DD"
        yield Clue(
            cause=MismatchCause.OTHER_DATE_FORMAT,
            share=wrong,
            evidence=f"{percent(wrong)} are not written as {written}; "
            f'most look like "{_shape(component)}"',
            explains=_REFUSED,
        )
    if one := component.trait(Trait.ONE_DAY):
        yield Clue(
            cause=MismatchCause.ONE_DAY,
            share=one,
            evidence=f"{percent(one)} are born on one day",
        )


def _shape(component: ComponentManifest) -> str:
    """Return the most frequent shape of the raw values; rare ones have none."""
    shapes = (shape for shape in component.masks if shape)
    return max(shapes, key=component.masks.__getitem__, default="")


def _has_date_shape(component: ComponentManifest) -> bool:
    """Return whether the most frequent raw values are dates in some format."""
    return _DATE.fullmatch(_shape(component)) is not None
