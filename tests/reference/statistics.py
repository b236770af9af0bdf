"""Rows to cell statistics in plain Python: what the aggregation must compute."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from cleanroom_join.contract import OTHER, DimensionType, MeasureType
from cleanroom_join.disclosure import (
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)


def cells_of(rows, query, subject_columns):
    """
    Return the statistics of every cell.

    Args:
        rows: Dicts with a value per subject column, dimension and measure column.
        query: The resolved question.
        subject_columns: Names of the token columns, in the question's order.
    """
    leaves, groups = defaultdict(list), defaultdict(list)
    names = [d.name for d in query.dimensions]
    for row in rows:
        leaves[tuple(row[name] for name in names)].append(row)
    for values, group in leaves.items():
        leaf = [
            _label(value, d, query)
            for value, d in zip(values, query.dimensions, strict=True)
        ]
        for key in items_of(leaf, query):
            groups[key] += group
    return [_cell(key, group, query, subject_columns) for key, group in groups.items()]


def contributions_of(rows, query, subject):
    """
    Return what each subject contributes to every item, by aspect.

    Args:
        rows: As for `cells_of`.
        query: The resolved question.
        subject: Name of the joined subject's column.
    """
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        leaf = [_label(row[d.name], d, query) for d in query.dimensions]
        for key in items_of(leaf, query):
            found[key]["rows"][row[subject]].append(1)
            for title, name in query.facet_columns.items():
                units, *_ = _read(row[name], query.columns[name])
                if units is not None:
                    found[key][title][row[subject]].append(units)
    return {
        key: {
            facet: {who: (len(own), sum(own)) for who, own in people.items()}
            for facet, people in facets.items()
        }
        for key, facets in found.items()
    }


def items_of(leaf, query):
    """Return the keys of a leaf and of everything above it."""
    return {*_coarser(leaf, query), *_totals(leaf, query)}


def _coarser(leaf, query):
    """Return every combination of a label with any label above it."""
    choices = [
        [label, *dimension.ancestors(label)] if isinstance(label, str) else [label]
        for label, dimension in zip(leaf, query.dimensions, strict=True)
    ]
    return itertools.product(*choices)


def _totals(leaf, query):
    names = [d.name for d in query.dimensions]
    return [
        tuple(x if n in kept else "(all)" for n, x in zip(names, leaf, strict=True))
        for kept in query.output.totals
    ]


def _label(value, dimension, query):
    if isinstance(value, bool) and query.output.totals:
        return "true" if value else "false"
    if value is None or dimension.type is DimensionType.BOOLEAN:
        return value
    return str(value) if str(value) in dimension.values else OTHER


def _cell(key, rows, query, subject_columns):
    read = {
        name: [_read(row[name], column) for row in rows]
        for name, column in query.columns.items()
    }
    columns = {
        name: ColumnTotals(
            rows=sum(units is not None for units, _, _ in values),
            total=sum(units for units, _, _ in values if units is not None),
            clamped=sum(outside for _, outside, _ in values),
            unusable=sum(broken for _, _, broken in values),
        )
        for name, values in read.items()
    }
    units = {name: [u for u, _, _ in values] for name, values in read.items()}
    return CellStatistics(
        labels=key,
        rows=len(rows),
        columns=columns,
        subjects={
            counted.label: _subject([row[name] for row in rows], units, query)
            for counted, name in zip(query.subjects, subject_columns, strict=True)
        },
    )


def _read(value, column):
    """Return (units or None, clamped, unusable) of one value."""
    if value is None:
        return None, False, False
    if column.type is MeasureType.BOOLEAN:
        return int(value), False, False
    return _number(str(value), column.minimum, column.maximum, column.scale)


@cache
def _number(text, minimum, maximum, scale):
    """Read a number; values repeat, and decimals take their time."""
    exact = Decimal(text)
    if not exact.is_finite():
        return None, True, True
    bounded = min(max(exact, minimum), maximum)
    units = bounded.scaleb(scale).quantize(Decimal(1), ROUND_HALF_UP)
    return int(units), bounded != exact, False


def _subject(who, units, query):
    """Return the statistics of one kind of subject: who has each row, and its units."""
    columns = {}
    for measure, column in query.columns.items():
        own = defaultdict(list)
        for subject, value in zip(who, units[measure], strict=True):
            own[subject] += [] if value is None else [value]
        low = int(column.minimum.scaleb(column.scale))
        high = int(column.maximum.scaleb(column.scale))
        boolean = column.type is MeasureType.BOOLEAN
        people = {s: values for s, values in own.items() if s is not None and values}
        columns[measure] = SubjectColumnStatistics(
            subjects=len(people),
            weights=spread_of(len(values) for values in own.values()),
            totals=spread_of(abs(sum(values)) for values in own.values()),
            falses=(
                spread_of(len(values) - sum(values) for values in own.values())
                if boolean
                else None
            ),
            subjects_above=sum(max(values) > low for values in people.values()),
            subjects_below=sum(min(values) < high for values in people.values()),
        )
    rows = Counter(who)
    return SubjectStatistics(
        subjects=sum(subject is not None for subject in rows),
        rows=spread_of(rows.values()),
        columns=columns,
    )


def spread_of(values):
    """Return the sum and the two largest of some contributions."""
    ordered = [*sorted(values, reverse=True), 0, 0]
    return Contributions(total=sum(ordered), largest=ordered[0], second=ordered[1])
