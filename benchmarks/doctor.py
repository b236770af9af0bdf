"""Plant one fault at a time and see whether the match doctor names it first."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from cleanroom_join.local import local_session
from tests.support.doctor_trials import Outcome, examine
from tests.support.planted_faults import FAULTS, HEALTHY

LEAST_RIGHT = 28


def show(outcomes: list[Outcome]) -> Table:
    """Return the outcomes as a table."""
    table = Table(
        *("planted", "subject", "the doctor says", "first cause", "evidence", "match"),
        "rank of the true cause",
    )
    for outcome in outcomes:
        said = outcome.diagnosis
        first = said.causes[0] if said.causes else None
        rate = said.overlap
        table.add_row(
            outcome.case.name,
            outcome.case.subject,
            said.verdict.value,
            first.cause.value if first else "nothing to blame",
            first.evidence if first else "",
            f"{rate.rate:.0%}, {rate.low:.0%}-{rate.high:.0%}" if rate else "too few",
            _rank(outcome),
        )
    return table


def _rank(outcome: Outcome) -> str:
    """Return the rank of the true cause, or whether nothing was blamed."""
    text = "" if outcome.case.cause is None else str(outcome.rank)
    return f"{text} right" if outcome.right else f"[red]{text} WRONG[/]"


def main() -> int:
    """Print the table; exit with 1 if the doctor is not good enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=20_000, help="per side")
    parser.add_argument(
        "--plain", action="store_true", help="count in plain Python, without Spark"
    )
    given = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 150)
    spark = None if given.plain else local_session()
    outcomes = []
    for case in (*FAULTS, *HEALTHY):
        start = time.monotonic()
        outcomes.append(examine(case, given.subjects, spark))
        elapsed = time.monotonic() - start
        sys.stderr.write(f"{case.name}: {elapsed:.1f} s\n")
    console.print(show(outcomes))
    named = sum(o.right for o in outcomes if o.case.cause is not None)
    spared = sum(o.right for o in outcomes if o.case.cause is None)
    console.print(
        f"{named} of {len(FAULTS)} planted faults named first; "
        f"{spared} of {len(HEALTHY)} healthy pairs found healthy"
    )
    if spark is not None:
        spark.stop()
    return int(named < LEAST_RIGHT or spared < len(HEALTHY))


if __name__ == "__main__":
    raise SystemExit(main())
