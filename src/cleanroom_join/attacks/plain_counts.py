"""
Rows to cells in plain Python, so that an attack takes milliseconds and no JVM.

The clean room itself counts with Spark (`spark.aggregate`); the tests hold the two to
each other on the tables of these attacks.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import OTHER, DimensionType, MeasureType
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    ROWS,
    CellStatistics,
    ColumnTotals,
    Contributions,
    Fingerprint,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.perturbation.contribution_bound import (
    most_rows,
    rounding_seed,
    scaled,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cleanroom_join.attacks.game import Row, Rows
    from cleanroom_join.contract import (
        CellLabels,
        Dimension,
        MeasureColumn,
        Policy,
        Query,
    )

__all__ = ["count"]

_WHOLE = 8
"""Bytes of a word of people; of contents there are two (`Fingerprint`)."""

_Value = tuple["int | None", bool, bool]
"""Units or None, whether it was clamped, whether it was no number."""


def count(
    rows: Rows, query: Query, key: bytes, policy: Policy | None = None
) -> tuple[CellStatistics, ...]:
    """
    Return the statistics of every item that has rows: cells, coarser cells, totals.

    Args:
        rows: Joined rows.
        query: What is asked.
        key: The joint key, for fingerprints.
        policy: It may bound what a person contributes to an item.
    """
    most = most_rows(query, policy)
    items: dict[CellLabels, list[Row]] = {}
    for row in rows:
        leaf = tuple(_label(row[d.name], d, query) for d in query.dimensions)
        above = (level.above(query.dimensions, leaf) for level in query.levels[1:])
        for item in dict.fromkeys((leaf, *above)):
            if item is not None:
                items.setdefault(item, []).append(row)
    return tuple(
        _cell(k, _Item(found, query, most), query, key) for k, found in items.items()
    )


def _label(value: object, dimension: Dimension, query: Query) -> str | bool | None:
    """Return the label that a value is grouped under."""
    if value is None:
        return None
    if dimension.type is DimensionType.BOOLEAN:
        return str(value).lower() if query.has_totals else bool(value)
    return str(value) if str(value) in dimension.values else OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """What one person contributes of one measure column."""

    values: int
    total: int
    clamped: int
    unusable: int


class _Item:
    """
    The rows of one item, per person: NULL is one, too, but nobody.

    Args:
        rows: Joined rows.
        query: What is asked.
        most: Most rows that a person counts for; None if all do.
    """

    def __init__(self, rows: Rows, query: Query, most: int | None) -> None:
        self._read = {
            name: [_read(row[name], column) for row in rows]
            for name, column in query.columns.items()
        }
        self._rows = rows
        self._most = most

    def people(self, column: str) -> dict[object, int]:
        """Return how many rows each person of a token column counts for."""
        counted = Counter(row[column] for row in self._rows)
        return {person: self._cut(n) for person, n in counted.items()}

    def parts(self, column: str, measure: str) -> dict[object, _Part]:
        """Return what each person of a token column contributes of a measure."""
        own: dict[object, list[_Value]] = {row[column]: [] for row in self._rows}
        for row, value in zip(self._rows, self._read[measure], strict=True):
            own[row[column]].append(value)
        return {person: self._part(person, values) for person, values in own.items()}

    def _part(self, person: object, read: list[_Value]) -> _Part:
        """Return what some values of one person come to."""
        units = [u for u, _, _ in read if u is not None]
        total = sum(units)
        if self._most is not None:
            place = 0 if person is None else rounding_seed(str(person))
            total = scaled(total, len(units), self._most, place)
        return _Part(
            values=self._cut(len(units)),
            total=total,
            clamped=self._cut(sum(clamped for _, clamped, _ in read)),
            unusable=self._cut(sum(unusable for _, _, unusable in read)),
        )

    def _cut(self, count: int) -> int:
        """Return a count of rows, cut to the bound."""
        return count if self._most is None else min(count, self._most)


def _cell(key: CellLabels, item: _Item, query: Query, joint: bytes) -> CellStatistics:
    """Return the statistics of one item."""
    first = query.subjects[0].column
    parts = {name: item.parts(first, name) for name in query.columns}
    people = item.people(first)
    hashes = {person: _hash(joint, person) for person in people if person is not None}
    return CellStatistics(
        labels=key,
        rows=sum(people.values()),
        columns={name: _totals(each.values()) for name, each in parts.items()},
        subjects={s.label: _subject(item, s.column, query) for s in query.subjects},
        fingerprint=_fingerprint((one, one) for one in hashes.values()),
        contents=_contents(people, parts, hashes, query),
        cell_key=sum(one >> 32 for one in hashes.values()) % 2**32,
    )


def _read(value: object, column: MeasureColumn) -> _Value:
    """Return a value in whole units, clamped to the declared bounds."""
    if value is None:
        return None, False, False
    if column.type is MeasureType.BOOLEAN:
        return int(bool(value)), False, False
    if isinstance(value, float) and not math.isfinite(value):
        return None, True, True
    exact = Decimal(str(value))
    bounded = min(max(exact, column.minimum), column.maximum)
    units = bounded.scaleb(column.scale).quantize(Decimal(1), ROUND_HALF_UP)
    return int(units), bounded != exact, False


def _totals(parts: Collection[_Part]) -> ColumnTotals:
    """Return a measure column's figures over all rows."""
    return ColumnTotals(
        rows=sum(part.values for part in parts),
        total=sum(part.total for part in parts),
        clamped=sum(part.clamped for part in parts),
        unusable=sum(part.unusable for part in parts),
    )


