"""
How many subjects remain of a figure beside what is known already.

A reader subtracts the nearest other figure: of a group that is published again with a
few hundred subjects more, these few hundred remain, and a crowd that is in every group
protects nobody.  A figure that follows from others has nothing left and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.fingerprint import differs_by_at_least
from cleanroom_join.disclosure.model.history import cell_id, may_overlap
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS
from cleanroom_join.disclosure.publish.figure_facets import facets_of_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.budget.lines import BudgetLine
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.history import (
        CellId,
        History,
        PublishedVersion,
    )
    from cleanroom_join.disclosure.model.layout import Layout
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["Release", "Residual", "residuals"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """The new cells of a release, and all that they are compared with."""

    query: Query
    layout: Layout
    cells: Mapping[CellLabels, CellStatistics]
    """Every cell that has rows."""
    new: AbstractSet[CellLabels]
    """The cells that show new figures."""
    history: History


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Residual:
    """What remains of one figure of one cell; secret like its count."""

    labels: CellLabels
    subjects: int
    leaves: frozenset[CellLabels] | None = None
    """The leaves that it is about, if that is known; None for all of the cell."""


def residuals(release: Release, line: BudgetLine, figure: str) -> tuple[Residual, ...]:
    """
    Return what remains of one figure in each cell where it is not known already.

    Args:
        release: The release.
        line: What the figure is charged to: cells about different rows of that line's
            table do not help against each other.
        figure: Id of the figure.
    """
    facets = facets_of_figures(release.query)[figure]
    if release.query.one_cell_per_subject:
        found = _of_disjoint_leaves(release, facets)
    else:
        found = _of_overlapping_cells(release, line, facets)
    earlier = _EarlierVersions(release, line, figure, facets)
    nearest = (
        (residual, earlier.nearest(release.cells[residual.labels]))
        for residual in found
    )
    return tuple(
        residual
        if distance is None or distance >= residual.subjects
        else Residual(labels=residual.labels, subjects=distance, leaves=residual.leaves)
        for residual, distance in nearest
        if distance != 0
    )


def _subjects(cell: CellStatistics, facets: tuple[str, ...], query: Query) -> int:
    """Return how many joined subjects a figure of a cell is about."""
    statistics = cell.subjects[query.subjects[0].label]
    numbers = {SUBJECTS: statistics.subjects, ROWS: statistics.subjects}
    for facet, column in query.facet_columns.items():
        numbers[facet] = statistics.columns[column].subjects
    return min(numbers[facet] for facet in facets)


# --- every subject is in one leaf --------------------------------------------------


def _of_disjoint_leaves(release: Release, facets: tuple[str, ...]) -> list[Residual]:
    """
    Return what remains of leaves, and of their sums less the published leaves.

    The residuals of two sums may share leaves: the smaller one is subtracted.
    """
    sizes = {
        leaf: _subjects(release.cells[leaf], facets, release.query)
        for leaf in release.layout.leaves
    }
    found = [
        Residual(labels=leaf, subjects=sizes[leaf], leaves=frozenset([leaf]))
        for leaf in release.layout.leaves
        if leaf in release.new
    ]
    sums = sorted(
        (
            (sum(sizes[leaf] for leaf in below), a.labels, below)
            for a in release.layout.aggregates
            if a.labels in release.new and (below := a.leaves - release.new)
        ),
        key=lambda item: (item[0], repr(item[1])),
    )
    known: list[tuple[int, frozenset[CellLabels]]] = []
    for size, labels, below in sums:
        nearest = size
        for other_size, other in reversed(known):  # the most alike in size first
            if size - other_size >= nearest:
                break
            nearest = min(nearest, sum(sizes[leaf] for leaf in below ^ other))
        if nearest:
            known.append((size, below))
            found.append(Residual(labels=labels, subjects=nearest, leaves=below))
    return found


# --- subjects may be in several leaves ---------------------------------------------


def _of_overlapping_cells(
    release: Release, line: BudgetLine, facets: tuple[str, ...]
) -> list[Residual]:
    """
    Return what remains of each cell beside the nearest smaller one.

    In this order at least half of the subjects that remain are in the larger cell, so
    that its own subjects can bear the shares.
    """
    comparable = _Comparable(release.query, line)
    cells = sorted(
        (release.cells[labels] for labels in release.new),
        key=lambda c: (_subjects(c, facets, release.query), repr(c.labels)),
    )
    sums = _sums_of_published(release) if SUBJECTS not in facets else frozenset()
    found: list[Residual] = []
    smaller: list[tuple[CellId, CellSignature]] = []
    for cell in cells:
        if cell.labels in sums:
            continue
        about = cell_id(release.query, cell.labels)
        size = _subjects(cell, facets, release.query)
        if cell.signature is not None:
            near = (s for c, s in smaller if comparable(c, about))
            distance = _nearest(cell.signature, near, facets)
            if distance is not None:
                size = min(size, distance)
            smaller.append((about, cell.signature))
        if size:  # else a cell about the same has the same figure
            found.append(Residual(labels=cell.labels, subjects=size))
    return found


def _sums_of_published(release: Release) -> frozenset[CellLabels]:
    """Return the aggregates whose rows are those of new leaves."""
    return frozenset(
        aggregate.labels
        for aggregate in release.layout.aggregates
        if aggregate.leaves <= release.new
    )


# --- earlier releases --------------------------------------------------------------


class _Comparable:
    """Whether two cells may be about the same rows of a line's table."""

    def __init__(self, query: Query, line: BudgetLine) -> None:
        own = {query.dimensions[i].name for i in line.own}
        names = own | query.single_label_dimensions
        self._dimensions = {
            name: dimension
            for name, dimension in query.every_dimension.items()
            if name in names
        }

    def __call__(self, one: CellId, other: CellId) -> bool:
        """Return whether they may be."""
        return may_overlap(self._dimensions, one, other)


class _EarlierVersions:
    """All versions of cells in earlier releases that show one figure."""

    def __init__(
        self, release: Release, line: BudgetLine, figure: str, facets: tuple[str, ...]
    ) -> None:
        self._query = release.query
        self._facets = facets
        self._comparable = _Comparable(release.query, line)
        self._versions: dict[tuple[CellId, int], PublishedVersion] = {
            (cell, version.run): version
            for earlier in release.history.releases
            for cell, version in earlier.cells.items()
            if figure in version.figures
        }

    def nearest(self, cell: CellStatistics) -> int | None:
        """
        Return by how many subjects a cell differs from the nearest version.

        Zero if it is about exactly the same, None if nothing is comparable.
        """
        if cell.signature is None:
            return None
        about = cell_id(self._query, cell.labels)
        near = (
            version.signature
            for (other, _), version in self._versions.items()
            if self._comparable(other, about)
        )
        return _nearest(cell.signature, near, self._facets)


def _nearest(
    signature: CellSignature, others: Iterable[CellSignature], facets: tuple[str, ...]
) -> int | None:
    """Return the least difference from other signatures, in subjects at least."""
    return min(
        (
            distance
            for other in others
            if (distance := _distance(signature, other, facets)) is not None
        ),
        default=None,
    )


def _distance(
    one: CellSignature, other: CellSignature, facets: tuple[str, ...]
) -> int | None:
    """Return in how many subjects two signatures differ at least; 0 if in none."""
    if not set(facets) <= other.facets.keys():
        return None
    found = [differs_by_at_least(one.facets[f], other.facets[f]) for f in facets]
    return min((distance for distance in found if distance), default=0)
