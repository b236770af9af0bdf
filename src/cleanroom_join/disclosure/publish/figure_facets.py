"""Which facets of a cell signature say what a figure is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_SIZE, FUNCTIONS, Argument, ValueFacet
from cleanroom_join.disclosure.model.fingerprint import Fingerprint
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from cleanroom_join.contract import Measure, Query
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["Contents", "by_thing", "facets_of_figures"]

Contents = Mapping[str, tuple[str, Fingerprint]]
"""By subjects, rows, or path of a column: the facet's name and fingerprint."""


def by_thing(signature: CellSignature) -> Contents:
    """Return the facets of a signature, those of values by the path of the column."""
    found = {}
    for name, fingerprint in signature.facets.items():
        facet = ValueFacet.named(name)
        found[name if facet is None else facet.path] = name, fingerprint
    return found


def facets_of_figures(query: Query) -> Mapping[str, tuple[str, ...]]:
    """
    Return by figure which facets of a cell say what it is about (`by_thing`).

    The number of subjects of a kind that is not joined on is in no facet: it is taken
    to be the same if all facets are.
    """
    facets: dict[str, tuple[str, ...]] = {COHORT_SIZE: (SUBJECTS,)}
    for figure_id, measure in zip(
        query.figure_ids[1:], query.output.measures, strict=True
    ):
        facets[figure_id] = _facets_of(measure, query)
    return facets


def _facets_of(measure: Measure, query: Query) -> tuple[str, ...]:
    """Return the facets that say what a measure is about."""
    argument = FUNCTIONS[measure.function].argument
    if argument is Argument.NONE:
        return (ROWS,)
    if argument is Argument.MEASURE:
        return (query.path_of(measure.column or ""),)
    if argument is Argument.SUBJECT:
        if query.counted(measure) == query.subjects[0]:
            return (SUBJECTS,)
        return (SUBJECTS, ROWS, *map(query.path_of, query.columns))
    return assert_never(argument)
