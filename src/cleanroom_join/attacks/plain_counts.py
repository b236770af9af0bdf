"""
Rows to cells in plain Python, so that an attack takes milliseconds and no JVM.

The clean room itself counts with Spark (`spark.room.cells.aggregation`); the tests hold
the two to each other on the tables of these attacks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cleanroom_join.attacks.plain_fingerprints import (
    CONTENT_BYTES,
    SUBJECT_BYTES,
    fingerprint,
    keyed_hash,
)
from cleanroom_join.contract import OTHER, DimensionType, MeasureType
from cleanroom_join.disclosure import (
    ROWS,
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.perturbation.contribution_bound import (
    most_rows,
    rounding_seed,
    scaled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.attacks.game import Row, Rows
    from cleanroom_join.contract import (
        CellLabels,
        Dimension,
        MeasureColumn,
        Policy,
        Query,
    )
    from cleanroom_join.disclosure import Fingerprint

__all__ = ["count", "rows_by_cell", "total_and_largest"]


def count(
    rows: Rows, query: Query, key: bytes | None, policy: Policy | None = None
) -> tuple[CellStatistics, ...]:
    """
    Return the statistics of every cell that has rows, coarser cells and totals too.

    Args:
        rows: Joined rows.
        query: What is asked.
        key: The joint key, for fingerprints and cell keys; without one there are none.
        policy: It may bound what a subject contributes to a cell.
    """
    bound = most_rows(query, policy)
    return tuple(
        _statistics(labels, _CellRows(found, query, bound), query, key)
        for labels, found in rows_by_cell(rows, query).items()
    )


def rows_by_cell(rows: Rows, query: Query) -> dict[CellLabels, list[Row]]:
    """Return the rows of each cell, of leaves and of everything above them."""
    names = [dimension.name for dimension in query.dimensions]
    by_values: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        by_values.setdefault(tuple([row[name] for name in names]), []).append(row)
    levels = query.levels[1:]
    found: dict[CellLabels, list[Row]] = {}
    for values, own in by_values.items():
        leaf = tuple(
            _label(value, dimension, query)
            for value, dimension in zip(values, query.dimensions, strict=True)
        )
        above = (level.above(query.dimensions, leaf) for level in levels)
        for labels in dict.fromkeys((leaf, *above)):
            if labels is not None:
                found.setdefault(labels, []).extend(own)
    return found


def _label(value: object, dimension: Dimension, query: Query) -> str | bool | None:
    """Return the label that a value is grouped under."""
    if value is None:
        return None
    if dimension.type is DimensionType.BOOLEAN:
        return str(value).lower() if query.has_totals else bool(value)
    return str(value) if str(value) in dimension.values else OTHER


_Value = tuple["int | None", bool, bool]
"""Units or None, whether the value was clamped, and whether it was not finite."""


class _Contribution(NamedTuple):
    """What one subject contributes of one measure column."""

    values: int
    total: int
    clamped: int
    unusable: int


class _CellRows:
    """
    The rows of one cell; rows without a subject count as those of one subject.

    Args:
        rows: Joined rows.
        query: What is asked.
        bound: Most rows that a subject counts for; None if all do.
    """

    def __init__(self, rows: Rows, query: Query, bound: int | None) -> None:
        self._rows = rows
        self._bound = bound
        self._values = {
            name: [_units_of(row[name], column) for row in rows]
            for name, column in query.columns.items()
        }
        self._known: dict[str, dict[str, dict[object, _Contribution]]] = {}

    def by_subject(self, token: str) -> dict[object, int]:
        """Return how many rows each subject of a token column counts for."""
        found = Counter(row[token] for row in self._rows)
        if self._bound is None:
            return found
        return {subject: min(rows, self._bound) for subject, rows in found.items()}

    def contributions(self, token: str) -> dict[str, dict[object, _Contribution]]:
        """Return what each subject of a token column contributes, by measure column."""
        if token not in self._known:
            subjects = [row[token] for row in self._rows]
            self._known[token] = {
                name: self._contributions(subjects, values)
                for name, values in self._values.items()
            }
        return self._known[token]

    def _contributions(
        self, subjects: list[object], values: list[_Value]
    ) -> dict[object, _Contribution]:
        """Add up the values of each subject."""
        sums: dict[object, list[int]] = {}
        for subject, (units, clamped, unusable) in zip(subjects, values, strict=True):
            own = sums.setdefault(subject, [0, 0, 0, 0])
            if units is not None:
                own[0] += 1
                own[1] += units
            own[2] += clamped
            own[3] += unusable
        return {
            subject: self._bounded(subject, _Contribution(*own))
            for subject, own in sums.items()
        }

    def _bounded(self, subject: object, own: _Contribution) -> _Contribution:
        """Return a subject's contribution, scaled down to the bound."""
        if self._bound is None:
            return own
        seed = 0 if subject is None else rounding_seed(str(subject))
        return _Contribution(
            values=min(own.values, self._bound),
            total=scaled(own.total, own.values, self._bound, seed),
            clamped=min(own.clamped, self._bound),
            unusable=min(own.unusable, self._bound),
        )


