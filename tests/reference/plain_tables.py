"""Tables of counts, without rows: one subject, one row, up to three dimensions."""

from __future__ import annotations

import itertools
from collections import defaultdict

from hypothesis import strategies as st

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    PEOPLE,
    ROWS,
    CellStatistics,
    Contributions,
    Mark,
    SubjectStatistics,
)
from cleanroom_join.testing import contract_toml
from tests.reference.statistics import items_of

_COLUMNS = """
a = { dimension = ["a1", "a2", "a3", "a4", "a5", "a6"]%(parents)s }
b = { dimension = ["b1", "b2", "b3", "b4", "b5", "b6"] }
c = { dimension = ["c1", "c2", "c3"] }
"""
_PARENTS = """, parents = { a1 = "low", a2 = "low", a3 = "low", a4 = "high", a5 = "high", a6 = "high" }"""


def question(dims="abc", totals='"all"', *, parents=False, policy=""):
    """Return a question over one-row dimensions, and the policy it is asked under."""
    text = contract_toml(
        policy=policy,
        accounts=_COLUMNS % {"parents": _PARENTS if parents else ""},
        group_by=tuple(dims),
        measures='n = { function = "count" }',
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
        more: Mark by leaf key as ``prints``, to be combined by XOR.
    """
    sums, marks = defaultdict(int), defaultdict(list)
    for leaf, count in counts.items():
        if not count:
            continue
        for key in items_of(leaf, asked):
            sums[key] += count
            if "prints" in more:
                marks[key].append(more["prints"][leaf])
    return [
        _cell(key, n, Mark.together(marks[key]) if marks else None)
        for key, n in sums.items()
    ]


def _cell(key, count, mark):
    spread = Contributions(total=count, largest=1, second=min(1, count - 1))
    return CellStatistics(
        key=key,
        rows=count,
        columns={},
        subjects={"card": SubjectStatistics(subjects=count, rows=spread, columns={})},
        fingerprint=mark and mark.aspects[PEOPLE],
        contents=mark and {ROWS: mark.aspects[ROWS]},
    )


COUNTS = st.one_of(
    st.just(0),
    st.integers(1, 99),
    st.integers(100, 130),
    st.integers(100, 2000),
)


def tables(sizes):
    """Return a strategy of counts by leaf, of at most so many labels a dimension."""
    names = "abc"[: len(sizes)]

    def shaped(shape):
        leaves = itertools.product(
            *(
                [f"{name}{i + 1}" for i in range(n)]
                for name, n in zip(names, shape, strict=True)
            )
        )
        return st.fixed_dictionaries(dict.fromkeys(leaves, COUNTS))

    return st.tuples(*(st.integers(1, n) for n in sizes)).flatmap(shaped)
