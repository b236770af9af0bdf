"""Earlier releases: which cells they published, with which signatures and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, DimensionType

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from cleanroom_join.contract import CellLabels, Dimension, Query
    from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = [
    "CellId",
    "EarlierRelease",
    "Hierarchies",
    "History",
    "PublishedVersion",
    "cell_id",
    "different_releases",
    "dimensions_of",
    "hierarchies_key",
    "labels_of_id",
    "may_overlap",
]

CellId = tuple[tuple[str, "str | None"], ...]
"""What a cell is about, in any output: (dimension, label), sorted, totals left out."""

Hierarchies = Mapping[str, Mapping[str, str]]
"""By dimension, in lower case: the coarser label above each label that has one."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PublishedVersion:
    """One cell as it was computed and published once."""

    run: int
    """Number of the run that computed it."""
    as_of: dt.date
    """Day of that run, UTC."""
    signature: CellSignature
    """Which subjects were in it, and what they contributed."""
    figures: Mapping[str, int | Decimal]
    """Published figures by `Query.figure_ids`."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EarlierRelease:
    """All cells of one earlier release, both newly computed and repeated."""

    run: int
    query: str
    """Identity of the query."""
    cells: Mapping[CellId, PublishedVersion]
    leaves: frozenset[CellId]
    """The cells that are no sums of others."""
    suppressed: Mapping[CellId, CellSignature] = field(default_factory=dict)
    """Cells that a primary rule suppressed, if the ledger keeps them."""
    limits: PrimaryLimits | None = None
    """The limits that the primary rules applied; None if they are unknown."""
    hierarchies: Hierarchies = field(default_factory=dict)
    """Of its dimensions, as the contract declared them for that release."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class History:
    """All earlier releases, the oldest first."""

    releases: tuple[EarlierRelease, ...] = ()
    charges: tuple[tuple[int, Mapping[str, int]], ...] = ()
    """
    By run, what it cost of the budget against reconstruction, by line.

    Of every run in the ledger: also of those about tokens that are not compared.
    """

    def latest(self, query: str, cell: CellId) -> PublishedVersion | None:
        """Return the version of a cell in the last release of a query, if any."""
        release = self.last(query)
        return None if release is None else release.cells.get(cell)

    def spent(self, *, until: int | None = None) -> Mapping[str, int]:
        """
        Return what releases together cost of the budget, by line.

        Args:
            until: Add up the runs up to this one; None for all.
        """
        total: dict[str, int] = {}
        for run, charges in self.charges:
            if until is not None and run > until:
                continue
            for line, charge in charges.items():
                total[line] = total.get(line, 0) + charge
        return total

    def limits_of(self, version: PublishedVersion) -> PrimaryLimits | None:
        """Return the limits that a cell was published under; None if unknown."""
        return next((r.limits for r in self.releases if r.run == version.run), None)

    def last(self, query: str, *, before: int | None = None) -> EarlierRelease | None:
        """
        Return the last release of a query that showed a cell, if there is one.

        A run that refused, or that had no cell to show, leaves the figures before it as
        the last ones that anybody saw.

        Args:
            query: Identity of the query.
            before: Consider releases of runs before this one only; None for all.
        """
        for release in reversed(self.releases):
            is_before = before is None or release.run < before
            if release.query == query and is_before and release.cells:
                return release
        return None


def cell_id(query: Query, labels: CellLabels) -> CellId:
    """
    Return what a cell is about, whatever the order of the query's dimensions.

    Their names are in lower case, since a revision may write a column's name otherwise.
    """
    return tuple(
        sorted(
            (dimension.name.lower(), _label_text(label))
            for dimension, label in zip(query.dimensions, labels, strict=True)
            if label != ALL
        )
    )


def dimensions_of(cells: Iterable[CellId]) -> set[str]:
    """Return the names of the dimensions that some cells have."""
    return {name for cell in cells for name, _ in cell}


def labels_of_id(query: Query, cell: CellId) -> CellLabels:
    """Return the labels that `cell_id` turned into *cell*."""
    labels = dict(cell)
    return tuple(
        labels.get(dimension.name.lower(), ALL)
        if dimension.type is not DimensionType.BOOLEAN
        or query.has_totals
        or labels[dimension.name.lower()] is None
        else labels[dimension.name.lower()] == "true"
        for dimension in query.dimensions
    )


def may_overlap(
    dimensions: Mapping[str, Dimension], one: CellId, other: CellId
) -> bool:
    """
    Return whether two cells may have rows in common.

    They have none if some dimension has two different declared values, or a value
    and NULL.  Which rows ``(other)`` and coarser labels covered in an earlier revision
    of the contract is unknown, so those labels may overlap any other.
    """
    labels = dict(other)
    for name, label in one:
        if name in labels and label != labels[name]:
            dimension = dimensions.get(name)
            if dimension is None:
                continue
            if _is_stable(dimension, label) and _is_stable(dimension, labels[name]):
                return False
    return True


def _is_stable(dimension: Dimension, label: str | None) -> bool:
    """Return whether a label means the same in every revision: a value, or NULL."""
    return label is None or label in dimension.values


def _label_text(label: str | bool | None) -> str | None:  # noqa: FBT001 - a label
    """Return a label as text, since outputs with totals have booleans as text."""
    return str(label).lower() if isinstance(label, bool) else label


def different_releases(history: History) -> Iterator[EarlierRelease]:
    """Yield the releases that published different versions of cells, newest first."""
    seen = set()
    for release in reversed(history.releases):
        versions = frozenset((cell, v.run) for cell, v in release.cells.items())
        key = release.query, versions, hierarchies_key(release.hierarchies)
        if key not in seen:
            seen.add(key)
            yield release


def hierarchies_key(
    hierarchies: Hierarchies,
) -> frozenset[tuple[str, frozenset[tuple[str, str]]]]:
    """Return a key that is equal for the same labels below the same others."""
    return frozenset(
        (name, frozenset(parents.items()))
        for name, parents in hierarchies.items()
        if parents
    )