def _units_of(value: object, column: MeasureColumn) -> _Value:
    """Return a value in units; None for NULL, and for NaN and infinity."""
    if value is None:
        return None, False, False
    if column.type is MeasureType.BOOLEAN:
        return int(bool(value)), False, False
    return _units(str(value), column.minimum, column.maximum, column.scale)


@lru_cache(maxsize=2**14)
def _units(text: str, low: Decimal, high: Decimal, scale: int) -> _Value:
    """Read a number; cached, because values repeat and decimals are slow."""
    exact = Decimal(text)
    if not exact.is_finite():
        return None, True, True
    clamped = min(max(exact, low), high)
    units = clamped.scaleb(scale).quantize(Decimal(1), ROUND_HALF_UP)
    return int(units), clamped != exact, False


def _statistics(
    labels: CellLabels, cell: _CellRows, query: Query, key: bytes | None
) -> CellStatistics:
    """Return the statistics of one cell."""
    token = query.subjects[0].column
    rows = cell.by_subject(token)
    own = cell.contributions(token)
    found = CellStatistics(
        labels=labels,
        rows=sum(rows.values()),
        columns={name: _totals(each.values()) for name, each in own.items()},
        subjects={s.label: _subject(cell, s.column, query) for s in query.subjects},
    )
    if key is None:
        return found
    hashes = {s: keyed_hash(key, s) for s in rows if s is not None}
    subjects = fingerprint(((one, one) for one in hashes.values()), SUBJECT_BYTES)
    return replace(
        found,
        fingerprint=subjects,
        contents=_contents(rows, own, hashes, query),
        cell_key=subjects.hash_sum % 2**32,
    )


def _totals(contributions: Iterable[_Contribution]) -> ColumnTotals:
    """Return a measure column's figures over all rows."""
    values = total = clamped = unusable = 0
    for own in contributions:
        values += own.values
        total += own.total
        clamped += own.clamped
        unusable += own.unusable
    return ColumnTotals(rows=values, total=total, clamped=clamped, unusable=unusable)


def _subject(cell: _CellRows, token: str, query: Query) -> SubjectStatistics:
    """Return a cell's statistics for one kind of subject; NULL is none."""
    rows = cell.by_subject(token)
    own = cell.contributions(token)
    return SubjectStatistics(
        subjects=len(rows) - (None in rows),
        rows=total_and_largest(rows.values()),
        columns={n: _column(own[n], column) for n, column in query.columns.items()},
    )


def _column(
    own: Mapping[object, _Contribution], column: MeasureColumn
) -> SubjectColumnStatistics:
    """Return one measure column's statistics for one kind of subject."""
    low, high = column.unit_bounds
    known = [c for subject, c in own.items() if subject is not None]
    every = own.values()
    boolean = column.type is MeasureType.BOOLEAN
    return SubjectColumnStatistics(
        subjects=sum([c.values > 0 for c in known]),
        weights=total_and_largest([c.values for c in every]),
        totals=total_and_largest([abs(c.total) for c in every]),
        falses=total_and_largest([c.values - c.total for c in every])
        if boolean
        else None,
        subjects_above=sum([c.total > c.values * low for c in known]),
        subjects_below=sum([c.total < c.values * high for c in known]),
    )


def total_and_largest(amounts: Iterable[int]) -> Contributions:
    """Return the sum of what some subjects contribute, and the two largest."""
    largest, second, *rest = *sorted(amounts, reverse=True), 0, 0
    return Contributions(
        total=largest + second + sum(rest), largest=largest, second=second
    )


def _contents(
    rows: Mapping[object, int],
    own: Mapping[str, Mapping[object, _Contribution]],
    hashes: Mapping[object, int],
    query: Query,
) -> Mapping[str, Fingerprint]:
    """Return fingerprints of rows and, by column, of values and their sum."""
    found = {ROWS: _content((hashes[s], (n,)) for s, n in rows.items() if s in hashes)}
    for facet, name in query.facet_columns.items():
        content = _content(
            (hashes[subject], (c.values, c.total))
            for subject, c in own[name].items()
            if c.values and subject in hashes
        )
        clamped = any(c.clamped for c in own[name].values())
        found[facet] = replace(content, clamped=clamped)
    return found


def _content(numbers: Iterable[tuple[int, tuple[int, ...]]]) -> Fingerprint:
    """Return the fingerprint of what some subjects contribute, beside their hashes."""
    return fingerprint(
        ((subject, keyed_hash(b"", subject, *own)) for subject, own in numbers),
        CONTENT_BYTES,
    )
