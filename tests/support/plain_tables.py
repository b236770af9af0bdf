"""
Tables without rows: subjects by leaf and value, their statistics, and strategies.

Every subject has one row; the values that it has, and the shop that it buys in, say what
the statistics of each cell are.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from functools import cache

from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import total_and_largest
from cleanroom_join.contract import Contract, MeasureType, resolve
from cleanroom_join.disclosure import (
    SUBJECTS,
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.disclosure.model.signature import contents_of
from cleanroom_join.testing import contract_toml
from tests.reference.levels import cells_containing
from tests.support.fingerprint_unions import together

_DOMAINS = {"a": 6, "b": 6, "c": 3}
"""How many values each dimension has: ``a1`` to ``a6`` and so on."""

_LOW = dict.fromkeys(("a1", "a2", "a3"), "low")
_HIGH = dict.fromkeys(("a4", "a5", "a6"), "high")
_PAIRS = {"a1": "tiny", "a2": "tiny", "a3": "small", "a4": "small", "a5": "big"}
_HALVES = {"tiny": "low", "small": "low", "big": "high"}
HIERARCHIES = {
    "flat": {},
    "one step": _LOW | _HIGH,
    "some": {"a1": "low", "a2": "low"},
    "two steps": _PAIRS | {"a6": "big"} | _HALVES,
    "two dimensions": _LOW | _HIGH | {"b1": "left", "b2": "left", "b3": "right"},
    "two steps and two dimensions": _PAIRS
    | _HALVES
    | {"b1": "left", "b2": "left", "c1": "near", "c2": "near"},
}
"""Coarser labels by name: above the values of one dimension or of several."""

COUNT = 'n = { function = "count" }'
SUM = 's = { function = "sum", column = "amount" }'
COUNT_AND_SUM = f"{COUNT}\n{SUM}"
RATE = COUNT + '\nr = { function = "rate", column = "fraud" }'
TWO_RATES = RATE + '\ni = { function = "rate", column = "ill" }'
MEAN = COUNT + '\nm = { function = "mean", column = "rating" }'

_MEASURE_COLUMNS = """
rating = { measure = "int", min = -2, max = 3 }
ill = { measure = "boolean" }
"""


def _columns(hierarchy):
    """Return the dimensions as the contract writes them."""
    lines = []
    for name, size in _DOMAINS.items():
        values = [f"{name}{i + 1}" for i in range(size)]
        labels, above = list(values), {}
        for label in labels:
            if label in hierarchy:
                above[label] = hierarchy[label]
                labels.append(hierarchy[label])
        pairs = ", ".join(f'{k} = "{v}"' for k, v in above.items())
        parents = f", parents = {{ {pairs} }}" if pairs else ""
        lines.append(f"{name} = {{ dimension = {json.dumps(values)}{parents} }}")
    return "\n".join(lines)


@cache
def query_over(
    dims="abc",
    totals='"all"',
    *,
    parents=False,
    policy="",
    measures=COUNT,
    shops=False,
):
    """
    Return a query over dimensions with one label per subject, and its policy.

    Args:
        dims: Names of the dimensions, a letter each.
        totals: As in the contract.
        parents: Name of one of the `HIERARCHIES`; true is the one with one step.
        policy: Lines of the contract's policy.
        measures: Its measures.
        shops: Whether shops are a second kind of subject.
    """
    hierarchy = {False: "flat", True: "one step"}.get(parents, parents)
    text = contract_toml(
        policy=policy,
        subjects='[subjects.shop]\nkind = "account"' if shops else "",
        payments='shop_token = { subject = "shop" }' if shops else "",
        accounts=_columns(HIERARCHIES[hierarchy]) + _MEASURE_COLUMNS,
        group_by=tuple(dims),
        measures=measures,
        totals=totals,
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def with_rate(true, false, empty=0, shops=range(1)):
    """Return a leaf's subjects for a rate: so many true, false and without a value."""
    return with_values({1: true, 0: false, None: empty}, shops)


def with_values(values, shops=range(1)):
    """
    Return a leaf's subjects, counted by shop and values.

    Args:
        values: How many have each value, in the column's unit; or each combination of
            values, where several columns are read.
        shops: In which shops they are, in turn.
    """
    flat = [value for value, n in values.items() for _ in range(n)]
    return Counter((shops[i % len(shops)], value) for i, value in enumerate(flat))


def cells_from_counts(counts, query, *, signatures=None, valued=None):
    """
    Return the statistics of every cell, of subjects whose values are all alike.

    Args:
        counts: Subjects by leaf.
        query: What is asked.
        signatures: Signature by leaf.
        valued: How many subjects have a value, by leaf; all if it is not given.
    """
    many = len(query.columns)
    value, missing = ((10,) * many, (None,) * many) if many > 1 else (10, None)
    leaves = {}
    for leaf, count in counts.items():
        having = count if valued is None else valued[leaf]
        leaves[leaf] = +Counter({(0, value): having, (0, missing): count - having})
    return cells_from_groups(leaves, query, signatures)


