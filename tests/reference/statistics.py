"""Rows to cell statistics in plain Python: what the aggregation must compute."""

from __future__ import annotations

import itertools
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from cleanroom_join.contract import OTHER, DimensionType, MeasureType
from cleanroom_join.disclosure import (
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)


def cells_of(rows, question, subject_columns):
    """
    Return the statistics of every cell.

    Args:
        rows: Dicts with a value per subject column, dimension and measure column.
        question: The resolved question.
        subject_columns: Names of the token columns, in the question's order.
    """
    groups = defaultdict(list)
    for row in rows:
        leaf = [_label(row[d.name], d, question) for d in question.dimensions]
        for key in items_of(leaf, question):
            groups[key].append(row)
    return [
        _cell(key, group, question, subject_columns) for key, group in groups.items()
    ]


def items_of(leaf, question):
    """Return the keys of a leaf and of everything above it."""
    return {*_coarser(leaf, question), *_totals(leaf, question)}


def _coarser(leaf, question):
    """Return every combination of a label with any label above it."""
    choices = [
        [label, *dimension.ancestors(label)] if isinstance(label, str) else [label]
        for label, dimension in zip(leaf, question.dimensions, strict=True)
    ]
    return itertools.product(*choices)


def _totals(leaf, question):
    names = [d.name for d in question.dimensions]
    return [
        tuple(x if n in kept else "(all)" for n, x in zip(names, leaf, strict=True))
        for kept in question.output.totals
    ]


def _label(value, dimension, question):
    if isinstance(value, bool) and question.output.totals:
        return "true" if value else "false"
    if value is None or dimension.type is DimensionType.BOOLEAN:
        return value
    return str(value) if str(value) in dimension.values else OTHER


def _cell(key, rows, question, subject_columns):
    columns = {}
    for name, column in question.columns.items():
        read = [_read(row[name], column) for row in rows]
        columns[name] = ColumnTotals(
            rows=sum(units is not None for units, _, _ in read),
            total=sum(units for units, _, _ in read if units is not None),
            clamped=sum(outside for _, outside, _ in read),
            unusable=sum(broken for _, _, broken in read),
        )
    return CellStatistics(
        key=key,
        rows=len(rows),
        columns=columns,
        subjects={
            counted.label: _subject(rows, name, question)
            for counted, name in zip(question.subjects, subject_columns, strict=True)
        },
    )


def _read(value, column):
    """Return (units or None, clamped, unusable) of one value."""
    if value is None:
        return None, False, False
    if column.type is MeasureType.BOOLEAN:
        return int(value), False, False
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None, True, True
    exact = Decimal(str(value))
    bounded = min(max(exact, column.minimum), column.maximum)
    units = bounded.scaleb(column.scale).quantize(Decimal(1), ROUND_HALF_UP)
    return int(units), bounded != exact, False


def _subject(rows, name, question):
    by_subject = defaultdict(list)
    for row in rows:
        by_subject[row[name]].append(row)
    columns = {}
    for measure, column in question.columns.items():
        weight, total = {}, {}
        for subject, own in by_subject.items():
            units = [
                u for row in own if (u := _read(row[measure], column)[0]) is not None
            ]
            weight[subject], total[subject] = len(units), sum(units)
        people = [s for s in by_subject if s is not None]
        low = int(column.minimum.scaleb(column.scale))
        high = int(column.maximum.scaleb(column.scale))
        boolean = column.type is MeasureType.BOOLEAN
        falses = [weight[s] - total[s] for s in by_subject]
        columns[measure] = SubjectColumnStatistics(
            subjects=sum(weight[s] > 0 for s in people),
            weights=_spread(weight.values()),
            totals=_spread(abs(t) for t in total.values()),
            falses=_spread(falses) if boolean else None,
            subjects_above=len(
                {
                    s
                    for s in people
                    for u in units_of(by_subject[s], measure, column)
                    if u > low
                }
            ),
            subjects_below=len(
                {
                    s
                    for s in people
                    for u in units_of(by_subject[s], measure, column)
                    if u < high
                }
            ),
        )
    return SubjectStatistics(
        subjects=sum(s is not None for s in by_subject),
        rows=_spread(len(own) for own in by_subject.values()),
        columns=columns,
    )


def units_of(rows, measure, column):
    """Return the usable values of one measure."""
    read = (_read(row[measure], column)[0] for row in rows)
    return [units for units in read if units is not None]


def _spread(values):
    ordered = [*sorted(values, reverse=True), 0, 0]
    return Contributions(total=sum(ordered), largest=ordered[0], second=ordered[1])
