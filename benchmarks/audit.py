"""
How long the linear-programming audit takes: 5,000 cells in three dimensions.

Every total is asked for.  Counts are skewed like real ones: the product of three
Zipf distributions, so that many cells are small and every line has some.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    CellStatistics,
    ColumnTotals,
    Contributions,
    Rule,
    SubjectColumnStatistics,
    SubjectStatistics,
    protect,
)
from cleanroom_join.testing import contract_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDES = {"a": 17, "b": 17, "c": 18}
"""Values of each dimension: 5,202 cells, and 954 totals."""

FLAGS = ("fraud", "ill")
"""Columns that rates are asked of."""

RATE = 0.1
"""Share of people who have a flag."""


def contract(flags: Sequence[str] = ()) -> Contract:
    """Return a contract with three dimensions, all totals and a rate of each flag."""
    domains = {name: [f"{name}{i}" for i in range(n)] for name, n in SIDES.items()}
    columns = [
        *(f"{d} = {{ dimension = {json.dumps(v)} }}" for d, v in domains.items()),
        *(f'{flag} = {{ measure = "boolean" }}' for flag in flags if flag != "fraud"),
    ]
    measures = [
        'n = { function = "count" }',
        *(f'r_{flag} = {{ function = "rate", column = "{flag}" }}' for flag in flags),
    ]
    return Contract.from_toml(
        contract_toml(
            accounts="\n".join(columns),
            group_by=("a", "b", "c"),
            measures="\n".join(measures),
            totals='"all"',
            policy="max_cells = 20000",
        )
    )


def counts(people: int, exponent: float, seed: int) -> dict[tuple[str, ...], int]:
    """Return subjects by leaf."""
    draws = random.Random(seed)
    weights = {
        name: [1 / (i + 1) ** exponent for i in range(n)] for name, n in SIDES.items()
    }
    whole = math.prod(map(sum, weights.values()))
    return {
        (f"a{i}", f"b{j}", f"c{k}"): max(
            1,
            int(
                people
                * weights["a"][i]
                * weights["b"][j]
                * weights["c"][k]
                / whole
                * draws.uniform(0.3, 1.7)
            ),
        )
        for i, j, k in itertools.product(*map(range, SIDES.values()))
    }


def statistics(
    leaves: dict[tuple[str, ...], int], flags: Sequence[str] = ()
) -> list[CellStatistics]:
    """Return every leaf and total, with how many have each flag."""
    draws = random.Random(len(leaves))
    sums: dict[tuple[str, ...], list[int]] = {}
    for leaf, count in leaves.items():
        true = [min(count, int(count * RATE * draws.uniform(0, 2))) for _ in flags]
        for kept in itertools.product((True, False), repeat=3):
            key = tuple(x if k else "(all)" for x, k in zip(leaf, kept, strict=True))
            found = sums.setdefault(key, [0] * (1 + len(flags)))
            for i, number in enumerate((count, *true)):
                found[i] += number
    return [
        _cell(key, n, dict(zip(flags, true, strict=True)))
        for key, (n, *true) in sums.items()
    ]


def _cell(key: tuple[str, ...], n: int, true: dict[str, int]) -> CellStatistics:
    """Return a cell of people with one row each."""
    columns = {
        flag: SubjectColumnStatistics(
            subjects=n,
            weights=_ones(n),
            totals=_ones(count),
            falses=_ones(n - count),
            subjects_above=count,
            subjects_below=n - count,
        )
        for flag, count in true.items()
    }
    return CellStatistics(
        labels=key,
        rows=n,
        columns={
            flag: ColumnTotals(rows=n, total=count, clamped=0, unusable=0)
            for flag, count in true.items()
        },
        subjects={
            "card": SubjectStatistics(subjects=n, rows=_ones(n), columns=columns)
        },
    )


def _ones(n: int) -> Contributions:
    """Return the contributions of so many people with one row each."""
    return Contributions(total=n, largest=min(1, n), second=1 if n > 1 else 0)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--people", type=int, nargs="*", default=[300_000, 1_000_000, 5_000_000]
    )
    parser.add_argument("--rates", type=int, choices=range(3), default=0)
    given = parser.parse_args()
    flags = FLAGS[: given.rates]
    agreed = contract(flags)
    asked = resolve(agreed, agreed.output("segments"))
    table = Table(
        "people",
        "cells and totals",
        "published",
        "small",
        "suppressed for others",
        "seconds",
    )
    for people in given.people:
        cells = statistics(counts(people, 0.8, people), flags)
        start = time.perf_counter()
        answer = protect(cells, asked, agreed.policy)
        seconds = time.perf_counter() - start
        reasons = [cell.rule for cell in answer.suppressed]
        table.add_row(
            f"{people:,}",
            f"{len(cells):,}",
            f"{len(answer.published):,}",
            f"{reasons.count(Rule.THRESHOLD):,}",
            f"{reasons.count(Rule.COMPLEMENTARY):,}",
            f"{seconds:.1f}",
        )
    Console(width=110).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
