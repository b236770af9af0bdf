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

SIDES = {"a": 17, "b": 17, "c": 18}
"""Values of each dimension: 5,202 cells, and 954 totals."""

RATE = 0.1
"""Share of people of whom the rate is true."""


def contract(*, rate: bool = False) -> Contract:
    """Return a contract with three dimensions and all totals."""
    domains = {name: [f"{name}{i}" for i in range(n)] for name, n in SIDES.items()}
    columns = "\n".join(
        f"{name} = {{ dimension = {json.dumps(values)} }}"
        for name, values in domains.items()
    )
    return Contract.from_toml(
        contract_toml(
            accounts=columns,
            group_by=("a", "b", "c"),
            measures='n = { function = "count" }'
            + ('\nr = { function = "rate", column = "fraud" }' if rate else ""),
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
    leaves: dict[tuple[str, ...], int], *, rate: bool = False
) -> list[CellStatistics]:
    """Return every leaf and total, with a rate if it is asked for."""
    draws = random.Random(len(leaves))
    sums: dict[tuple[str, ...], list[int]] = {}
    for leaf, count in leaves.items():
        true = min(count, int(count * RATE * draws.uniform(0, 2))) if rate else 0
        for kept in itertools.product((True, False), repeat=3):
            key = tuple(x if k else "(all)" for x, k in zip(leaf, kept, strict=True))
            found = sums.setdefault(key, [0, 0])
            found[0] += count
            found[1] += true
    return [_cell(key, n, true, rate=rate) for key, (n, true) in sums.items()]


def _cell(key: tuple[str, ...], n: int, true: int, *, rate: bool) -> CellStatistics:
    """Return a cell of people with one row each."""
    values = SubjectColumnStatistics(
        subjects=n,
        weights=_ones(n),
        totals=_ones(true),
        falses=_ones(n - true),
        subjects_above=true,
        subjects_below=n - true,
    )
    totals = ColumnTotals(rows=n, total=true, clamped=0, unusable=0)
    return CellStatistics(
        key=key,
        rows=n,
        columns={"fraud": totals} if rate else {},
        subjects={
            "card": SubjectStatistics(
                subjects=n, rows=_ones(n), columns={"fraud": values} if rate else {}
            )
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
    parser.add_argument("--rate", action="store_true", help="with a rate as well")
    given = parser.parse_args()
    agreed = contract(rate=given.rate)
    asked = resolve(agreed, agreed.output("segments"))
    table = Table(
        "people",
        "cells and totals",
        "published",
        "small",
        "withheld for others",
        "seconds",
    )
    for people in given.people:
        cells = statistics(counts(people, 0.8, people), rate=given.rate)
        start = time.perf_counter()
        answer = protect(cells, asked, agreed.policy)
        seconds = time.perf_counter() - start
        reasons = [cell.finding.rule for cell in answer.withheld]
        table.add_row(
            f"{people:,}",
            f"{len(cells):,}",
            f"{len(answer.published):,}",
            f"{reasons.count(Rule.COHORT):,}",
            f"{reasons.count(Rule.COMPLEMENT):,}",
            f"{seconds:.1f}",
        )
    Console(width=110).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
