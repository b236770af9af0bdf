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

from cleanroom_join.disclosure.differencing.facet_sums import facet_key
from cleanroom_join.disclosure.model.history import different_releases
from cleanroom_join.disclosure.publish.figure_facets import (
    Contents,
    by_thing,
    facets_of_figures,
)
from cleanroom_join.disclosure.publish.rounding import round_count, round_figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from cleanroom_join.contract import Policy, Query
    from cleanroom_join.disclosure.model.history import History
    from cleanroom_join.disclosure.model.signature import CellSignature

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
        self._facets = facets_of_figures(query)
        self._figures: dict[tuple[object, ...], int | Decimal] = {}
        for release in different_releases(history):  # the first release goes last
            for version in release.cells.values():
                contents = by_thing(version.signature)
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
        contents = by_thing(signature)
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

    def _keys(self, figure_id: str, contents: Contents) -> list[tuple[object, ...]]:
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
