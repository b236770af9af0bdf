"""What ``init`` prints: what each column is for, the identifier, what to do next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Column, Table

from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.errors import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.cli.init import Written
    from cleanroom_join.first_contract.draft import DraftTable

__all__ = ["draft"]

_OWN_DATA = (
    "Counted on this machine from both files, which the other party's real data would"
    " not allow."
)


def draft(written: Written, *, as_json: bool) -> None:
    """Print what a first contract says, and the commands that come next."""
    if as_json:
        print_json(_draft_json(written))
        return
    console = wide_console()
    drafted = written.first.draft
    table = Table(
        *(Column(h, overflow="fold") for h in ("table", "column", "is", "why"))
    )
    for side, one in enumerate(drafted.tables):
        for name, role, reason in _columns(one, drafted.identifier.sources[side]):
            table.add_row(*map(escape, (one.asset, name, role, reason)))
    console.print(table)
    console.print(escape(f"joined on: {_identifier(written)}"), highlight=False)
    console.print(f"{escape(_matched(written))} {_OWN_DATA}", highlight=False)
    console.print("Next:")
    for line in _next(written):
        console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)


def _columns(table: DraftTable, joined: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return name, role and reason of each column; *joined* are joined on."""
    return [
        (
            printable(c.name),
            c.role.role.value,
            f"{'joined on: ' if c.name in joined else ''}{c.role.reason}",
        )
        for c in table.columns
    ]


def _identifier(written: Written) -> str:
    """Return the columns of the chosen identifier."""
    drafted = written.first.draft
    sides = zip(drafted.tables, drafted.identifier.sources, strict=True)
    return " = ".join(
        f"{table.asset}({', '.join(map(printable, names))})" for table, names in sides
    )


def _matched(written: Written) -> str:
    """Return how many subjects both tables have, coarsely."""
    counts, k = written.first.counts, written.first.contract.policy.min_cohort
    shared = coarsen_count(counts.shared, k)
    fewest = coarsen_count(min(counts.subjects), k)
    return f"{shared} subjects are in both tables; the smaller has {fewest}."


def _next(written: Written) -> list[str]:
    """Return the commands that check and rehearse the contract."""
    contract, data = str(written.contract), str(written.data)
    folders = ("--data", data, "--output", "rehearsal", *written.csv.arguments)
    return [
        shlex.join(("cleanroom-join", "check", contract)),
        shlex.join(("cleanroom-join", "rehearse", contract, *folders)),
    ]


def _draft_json(written: Written) -> dict[str, object]:
    """Return the same as JSON."""
    drafted, counts = written.first.draft, written.first.counts
    k = written.first.contract.policy.min_cohort
    return {
        "contract": str(written.contract),
        "data": str(written.data),
        "sha256": written.first.contract.digest,
        "subject": {
            "name": drafted.subject,
            "kinds": [kind.value for kind in drafted.identifier.kinds],
            "sources": {
                table.asset: list(names)
                for table, names in zip(
                    drafted.tables, drafted.identifier.sources, strict=True
                )
            },
            "in_both": coarsen_count(counts.shared, k),
        },
        "columns": {
            table.asset: [
                {"name": name, "role": role, "reason": reason}
                for name, role, reason in _columns(table, sources)
            ]
            for table, sources in zip(
                drafted.tables, drafted.identifier.sources, strict=True
            )
        },
        "group_by": list(drafted.group_by),
        "measures": [measure.name for measure in drafted.measures],
        "next": _next(written),
    }
