"""
Figures with noise, shown as an earlier release showed them.

The noise of a figure follows from one secret number, whatever the variance.  With
several variances a reader sees that number several times, and so the true figure.  So
no figure is computed again that the ledger holds about exactly these subjects and
contributions.  It is rounded as the policy asks now, which discloses nothing new.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_SIZE, FUNCTIONS, Argument, ValueFacet
from cleanroom_join.disclosure.differencing.facet_sums import facet_key
from cleanroom_join.disclosure.model.history import different_releases
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS
from cleanroom_join.disclosure.publish.rounding import round_count, round_figure
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from cleanroom_join.contract import Measure, Policy, Query
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint
    from cleanroom_join.disclosure.model.history import History
    from cleanroom_join.disclosure.model.signature import CellSignature

    _Contents = Mapping[str, tuple[str, Fingerprint]]
    """By subjects, rows, or path of a column: the facet's name and fingerprint."""

__all__ = ["EarlierFigures"]


class EarlierFigures:
    """
    The figures of earlier releases by what they are about.

    Args:
        query: The query whose figures are sought, in releases of any query.
        policy: The policy in force; its rounding applies.
        history: The earlier releases.
    """

    def __init__(self, query: Query, policy: Policy, history: History) -> None:
        self._policy = policy
        self._figure_ids = query.figure_ids
        self._facets = _facets_of_figures(query)
        self._figures: dict[tuple[object, ...], int | Decimal] = {}
        for release in different_releases(history):  # the first release goes last
            for version in release.cells.values():
                contents = _by_thing(version.signature)
                for figure_id in self._facets.keys() & version.figures.keys():
                    for key in self._keys(figure_id, contents):
                        self._figures[key] = version.figures[figure_id]

    def instead_of(
        self, figures: Sequence[int | Decimal], signature: CellSignature | None
    ) -> tuple[int | Decimal, ...]:
        """
        Return figures, each as it was shown first if the ledger holds it.

        Args:
            figures: Figures of a cell, in the order of `Query.figure_ids`.
            signature: The cell's signature; without one nothing is known.
        """
        if signature is None or not self._figures:
            return tuple(figures)
        contents = _by_thing(signature)
        return tuple(
            self._instead_of(figure, self._keys(figure_id, contents))
            for figure_id, figure in zip(self._figure_ids, figures, strict=True)
        )

    def _instead_of(
        self, figure: int | Decimal, keys: Iterable[tuple[object, ...]]
    ) -> int | Decimal:
        """Return the first figure about the same, or else the new one."""
        for key in keys:
            if key in self._figures:
                return self._rounded(self._figures[key])
        return figure

    def _rounded(self, figure: int | Decimal) -> int | Decimal:
        """Round an earlier figure as the policy asks; mostly it is rounded already."""
        if isinstance(figure, int):
            return round_count(figure, self._policy.count_base, self._policy.min_cohort)
        return round_figure(Fraction(figure), self._policy.rate_digits)

    def _keys(self, figure_id: str, contents: _Contents) -> list[tuple[object, ...]]:
        """
        Return what a figure is about; nothing if the signature lacks a facet of it.

        The second key is that of values that no bound has changed: the noise of other
        bounds is another draw.
        """
        things = self._facets[figure_id]
        if not contents.keys() >= set(things):
            return []
        return [
            (
                figure_id,
                *(facet_key(*contents[t], across_bounds=across) for t in things),
            )
            for across in (False, True)
        ]


def _by_thing(signature: CellSignature) -> _Contents:
    """Return the facets of a signature, those of values by the path of the column."""
    found = {}
    for name, fingerprint in signature.facets.items():
        facet = ValueFacet.named(name)
        found[name if facet is None else facet.path] = name, fingerprint
    return found


def _facets_of_figures(query: Query) -> Mapping[str, tuple[str, ...]]:
    """
    Return by figure which facets of a cell say what it is about (`_by_thing`).

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
