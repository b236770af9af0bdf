"""Earlier releases, as the guard looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, DimensionType

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from cleanroom_join.contract import CellLabels, Dimension, Query
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = [
    "CellId",
    "EarlierRelease",
    "History",
    "PublishedVersion",
    "cell_id",
    "known",
    "labels_of_id",
    "overlapping",
]

CellId = tuple[tuple[str, "str | None"], ...]
"""What a cell is about, in any output: (dimension, label), sorted, totals left out."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PublishedVersion:
    """One cell as it was computed and published once."""

    run: int
    """Number of the run in which it was new."""
    as_of: dt.date
    signature: CellSignature
    """Who was in it, and what they contributed."""
    figures: Mapping[str, int | Decimal]
    """Published figures, by what they are of; see `Query.figure_ids`."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EarlierRelease:
    """Everything that one release showed: cells that were new and such as were not."""

    run: int
    query: str
    """Identity of the question."""
    cells: Mapping[CellId, PublishedVersion]
    leaves: frozenset[CellId]
    """Those that are no sums of others: what unions are made of."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class History:
    """All earlier releases, the oldest first."""

    releases: tuple[EarlierRelease, ...] = ()

    def latest(self, query: str, key: CellId) -> PublishedVersion | None:
        """Return what the last release of a question showed of a cell, if anything."""
        release = self.last(query)
        return None if release is None else release.cells.get(key)

    def last(self, query: str, *, before: int | None = None) -> EarlierRelease | None:
        """
        Return the last release of a query, if there is one.

        Args:
            query: Identity of the query.
            before: Only releases of runs before this one count; None for all.
        """
        for release in reversed(self.releases):
            if release.query == query and (before is None or release.run < before):
                return release
        return None


def cell_id(query: Query, key: CellLabels) -> CellId:
    """Return what a cell is about, whatever the order of the dimensions."""
    return tuple(
        sorted(
            (dimension.name, _text(label))
            for dimension, label in zip(query.dimensions, key, strict=True)
            if label != ALL
        )
    )


def labels_of_id(query: Query, cell: CellId) -> CellLabels:
    """Return the key that `cell_id` made an identity of."""
    labels = dict(cell)
    return tuple(
        labels.get(dimension.name, ALL)
        if dimension.type is not DimensionType.BOOLEAN
        or query.has_totals
        or labels[dimension.name] is None
        else labels[dimension.name] == "true"
        for dimension in query.dimensions
    )


def overlapping(
    dimensions: Mapping[str, Dimension], one: CellId, other: CellId
) -> bool:
    """
    Return whether two cells may have rows in common.

    They have none if some dimension has two different declared values, or values
    and NULL.  What ``(other)`` and coarser labels held in an earlier revision of the
    contract is not known: they may overlap anything.
    """
    there = dict(other)
    for name, label in one:
        if name in there and label != there[name]:
            dimension = dimensions.get(name)
            if dimension is None:
                continue
            if _lasts(dimension, label) and _lasts(dimension, there[name]):
                return False
    return True


def _lasts(dimension: Dimension, label: str | None) -> bool:
    """Return whether a label means the same in every revision: a value, or NULL."""
    return label is None or label in dimension.values


def _text(label: str | bool | None) -> str | None:  # noqa: FBT001 - a label
    """Return a label as text: booleans are text in some outputs anyway."""
    return str(label).lower() if isinstance(label, bool) else label


def known(history: History) -> Iterator[EarlierRelease]:
    """Yield releases that showed different things, the newest first."""
    seen = set()
    for release in reversed(history.releases):
        shown = frozenset((key, v.run) for key, v in release.cells.items())
        if (release.query, shown) not in seen:
            seen.add((release.query, shown))
            yield release
