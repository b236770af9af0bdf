"""
Rows to cells in plain Python, so that an attack takes milliseconds and no JVM.

The clean room itself counts with Spark (`spark.aggregate`); the tests hold the two to
each other on the tables of these attacks.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import OTHER, DimensionType, MeasureType
from cleanroom_join.disclosure import (
    ROWS,
    WORDS,
    CellStatistics,
    ColumnTotals,
    Contributions,
    Fingerprint,
    SubjectColumnStatistics,
    SubjectStatistics,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.attacks.setting import Row, Rows
    from cleanroom_join.contract import CellKey, Dimension, MeasureColumn, Question

__all__ = ["count"]

_Value = tuple["int | None", bool, bool]
"""Units or None, whether it was clamped, whether it was no number."""


def count(rows: Rows, question: Question, key: bytes) -> tuple[CellStatistics, ...]:
    """
    Return the statistics of every item that has rows: cells, coarser cells, totals.

    Args:
        rows: Joined rows.
        question: What is asked.
        key: The joint key, for fingerprints.
    """
    items: dict[CellKey, list[Row]] = {}
    for row in rows:
        leaf = tuple(_label(row[d.name], d, question) for d in question.dimensions)
        above = (
            level.above(question.dimensions, leaf) for level in question.levels[1:]
        )
        for item in dict.fromkeys((leaf, *above)):
            if item is not None:
                items.setdefault(item, []).append(row)
    return tuple(_cell(k, found, question, key) for k, found in items.items())


def _label(
    value: object, dimension: Dimension, question: Question
) -> str | bool | None:
    """Return the label that a value is grouped under."""
    if value is None:
        return None
    if dimension.type is DimensionType.BOOLEAN:
        return str(value).lower() if question.has_totals else bool(value)
    return str(value) if str(value) in dimension.values else OTHER


def _cell(item: CellKey, rows: Rows, question: Question, key: bytes) -> CellStatistics:
    """Return the statistics of one item."""
    values = {
        name: [_read(row[name], column) for row in rows]
        for name, column in question.columns.items()
    }
    people = [row[question.subjects[0].column] for row in rows]
    marks = {person: _hash(key, person) for person in people if person is not None}
    return CellStatistics(
        key=item,
        rows=len(rows),
        columns={name: _totals(read) for name, read in values.items()},
        subjects={
            s.label: _subject([r[s.column] for r in rows], values, question)
            for s in question.subjects
        },
        fingerprint=_fingerprint((mark, mark) for mark in marks.values()),
        contents=_contents(people, values, marks, question),
        cell_key=sum(mark >> 32 for mark in marks.values()) % 2**32,
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


def _totals(read: Iterable[_Value]) -> ColumnTotals:
    """Return a measure column's figures over all rows."""
    held = list(read)
    units = [u for u, _, _ in held if u is not None]
    return ColumnTotals(
        rows=len(units),
        total=sum(units),
        clamped=sum(clamped for _, clamped, _ in held),
        unusable=sum(unusable for _, _, unusable in held),
    )


def _subject(
    people: list[object], values: Mapping[str, list[_Value]], question: Question
) -> SubjectStatistics:
    """Return a cell's statistics for one kind of subject, NULL being nobody."""
    rows = dict.fromkeys(people, 0)
    for person in people:
        rows[person] += 1
    return SubjectStatistics(
        subjects=len(rows.keys() - {None}),
        rows=_spread(rows.values()),
        columns={
            name: _column(people, values[name], column)
            for name, column in question.columns.items()
        },
    )


def _column(
    people: list[object], read: list[_Value], column: MeasureColumn
) -> SubjectColumnStatistics:
    """Return one measure column's statistics for one kind of subject."""
    own: dict[object, list[int]] = {person: [] for person in people}
    for person, (units, _, _) in zip(people, read, strict=True):
        if units is not None:
            own[person].append(units)
    low, high = column.unit_bounds
    known = [values for person, values in own.items() if person is not None]
    boolean = column.type is MeasureType.BOOLEAN
    return SubjectColumnStatistics(
        subjects=sum(bool(values) for values in known),
        weights=_spread(len(values) for values in own.values()),
        totals=_spread(abs(sum(values)) for values in own.values()),
        falses=_spread(len(v) - sum(v) for v in own.values()) if boolean else None,
        subjects_above=sum(any(u > low for u in values) for values in known),
        subjects_below=sum(any(u < high for u in values) for values in known),
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


def _fingerprint(hashes: Iterable[tuple[int, int]], size: int = 8) -> Fingerprint:
    """Return the fingerprint of hashes, each beside that of its person."""
    words = [0] * WORDS
    subjects = keys = 0
    for person, number in hashes:
        words[person % WORDS] ^= number % 256**size
        subjects += 1
        keys += number >> 32
    data = b"".join(word.to_bytes(size, "big") for word in words)
    return Fingerprint(data, subjects, keys)


def _contents(
    people: list[object],
    values: Mapping[str, list[_Value]],
    marks: Mapping[object, int],
    question: Question,
) -> Mapping[str, Fingerprint]:
    """Return what each person contributes: rows; by column, values and their sum."""
    own: dict[str, dict[object, tuple[int, ...]]] = {}
    own[ROWS] = {person: (rows,) for person, rows in Counter(people).items()}
    for title, name in question.contents.items():
        held: dict[object, list[int]] = {}
        for person, (units, _, _) in zip(people, values[name], strict=True):
            if units is not None:
                held.setdefault(person, []).append(units)
        own[title] = {person: (len(us), sum(us)) for person, us in held.items()}
    return {
        title: _fingerprint(
            (
                (marks[person], _hash(b"", marks[person], *figures))
                for person, figures in each.items()
                if person is not None
            ),
            size=2,
        )
        for title, each in own.items()
    }