def cells_from_groups(leaves, query, signatures=None):
    """Return the statistics of every cell, of subjects by leaf, shop and value."""
    groups, below = {}, {}
    for leaf, group in leaves.items():
        if not group:
            continue
        for labels in cells_containing(leaf, query):
            groups.setdefault(labels, Counter()).update(group)
            below.setdefault(labels, []).append(leaf)
    return [
        _cell(
            labels,
            group,
            query,
            signatures and together(signatures[leaf] for leaf in below[labels]),
        )
        for labels, group in groups.items()
    ]


def cell_from_group(labels, group, query):
    """Return the statistics of one cell, without a signature."""
    return _cell(labels, group, query, None)


def _cell(labels, group, query, signature):
    """Return a cell of subjects by shop and value."""
    values = {
        name: values_of(group, index, query) for index, name in enumerate(query.columns)
    }
    columns = {
        name: ColumnTotals(
            rows=own.total() - own[None],
            total=sum(v * n for v, n in own.items() if v is not None),
            clamped=0,
            unusable=0,
        )
        for name, own in values.items()
    }
    subjects = {"card": _cards(group.total(), values, query)}
    if len(query.subjects) > 1:
        subjects[query.subjects[1].label] = _shops(group, query)
    facets = signature.facets if signature else {}
    return CellStatistics(
        labels=labels,
        rows=group.total(),
        columns=columns,
        subjects=subjects,
        fingerprint=facets.get(SUBJECTS),
        contents={facet: facets[facet] for facet in contents_of(query)}
        if signature
        else None,
        cell_key=facets[SUBJECTS].hash_sum % 2**32 if signature else None,
    )


def values_of(group, index, query):
    """Return how many subjects have each value of one column."""
    found = Counter()
    for (_, value), n in group.items():
        found[value[index] if len(query.columns) > 1 else value] += n
    return found


def _cards(count, values, query):
    """Return the statistics of subjects with one row each."""
    found = {}
    for name, counts in values.items():
        low, high = _bounds(query.columns[name])
        own = [(v, n) for v, n in counts.items() if v is not None and n]
        largest = [abs(v) for v, n in own for _ in range(min(n, 2))]
        valued = sum(n for _, n in own)
        found[name] = SubjectColumnStatistics(
            subjects=valued,
            weights=_ones(valued),
            totals=_contributions(sum(abs(v) * n for v, n in own), largest),
            falses=_ones(counts[0]) if _is_boolean(query.columns[name]) else None,
            subjects_above=sum(n for v, n in own if v > low),
            subjects_below=sum(n for v, n in own if v < high),
        )
    return SubjectStatistics(subjects=count, rows=_ones(count), columns=found)


def _shops(group, query):
    """Return the statistics of shops, which have the rows of many cards."""
    rows, found = Counter(), {}
    for (shop, _), n in group.items():
        rows[shop] += n
    for index, name in enumerate(query.columns):
        low, high = _bounds(query.columns[name])
        own = {}
        for (shop, value), n in group.items():
            v = value[index] if len(query.columns) > 1 else value
            if v is not None and n:
                own.setdefault(shop, Counter())[v] += n
        found[name] = SubjectColumnStatistics(
            subjects=len(own),
            weights=total_and_largest(c.total() for c in own.values()),
            totals=total_and_largest(
                abs(sum(v * n for v, n in c.items())) for c in own.values()
            ),
            falses=(
                total_and_largest(c[0] for c in own.values())
                if _is_boolean(query.columns[name])
                else None
            ),
            subjects_above=sum(max(c) > low for c in own.values()),
            subjects_below=sum(min(c) < high for c in own.values()),
        )
    return SubjectStatistics(
        subjects=len(rows), rows=total_and_largest(rows.values()), columns=found
    )


def _bounds(column):
    """Return the least and the largest value of a column, in units."""
    return (0, 1) if _is_boolean(column) else column.unit_bounds


def _is_boolean(column):
    """Return whether a column is true or false."""
    return column.type is MeasureType.BOOLEAN


def _ones(count):
    """Return the contributions of so many subjects who contribute one each."""
    return _contributions(count, [1] * min(count, 2))


def _contributions(total, largest):
    """Return contributions of some total, with the two largest of those given."""
    first, second, *_ = [*sorted(largest, reverse=True), 0, 0]
    return Contributions(total=total, largest=first, second=second)


COUNTS = st.one_of(
    st.just(0),
    st.integers(1, 99),
    st.integers(100, 130),
    st.integers(100, 2000),
)

SMALL_COUNTS = st.one_of(st.integers(20, 99), st.integers(50, 99), COUNTS)
"""Two of three leaves are below k, so coarser cells stand for them."""


def leaves_of(shape):
    """Return the labels of every leaf of a table of such a shape."""
    return list(
        itertools.product(
            *(
                [f"{name}{i + 1}" for i in range(n)]
                for name, n in zip("abc", shape, strict=False)
            )
        )
    )


def full(shape, counts=COUNTS):
    """Return a strategy of counts by leaf, of just so many labels a dimension."""
    return st.fixed_dictionaries(dict.fromkeys(leaves_of(shape), counts))


def tables(sizes):
    """Return a strategy of counts by leaf, of at most so many labels a dimension."""
    return st.tuples(*(st.integers(1, n) for n in sizes)).flatmap(full)
