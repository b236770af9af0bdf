"""
What a reader derives from two releases together: sums and residuals of common cells.

A reader subtracts a cell from a total, or leaves it out of a sum, in both releases, and
compares the two residuals.  So every marginal has a *line total* in each release: its
published figure, or the sum of the cells below it.  We compare the two line totals
after subtracting (a) every cell that both releases show and (b) each such cell by
itself.  Cells that did not change are equal in both, so they need not be subtracted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum
from cleanroom_join.disclosure.differencing.statements import Statement, dimension_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.disclosure.differencing.statements import (
        ReleaseStatements,
        Unpublished,
    )
    from cleanroom_join.disclosure.model.history import CellId

__all__ = ["residual_statements"]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One facet of two disjoint sets: one of this release, one of an earlier one."""

    facet: str
    present: ReleaseStatements
    earlier: ReleaseStatements
    present_set: frozenset[CellId]
    earlier_set: frozenset[CellId]
    unpublished: AbstractSet[CellId]
    """Cells whose present figures no earlier release published."""
    exact: bool
    """Whether no subject is in two cells of a set, so that counts add up."""

    def disclosive(self, k: int) -> Iterator[Statement]:
        """Yield the sums and residuals that differ by fewer than *k* subjects."""
        differences = self._differences()
        yield from self._sums(differences, k)
        yield from self._residuals(differences, k)

    def _differences(self) -> Mapping[CellId, FingerprintSum]:
        """Return how each cell that both releases show differs, maybe by nothing."""
        present, earlier = (
            release.facets[self.facet] for release in (self.present, self.earlier)
        )
        return {
            cell: present[cell] - earlier[cell]
            for cell in self.present_set & self.earlier_set
            if cell in present and cell in earlier
        }

    def _sums(
        self, differences: Mapping[CellId, FingerprintSum], k: int
    ) -> Iterator[Statement]:
        """Yield disclosive marginal sums of the cells that both releases show."""
        if len(differences) == len(self.present_set) == len(self.earlier_set):
            return  # these are marginal sums of both releases
        marginals = self.present.marginals.cells_below(frozenset(differences))
        for marginal, below in marginals.items():
            if self.unpublished.isdisjoint(below):
                continue
            total = FingerprintSum.total(differences[cell] for cell in below)
            if total.differs_by_few(k):
                yield self._statement(marginal, frozenset(below))

    def _residuals(
        self, differences: Mapping[CellId, FingerprintSum], k: int
    ) -> Iterator[Statement]:
        """Yield disclosive residuals: line totals less what both releases show."""
        differences = {
            cell: difference
            for cell, difference in differences.items()
            if difference.is_incomparable or not difference.is_zero
        }
        marginals = self.present.marginals.cells_below(self.present_set)
        for marginal, below in marginals.items():
            if self.unpublished.isdisjoint((marginal, *below)):
                continue
            common = tuple(cell for cell in below if cell in differences)
            if not common:
                continue
            all_common = FingerprintSum.total(differences[cell] for cell in common)
            for difference, summed in self._line_totals(marginal, below):
                subtracted: list[tuple[CellId, ...]]
                subtracted = [
                    (cell,)
                    for cell in common
                    if difference.is_close(differences[cell], k)
                ]
                if len(common) > 1 and difference.is_close(all_common, k):
                    subtracted.append(common)
                for cells in subtracted:
                    yield self._statement(
                        marginal, self._to_suppress(marginal, summed, cells)
                    )

    def _line_totals(
        self, marginal: CellId, below: Collection[CellId]
    ) -> Iterator[tuple[FingerprintSum, Collection[CellId]]]:
        """
        Yield the differences of a marginal's line totals.

        Each comes with the cells that the present line total is the sum of, none if it
        is a published figure.
        """
        present = self.present.facets[self.facet].get(marginal)
        earlier = self.earlier.facets[self.facet].get(marginal)
        if present and earlier:
            yield present - earlier, ()
        if not self.exact:
            return
        present_sum = self.present.sums(self.facet, self.present_set).get(marginal)
        earlier_sum = self.earlier.sums(self.facet, self.earlier_set).get(marginal)
        if present and earlier_sum:
            yield present - earlier_sum, ()
        if present_sum and earlier:
            yield present_sum - earlier, below
        if present_sum and earlier_sum:
            yield present_sum - earlier_sum, below

    def _to_suppress(
        self,
        marginal: CellId,
        summed: Collection[CellId],
        subtracted: tuple[CellId, ...],
    ) -> frozenset[CellId]:
        """
        Return the cells to suppress if a residual is disclosive.

        If the line total is a sum, the reader does not use what is left out of it.  If
        it is a new figure, suppressing that is enough, and the cells below may stay.
        """
        if summed:
            return frozenset(summed).difference(subtracted)
        return frozenset([marginal] if marginal in self.unpublished else subtracted)

    def _statement(self, about: CellId, cells: frozenset[CellId]) -> Statement:
        """Return a statement that follows from both releases together."""
        return Statement(self.facet, about, FingerprintSum.total(()), cells, self.exact)


def residual_statements(
    present: ReleaseStatements,
    earlier: ReleaseStatements,
    unpublished: Unpublished,
    once: frozenset[str],
    k: int,
) -> Iterator[Statement]:
    """
    Yield what this release and an earlier one disclose of fewer than *k* subjects.

    Args:
        present: This release.
        earlier: The earlier one.
        unpublished: By facet: cells whose present figures no release published.
        once: Dimensions in which no subject has two labels.
        k: Fewest subjects that two figures may differ by.
    """
    for present_set in present.disjoint_sets:
        for earlier_set in earlier.disjoint_sets:
            names = dimension_names(present_set)
            if names != dimension_names(earlier_set):
                continue
            exact = once.issuperset(names)
            for facet in present.facets.keys() & earlier.facets.keys():
                if unpublished[facet]:
                    pair = _Pair(
                        facet=facet,
                        present=present,
                        earlier=earlier,
                        present_set=present_set,
                        earlier_set=earlier_set,
                        unpublished=unpublished[facet],
                        exact=exact,
                    )
                    yield from pair.disclosive(k)