def _subject(item: _Item, token: str, query: Query) -> SubjectStatistics:
    """Return a cell's statistics for one kind of subject, NULL being nobody."""
    rows = item.people(token)
    return SubjectStatistics(
        subjects=len(rows.keys() - {None}),
        rows=_spread(rows.values()),
        columns={
            name: _column(item.parts(token, name), column)
            for name, column in query.columns.items()
        },
    )


def _column(
    parts: Mapping[object, _Part], column: MeasureColumn
) -> SubjectColumnStatistics:
    """Return one measure column's statistics for one kind of subject."""
    low, high = column.unit_bounds
    known = [part for person, part in parts.items() if person is not None]
    every = parts.values()
    boolean = column.type is MeasureType.BOOLEAN
    return SubjectColumnStatistics(
        subjects=sum(part.values > 0 for part in known),
        weights=_spread(part.values for part in every),
        totals=_spread(abs(part.total) for part in every),
        falses=_spread(p.values - p.total for p in every) if boolean else None,
        subjects_above=sum(part.total > part.values * low for part in known),
        subjects_below=sum(part.total < part.values * high for part in known),
    )


def _spread(contributions: Iterable[int]) -> Contributions:
    """Return the sum of some contributions and the two largest."""
    largest, second, *rest = *sorted(contributions, reverse=True), 0, 0
    return Contributions(
        total=largest + second + sum(rest), largest=largest, second=second
    )


def _hash(key: bytes, *parts: object) -> int:
    """Return a keyed hash of 64 bits, of a person or of one with figures."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big")


def _fingerprint(hashes: Iterable[tuple[int, int]], size: int = _WHOLE) -> Fingerprint:
    """Return the fingerprint of hashes, each beside that of its person."""
    words = [0] * FINGERPRINT_WORDS
    subjects = keys = 0
    for person, number in hashes:
        words[person % FINGERPRINT_WORDS] ^= number % 256**size
        subjects += 1
        keys += number >> 32
    data = struct.pack(f">{FINGERPRINT_WORDS}{'Q' if size == _WHOLE else 'H'}", *words)
    return Fingerprint(data, subjects, keys)


def _contents(
    people: Mapping[object, int],
    parts: Mapping[str, Mapping[object, _Part]],
    hashes: Mapping[object, int],
    query: Query,
) -> Mapping[str, Fingerprint]:
    """Return what each person contributes: rows; by column, values and their sum."""
    own: dict[str, dict[object, tuple[int, ...]]] = {}
    own[ROWS] = {person: (rows,) for person, rows in people.items()}
    for title, name in query.facet_columns.items():
        own[title] = {
            person: (part.values, part.total)
            for person, part in parts[name].items()
            if part.values
        }
    return {
        title: _fingerprint(
            (
                (hashes[person], _hash(b"", hashes[person], *figures))
                for person, figures in each.items()
                if person is not None
            ),
            size=2,
        )
        for title, each in own.items()
    }
