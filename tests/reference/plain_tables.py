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
    ColumnTotals,
    Contributions,
    Mark,
    SubjectColumnStatistics,
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


COUNT = 'n = { function = "count" }'


def question(dims="abc", totals='"all"', *, parents=False, policy="", measures=COUNT):
    """Return a question over one-row dimensions, and the policy it is asked under."""
    text = contract_toml(
        policy=policy,
        accounts=_COLUMNS % {"parents": _PARENTS if parents else ""},
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
    sums, valued, marks = defaultdict(int), defaultdict(int), defaultdict(list)
    for leaf, count in counts.items():
        if not count:
            continue
        for key in items_of(leaf, asked):
            sums[key] += count
            valued[key] += more.get("valued", counts)[leaf]
            if "prints" in more:
                marks[key].append(more["prints"][leaf])
    return [
        _cell(
            key,
            n,
            Mark.together(marks[key]) if marks else None,
            dict.fromkeys(asked.columns, valued[key]),
            asked,
        )
        for key, n in sums.items()
    ]


def _cell(key, count, mark, valued, asked):
    """Return a cell of one row each, whose values are all alike and within bounds."""
    contents = mark and {ROWS: mark.aspects[ROWS]} | {
        title: mark.aspects[title] for title in asked.contents
    }
    return CellStatistics(
        key=key,
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
        fingerprint=mark and mark.aspects[PEOPLE],
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
