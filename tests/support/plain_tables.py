"""Tables of counts, without rows: one subject, one row, up to three dimensions."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from functools import cache

from hypothesis import strategies as st

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    ROWS,
    SUBJECTS,
    CellStatistics,
    ColumnTotals,
    Contributions,
    SubjectColumnStatistics,
    SubjectStatistics,
)
from cleanroom_join.testing import contract_toml
from tests.reference.statistics import items_of
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


COUNT = 'n = { function = "count" }'


@cache
def query(dims="abc", totals='"all"', *, parents=False, policy="", measures=COUNT):
    """
    Return a question over one-row dimensions, and the policy it is asked under.

    Args:
        dims: Names of the dimensions, a letter each.
        totals: As in the contract.
        parents: Name of one of the `HIERARCHIES`; true is the one with one step.
        policy: Lines of the contract's policy.
        measures: Its measures.
    """
    hierarchy = {False: "flat", True: "one step"}.get(parents, parents)
    text = contract_toml(
        policy=policy,
        accounts=_columns(HIERARCHIES[hierarchy]),
        group_by=tuple(dims),
        measures=measures,
        totals=totals,
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def items(counts, asked, **more):
    """
    Return the statistics of every leaf, coarser cell and total.

    Args:
        counts: Subjects by leaf key, a string per dimension.
        asked: The question.
        more: Mark by leaf key as ``prints``, to be combined by XOR; where a column is
            read, how many subjects have a value by leaf key as ``valued``.
    """
    sums, valued, signatures = defaultdict(int), defaultdict(int), defaultdict(list)
    for leaf, count in counts.items():
        if not count:
            continue
        for key in items_of(leaf, asked):
            sums[key] += count
            valued[key] += more.get("valued", counts)[leaf]
            if "prints" in more:
                signatures[key].append(more["prints"][leaf])
    return [
        _cell(
            key,
            n,
            together(signatures[key]) if signatures else None,
            dict.fromkeys(asked.columns, valued[key]),
            asked,
        )
        for key, n in sums.items()
    ]


def _cell(key, count, signature, valued, asked):
    """Return a cell of one row each, whose values are all alike and within bounds."""
    contents = signature and {ROWS: signature.facets[ROWS]} | {
        title: signature.facets[title] for title in asked.facet_columns
    }
    return CellStatistics(
        labels=key,
        rows=count,
        columns={
            name: ColumnTotals(rows=n, total=10 * n, clamped=0, unusable=0)
            for name, n in valued.items()
        },
        subjects={
            "card": SubjectStatistics(
                subjects=count,
                rows=_alike(count, 1),
                columns={
                    name: SubjectColumnStatistics(
                        subjects=n,
                        weights=_alike(n, 1),
                        totals=_alike(n, 10),
                        subjects_above=n,
                        subjects_below=n,
                    )
                    for name, n in valued.items()
                },
            )
        },
        fingerprint=signature and signature.facets[SUBJECTS],
        contents=contents,
    )


def _alike(count, each):
    """Return the contributions of so many who contribute the same."""
    largest, second = (each if count > n else 0 for n in (0, 1))
    return Contributions(total=count * each, largest=largest, second=second)


COUNTS = st.one_of(
    st.just(0),
    st.integers(1, 99),
    st.integers(100, 130),
    st.integers(100, 2000),
)


def full(shape):
    """Return a strategy of counts by leaf, of just so many labels a dimension."""
    labels = (
        [f"{name}{i + 1}" for i in range(n)]
        for name, n in zip("abc", shape, strict=False)
    )
    return st.fixed_dictionaries(dict.fromkeys(itertools.product(*labels), COUNTS))


def tables(sizes):
    """Return a strategy of counts by leaf, of at most so many labels a dimension."""
    return st.tuples(*(st.integers(1, n) for n in sizes)).flatmap(full)
