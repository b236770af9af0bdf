"""Tables of people with a value each, and perhaps a shop: statistics without rows."""

from __future__ import annotations

from collections import Counter

from cleanroom_join.contract import Contract, MeasureType, resolve
from cleanroom_join.disclosure import (
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.testing import contract_toml
from tests.reference.statistics import items_of, spread_of

_COLUMNS = """
a = { dimension = ["a1", "a2", "a3", "a4"] }
b = { dimension = ["b1", "b2", "b3", "b4"] }
c = { dimension = ["c1", "c2", "c3"] }
rating = { measure = "int", min = -2, max = 3 }
ill = { measure = "boolean" }
"""
RATE = 'n = { function = "count" }\nr = { function = "rate", column = "fraud" }'
TWO_RATES = RATE + '\ni = { function = "rate", column = "ill" }'
MEAN = 'n = { function = "count" }\nm = { function = "mean", column = "rating" }'
SUM = 's = { function = "sum", column = "amount" }'
SHOP = {
    "subjects": '[subjects.shop]\nkind = "account"',
    "payments": 'shop_token = { subject = "shop" }',
}
K = 100


def ask(dims, measures, totals='"all"', **more):
    """Return a question over dimensions with one label per person, and its policy."""
    text = contract_toml(
        accounts=_COLUMNS, group_by=dims, measures=measures, totals=totals, **more
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def rated(true, false, empty=0, shops=range(1)):
    """Return people of one leaf for a rate: so many true, false and without a value."""
    return people({1: true, 0: false, None: empty}, shops)


def people(values, shops=range(1)):
    """
    Return people of one leaf, counted by shop and values.

    Args:
        values: How many have each value, in the column's unit; or each combination of
            values, where several columns are read.
        shops: In which shops they are, in turn.
    """
    flat = [value for value, n in values.items() for _ in range(n)]
    return Counter((shops[i % len(shops)], value) for i, value in enumerate(flat))


def cells(leaves, asked):
    """Return the statistics of every item of a question, of people by leaf."""
    sums = {}
    for leaf, group in leaves.items():
        if group.total():
            for key in items_of(leaf, asked):
                sums.setdefault(key, Counter()).update(group)
    return [_cell(key, group, asked) for key, group in sums.items()]


def values_of(group, place, asked):
    """Return how many of some people have each value of one column."""
    found = Counter()
    for (_, value), n in group.items():
        found[value[place] if len(asked.columns) > 1 else value] += n
    return found


def _cell(key, group, asked):
    names = list(asked.columns)
    found = [values_of(group, place, asked) for place in range(len(names))]
    columns = {
        name: ColumnTotals(
            rows=values.total() - values[None],
            total=sum(v * n for v, n in values.items() if v is not None),
            clamped=0,
            unusable=0,
        )
        for name, values in zip(names, found, strict=True)
    }
    subjects = {
        "card": _alone(group.total(), dict(zip(names, found, strict=True)), asked)
    }
    if len(asked.subjects) > 1:
        subjects[asked.subjects[1].label] = _by_shop(group, asked)
    return CellStatistics(
        labels=key, rows=group.total(), columns=columns, subjects=subjects
    )


def _alone(count, columns, asked):
    """Return the statistics of subjects with one row each."""
    found = {}
    for name, values in columns.items():
        low, high = _bounds(asked.columns[name])
        own = [(v, n) for v, n in values.items() if v is not None and n]
        ends = [abs(v) for v, n in own for _ in range(min(n, 2))]
        total = sum(abs(v) * n for v, n in own)
        found[name] = SubjectColumnStatistics(
            subjects=sum(n for _, n in own),
            weights=_ones(sum(n for _, n in own)),
            totals=_ends(total, ends),
            falses=_ones(values[0]) if _boolean(asked.columns[name]) else None,
            subjects_above=sum(n for v, n in own if v > low),
            subjects_below=sum(n for v, n in own if v < high),
        )
    return SubjectStatistics(subjects=count, rows=_ones(count), columns=found)


def _by_shop(group, asked):
    """Return the statistics of shops, who have the rows of many people."""
    rows, found = Counter(), {}
    for (shop, _), n in group.items():
        rows[shop] += n
    for place, name in enumerate(asked.columns):
        low, high = _bounds(asked.columns[name])
        per = {}
        for (shop, value), n in group.items():
            v = value[place] if len(asked.columns) > 1 else value
            if v is not None and n:
                per.setdefault(shop, Counter())[v] += n
        found[name] = SubjectColumnStatistics(
            subjects=len(per),
            weights=spread_of(p.total() for p in per.values()),
            totals=spread_of(
                abs(sum(v * n for v, n in p.items())) for p in per.values()
            ),
            falses=(
                spread_of(p[0] for p in per.values())
                if _boolean(asked.columns[name])
                else None
            ),
            subjects_above=sum(max(p) > low for p in per.values()),
            subjects_below=sum(min(p) < high for p in per.values()),
        )
    return SubjectStatistics(
        subjects=len(rows), rows=spread_of(rows.values()), columns=found
    )


def _bounds(column):
    return (0, 1) if _boolean(column) else column.unit_bounds


def _boolean(column):
    return column.type is MeasureType.BOOLEAN


def _ones(count):
    return _ends(count, [1] * min(count, 2))


def _ends(total, ends):
    """Return the contributions with some total, and the two largest of those given."""
    first, second, *_ = [*sorted(ends, reverse=True), 0, 0]
    return Contributions(total=total, largest=first, second=second)
