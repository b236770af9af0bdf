"""
How long the linear-programming audit takes: 5,000 cells in three dimensions.

Every total is asked for.  Counts are skewed like real ones: the product of three
Zipf distributions, so that many cells are small and every line has some.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time

from rich.console import Console
from rich.table import Table

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    CellStatistics,
    Contributions,
    Rule,
    SubjectStatistics,
    protect,
)
from cleanroom_join.testing import contract_toml

SIDE = 17


def contract() -> Contract:
    """Return a contract with three dimensions of `SIDE` values and all totals."""
    domains = {name: [f"{name}{i}" for i in range(SIDE)] for name in "abc"}
    columns = "\n".join(
        f"{name} = {{ dimension = {json.dumps(values)} }}"
        for name, values in domains.items()
    )
    return Contract.from_toml(
        contract_toml(
            accounts=columns,
            group_by=("a", "b", "c"),
            measures='n = { function = "count" }',
            totals='"all"',
            policy="max_cells = 20000",
        )
    )


def counts(people: int, exponent: float, seed: int) -> dict[tuple[str, ...], int]:
    """Return subjects by leaf."""
    draws = random.Random(seed)
    weights = [1 / (i + 1) ** exponent for i in range(SIDE)]
    whole = sum(weights) ** 3
    return {
        (f"a{i}", f"b{j}", f"c{k}"): max(
            1,
            int(
                people
                * weights[i]
                * weights[j]
                * weights[k]
                / whole
                * draws.uniform(0.3, 1.7)
            ),
        )
        for i, j, k in itertools.product(range(SIDE), repeat=3)
    }


def statistics(leaves: dict[tuple[str, ...], int]) -> list[CellStatistics]:
    """Return every leaf and total."""
    sums: dict[tuple[str, ...], int] = {}
    for leaf, count in leaves.items():
        for kept in itertools.product((True, False), repeat=3):
            key = tuple(x if k else "(all)" for x, k in zip(leaf, kept, strict=True))
            sums[key] = sums.get(key, 0) + count
    return [
        CellStatistics(
            key=key,
            rows=n,
            columns={},
            subjects={
                "card": SubjectStatistics(
                    subjects=n,
                    rows=Contributions(total=n, largest=1, second=min(1, n - 1)),
                    columns={},
                )
            },
        )
        for key, n in sums.items()
    ]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--people", type=int, nargs="*", default=[300_000, 1_000_000, 5_000_000]
    )
    given = parser.parse_args()
    agreed = contract()
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
        cells = statistics(counts(people, 0.8, people))
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
