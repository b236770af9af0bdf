"""
How many subjects remain of a figure beside what is known already.

A reader subtracts the nearest other figure: of a group that is published again with a
few hundred subjects more, these few hundred remain, and a crowd that is in every group
protects nobody.  A figure that follows from others has nothing left and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.fingerprint import differs_by_at_least
from cleanroom_join.disclosure.model.history import cell_id, may_overlap
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS, alias_facet
from cleanroom_join.disclosure.publish.figure_facets import by_thing, facets_of_figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.budget.lines import BudgetLine
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint
    from cleanroom_join.disclosure.model.history import CellId, History
    from cleanroom_join.disclosure.model.layout import Layout
    from cleanroom_join.disclosure.publish.figure_facets import Contents

__all__ = ["Release", "Residual", "residuals"]


_Known = tuple["CellId", "Contents"]
"""What a cell is about, and its fingerprints by thing."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Release:
    """The new cells of a release, and all that they are compared with."""

    query: Query
    layout: Layout
    cells: Mapping[CellLabels, CellStatistics]
    """Every cell that has rows."""
    new: AbstractSet[CellLabels]
    """The cells that show new figures."""
    history: History
    distances: dict[tuple[int, int], int] = field(default_factory=dict)
    """Distances of fingerprints by their identities, each measured once."""

    def known(self, labels: CellLabels) -> _Known | None:
        """Return what a cell is about, with its fingerprints; None without them."""
        contents = self.contents[labels]
        if contents is None:
            return None
        return cell_id(self.query, labels), contents

    @cached_property
    def contents(self) -> Mapping[CellLabels, Contents | None]:
        """The fingerprints of each cell by thing, if they were taken."""
        return {
            labels: None if (s := cell.signature) is None else by_thing(s)
            for labels, cell in self.cells.items()
        }

    @cached_property
    def versions(self) -> Mapping[str, Mapping[CellId, Sequence[Contents]]]:
        """The fingerprints of earlier versions of cells, by figure that they show."""
        found: dict[str, dict[CellId, list[Contents]]] = {}
        seen = set()
        for release in self.history.releases:
            for cell, version in release.cells.items():
                if (cell, version.run) not in seen:
                    seen.add((cell, version.run))
                    for figure in version.figures:
                        by_cell = found.setdefault(figure, {})
                        by_cell.setdefault(cell, []).append(by_thing(version.signature))
        return found


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
    nearest = _Nearest(release, line, facets)
    if release.query.one_cell_per_subject:
        found = _of_disjoint_leaves(release, facets)
    else:
        found = _of_overlapping_cells(release, facets, nearest)
    earlier = release.versions.get(figure, {})
    sizes = (
        nearest.below(residual.subjects, known, earlier)
        if (known := release.known(residual.labels))
        else residual.subjects
        for residual in found
    )
    return tuple(
        replace(residual, subjects=size)
        for residual, size in zip(found, sizes, strict=True)
        if size
    )


def _subjects(cell: CellStatistics, facets: tuple[str, ...], query: Query) -> int:
    """Return how many joined subjects a figure of a cell is about."""
    statistics = cell.subjects[query.subjects[0].label]
    numbers = {SUBJECTS: statistics.subjects, ROWS: statistics.subjects}
    for column in query.columns:
        numbers[query.path_of(column)] = statistics.columns[column].subjects
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
    release: Release, facets: tuple[str, ...], nearest: _Nearest
) -> list[Residual]:
    """
    Return what remains of each cell beside the nearest smaller one.

    In this order at least half of the subjects that remain are in the larger cell, so
    that its own subjects can bear the shares.
    """
    sums = _sums_of_published(release) if SUBJECTS not in facets else frozenset()
    sizes = {
        labels: _subjects(release.cells[labels], facets, release.query)
        for labels in release.new - sums
    }
    found: list[Residual] = []
    smaller: dict[CellId, list[Contents]] = {}
    for labels in sorted(sizes, key=lambda labels: (sizes[labels], repr(labels))):
        size, known = sizes[labels], release.known(labels)
        if known is not None:
            size = nearest.below(size, known, smaller)
            smaller.setdefault(known[0], []).append(known[1])
        if size:  # else a cell about the same has the same figure
            found.append(Residual(labels=labels, subjects=size))
    return found


def _sums_of_published(release: Release) -> frozenset[CellLabels]:
    """Return the aggregates whose rows are those of new leaves."""
    return frozenset(
        aggregate.labels
        for aggregate in release.layout.aggregates
        if aggregate.leaves <= release.new
    )


# --- comparisons --------------------------------------------------------------------


class _Comparable:
    """Whether two cells may be about the same rows of a line's table."""

    def __init__(self, query: Query, line: BudgetLine) -> None:
        own = {query.dimensions[i].name.lower() for i in line.own}
        names = own | {name.lower() for name in query.single_label_dimensions}
        self._dimensions = {
            name: dimension
            for name, dimension in query.every_dimension.items()
            if name.lower() in names
        }

    def __call__(self, one: CellId, other: CellId) -> bool:
        """Return whether they may be."""
        return may_overlap(self._dimensions, one, other)


class _Nearest:
    """
    How far a figure's cells are from others, among those that are comparable.

    Only distances below the size of the cell matter, so most are not measured.
    """

    def __init__(
        self, release: Release, line: BudgetLine, facets: tuple[str, ...]
    ) -> None:
        self._facets = facets
        # A subject with another token is no new one if some alias stayed.
        self._aliased = [
            alias_facet(alias, facet)
            for alias in release.query.aliases
            for facet in facets
        ]
        self._distances = release.distances
        self._comparable = _Comparable(release.query, line)

    def below(
        self, size: int, cell: _Known, others: Mapping[CellId, Sequence[Contents]]
    ) -> int:
        """
        Return the least distance of a cell from others, at most *size*.

        It is zero if one of them is about exactly the same.
        """
        about, contents = cell
        for other, versions in others.items():
            if self._comparable(other, about):
                for known in versions:
                    size = min(size, self._distance(contents, known, size))
        return size

    def _distance(self, one: Contents, other: Contents, size: int) -> int:
        """Return in how many subjects two cells differ at least, or *size*."""
        if not set(self._facets) <= other.keys():
            return size
        found = []
        for facet in self._facets:
            (_, a), (_, b) = one[facet], other[facet]
            if abs(a.subjects - b.subjects) >= size:
                return size
            found.append(self._measured(a, b))
        found += [
            self._measured(one[facet][1], other[facet][1])
            for facet in self._aliased
            if facet in other
        ]
        return min((distance for distance in found if distance), default=0)

    def _measured(self, one: Fingerprint, other: Fingerprint) -> int:
        """Return the distance of two fingerprints."""
        pair = id(one), id(other)
        if pair not in self._distances:
            self._distances[pair] = differs_by_at_least(one, other)
        return self._distances[pair]
