"""
Measure on the flights example what bounded contributions cost, and print a table.

Every mode publishes the same query over the same flights.  The tool compares its figures
with the exact ones of all flights, over many cell keys, as if other subjects with the
same figures had been in each cell.  Docs: docs/explanation/perturbation.md.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Policy, Protection, resolve
from cleanroom_join.disclosure import protect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure import CellStatistics

CONTRACT = Path(__file__).parents[1] / "examples/flights/collaboration.toml"
KEY = hashlib.sha256(b"key of a measurement").digest()
EXACT = Policy(count_base=1, rate_digits=6)
CELL_KEYS = 40
"""How many cell keys each cell is published with."""

Figures = dict["CellLabels", tuple["int | Decimal", ...]]


def joined(data: Path) -> list[dict[str, object]]:
    """Return the flights of registered aircraft, by tail number instead of token."""
    with (data / "registry/aircraft.csv").open(encoding="utf-8") as file:
        makers = {r["tail_number"].strip(): r for r in csv.DictReader(file)}
    with (data / "airports/flights.csv").open(encoding="utf-8") as file:
        return [
            {
                "aircraft_token": row["tail_number"],
                "manufacturer": makers[row["tail_number"]]["manufacturer"],
                "origin": row["origin"],
                "late": {"true": True, "false": False}.get(row["late"]),
                "distance": int(row["distance"]),
            }
            for row in csv.DictReader(file)
            if row["tail_number"] in makers
        ]


def figures(cells: Sequence[CellStatistics], query: Query, policy: Policy) -> Figures:
    """Return the published figures of each cell."""
    table = protect(cells, query, policy, None, KEY)
    return {cell.labels: cell.figures for cell in table.published}


def measured(
    cells: Sequence[CellStatistics], query: Query, policy: Policy, exact: Figures
) -> tuple[int, list[float]]:
    """Return how many cells are published, and the median error of each figure."""
    rng = random.Random(1)  # noqa: S311 - the same keys for every policy
    errors: list[list[float]] = []
    for _ in range(CELL_KEYS):
        with_keys = [replace(c, cell_key=rng.randrange(2**32)) for c in cells]
        published = figures(with_keys, query, policy)
        errors += [
            [
                abs(float(noisy) / float(true) - 1)
                for noisy, true in zip(row, exact[labels], strict=True)
            ]
            for labels, row in published.items()
            if labels in exact
        ]
    return len(published), [median(column) for column in zip(*errors, strict=True)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "data", type=Path, help="What examples/flights/make_data.py made."
    )
    rows = joined(parser.parse_args().data)
    contract = Contract.load(CONTRACT)
    query = resolve(contract, contract.output("delays_by_manufacturer"))
    unbounded = count(rows, query, KEY)
    exact = figures(unbounded, query, EXACT)
    noise = replace(contract.policy, protection=Protection.PERTURBED)
    print("| mode | rows that count | cells | " + " | ".join(query.figure_ids) + " |")
    print("|---|---|---|" + "---|" * len(query.figure_ids))
    for name, policy in (
        ("threshold", contract.policy),
        ("perturbed", noise),
        *(
            (f"contribution = {{ rows = {n:,} }}", replace(noise, contribution_rows=n))
            for n in (1, 10, 100, 1000)
        ),
    ):
        cells = count(rows, query, KEY, policy)
        share = sum(c.rows for c in cells) / sum(c.rows for c in unbounded)
        published, errors = measured(cells, query, policy, exact)
        print(
            f"| {name} | {share:.0%} | {published} | "
            + " | ".join(f"{error:.1%}" for error in errors)
            + " |"
        )


if __name__ == "__main__":
    main()
