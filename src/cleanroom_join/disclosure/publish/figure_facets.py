"""Which facets of a cell signature say what a figure is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_SIZE, FUNCTIONS, Argument
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Measure, Query

__all__ = ["facets_of_figures"]


def facets_of_figures(query: Query) -> Mapping[str, tuple[str, ...]]:
    """
    Return by figure which facets of a cell say what it is about.

    The number of subjects of a kind that is not joined on is in no facet: it is taken
    to be the same if all facets are.
    """
    columns = query.facet_columns
    facets: dict[str, tuple[str, ...]] = {COHORT_SIZE: (SUBJECTS,)}
    for figure_id, measure in zip(
        query.figure_ids[1:], query.output.measures, strict=True
    ):
        facets[figure_id] = _facets_of(measure, query, columns)
    return facets


def _facets_of(
    measure: Measure, query: Query, columns: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the facets that say what a measure is about."""
    argument = FUNCTIONS[measure.function].argument
    if argument is Argument.NONE:
        return (ROWS,)
    if argument is Argument.MEASURE:
        return tuple(f for f, c in columns.items() if c == measure.column)
    if argument is Argument.SUBJECT:
        if query.counted(measure) == query.subjects[0]:
            return (SUBJECTS,)
        return (SUBJECTS, ROWS, *columns)
    return assert_never(argument)
