"""
What the guard loses of twelve tables, and which rule, round and step took it.

Every table is counted in plain Python and decided once with the budget of its contract
and, if the budget took something, once with the largest that a contract may have.  Each
runs in a process of its own with a time limit.  ``--source`` decides with the library
of another checkout; ``--json`` keeps the results, and ``--against`` shows kept ones
beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.loss_budget import over_budget
from benchmarks.loss_measures import ask, decide, good_cells
from benchmarks.loss_report import show
from benchmarks.loss_shares import ColumnShares
from benchmarks.loss_tables import LOSS_TABLES
from cleanroom_join.contract import Protection
from cleanroom_join.disclosure import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]


def measure(given: argparse.Namespace, name: str, file: Path) -> None:
    """
    Measure one table, and write what is known so far after each part.

    Args:
        given: The arguments of the command.
        name: Of the table.
        file: What is written.
    """
    table = LOSS_TABLES[name]
    seed = table.seed if given.seed is None else given.seed
    protection = Protection(given.protection) if given.protection else None
    asked = ask(
        table,
        seed=seed,
        protection=protection,
        without=given.without,
        fingerprints=given.fingerprints,
    )
    good, shares = good_cells(asked), ColumnShares(asked.rows, asked.query)
    over = over_budget(asked, good, shares)
    found: dict[str, Any] = {
        "about": table.about,
        "seed": seed,
        "protection": asked.contract.policy.protection.value,
        "without": given.without,
        "fingerprints": given.fingerprints,
        "rows": len(asked.rows),
        "cells": len(asked.cells),
        "counting_seconds": round(asked.seconds, 1),
        "good_leaves": len(good.leaves),
        "good_person_cells": sum(asked.subjects[labels] for labels in good.leaves),
        "good_marginals": {k: len(v) for k, v in good.marginals.items()},
        "over_budget_leaves": len(over & good.leaves),
        "over_budget_person_cells": sum(
            asked.subjects[labels] for labels in over & good.leaves
        ),
        "over_budget_marginals": len(over - good.leaves),
    }
    file.write_text(json.dumps(found))
    signal.alarm(given.limit)  # nobody handles it, so it ends the process
    decided = decide(asked, shares)
    found["decided"] = decided.as_json()
    file.write_text(json.dumps(found))
    if Rule.BUDGET.value in decided.suppressed:
        signal.alarm(given.limit)
        decided = decide(asked, shares, largest_budget=True)
        found["largest_budget"] = decided.as_json()
        file.write_text(json.dumps(found))


def measured(given: argparse.Namespace, name: str) -> dict[str, Any]:
    """Measure one table in a process of its own, and cut it off at the time limit."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "found.json"
        command = [sys.executable, "-m", "benchmarks.loss", *sys.argv[1:]]
        command += ["--measure", name, str(file)]
        environment = dict(os.environ)
        if given.source:
            environment["PYTHONPATH"] = str(given.source.resolve() / "src")
        found: dict[str, Any] = {}
        run = subprocess.run(command, check=False, cwd=ROOT, env=environment)
        code = run.returncode
        if code == -signal.SIGALRM:
            found["cut_off"] = f"after {given.limit} s"
        elif code:
            found["cut_off"] = f"failed with {code}"
        known = json.loads(file.read_text()) if file.exists() else {}
        return {**known, **found}


def results(given: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the results of each table that was asked for."""
    for name in given.tables or LOSS_TABLES:
        found = measured(given, name)
        print(
            f"{name}: {found.get('cut_off', 'measured')}", file=sys.stderr, flush=True
        )
        yield name, found


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the arguments of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="all, if none")
    parser.add_argument("--seed", type=int, help="of every table, instead of its own")
    parser.add_argument(
        "--protection",
        choices=[p.value for p in Protection],
        help="instead of the contracts'",
    )
    parser.add_argument(
        "--without",
        action="append",
        choices=["labels", "totals"],
        default=[],
        help="do not ask for coarser labels, or for totals",
    )
    parser.add_argument(
        "--fingerprints",
        action="store_true",
        help="compare the subjects of cells, too; counting takes longer",
    )
    parser.add_argument(
        "--limit", type=int, default=300, help="seconds for each decision"
    )
    parser.add_argument("--source", type=Path, help="checkout whose library decides")
    parser.add_argument("--json", type=Path, help="file to keep the results in")
    parser.add_argument("--against", type=Path, help="kept results to show beside")
    parser.add_argument("--show", type=Path, help="only show kept results")
    parser.add_argument(
        "--measure", nargs=2, metavar=("TABLE", "FILE"), help=argparse.SUPPRESS
    )
    given = parser.parse_args(words)
    if unknown := set(given.tables) - set(LOSS_TABLES):
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    return given


def main() -> int:
    """Measure the tables and show what was found."""
    given = arguments()
    if given.measure:
        name, file = given.measure
        measure(given, name, Path(file))
        return 0
    found: dict[str, Any] = {}
    if given.show:
        found = json.loads(given.show.read_text())
    else:
        for name, result in results(given):
            found[name] = result
            if given.json:
                given.json.write_text(json.dumps(found, indent=1) + "\n")
    show(found, json.loads(given.against.read_text()) if given.against else None)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
