"""What a rehearsal prints: tables for people, canonical JSON for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Column, Table

from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.cli.show_contract import contract_json
from cleanroom_join.contract import COHORT_FLOOR
from cleanroom_join.disclosure import number_text
from cleanroom_join.review import summary, value_text

if TYPE_CHECKING:
    from rich.console import Console

    from cleanroom_join.disclosure import Value
    from cleanroom_join.spark.party.table_profile import TableProfile
    from cleanroom_join.spark.rehearsal.rehearsal import Rehearsal, RehearsedOutput
    from cleanroom_join.spark.rehearsal.series import Series

__all__ = ["data_warnings", "rehearsal", "series"]

_SHOWN = 40
"""Rows of a table that are printed; the rest is in the Delta table."""

_SERIES_NOTE = """\
A row stays the same if only a few people left its cell, since new figures would tell
about them. Only a rehearsal counts suppressed cells."""

_PLAIN_FILTER = f"The plain filter count(*) >= {COHORT_FLOOR}"


def rehearsal(done: Rehearsal, *, as_json: bool) -> None:
    """Print the results of a rehearsal."""
    if as_json:
        print_json(_rehearsal_json(done))
        return
    console = wide_console()
    for table in done.tables:
        for line in table.profile.describe_columns():
            console.print(f"[dim]{escape(f'{table.party}/{table.asset}  {line}')}[/]")
        data_warnings(console, table.profile)
    for output in done.outputs:
        console.print()
        console.print(escape(summary(output.report)))
        _suppressed(console, output)
        _plain_filter(console, output)
        _released(console, output)


def series(done: Series, *, as_json: bool) -> None:
    """Print several releases as one table, and the first screen of the last one."""
    if as_json:
        print_json(_series_json(done))
        return
    console = wide_console()
    for output in done.releases[-1].outputs:
        console.print(escape(summary(output.report)))
        console.print()
    number = Column("release", justify="right")
    names = ("opted out", "rows", "new", "removed", "same", "changed", "suppressed")
    table = Table(
        number,
        "output",
        "verdict",
        *(Column(name, justify="right") for name in names),
        title="rows of each release, compared with the release before",
    )
    for release in done.releases:
        for output in release.outputs:
            counts = (release.opted_out, *_series_counts(output).values())
            shown = ["-" if n is None else f"{n:,}" for n in counts]
            name = escape(output.release.output)
            verdict = output.report.verdict.value
            table.add_row(f"{release.number}", name, verdict, *shown)
    console.print(table)
    console.print(_SERIES_NOTE)


def _series_counts(output: RehearsedOutput) -> dict[str, int | None]:
    """Return how the rows of an output differ from those of the release before."""
    published = output.report.published
    found = None if published is None else published.comparison
    return {
        "rows": 0 if published is None else len(published.rows),
        "new": None if found is None else found.new,
        "removed": None if found is None else found.removed,
        "same": None if found is None else found.unchanged,
        "changed": None if found is None else found.changed,
        "suppressed": sum(output.suppressed.values()),
    }


def data_warnings(console: Console, profile: TableProfile) -> None:
    """Print the warnings about a table; the room may refuse it before the end."""
    for line in profile.describe_warnings():
        # Not folded: a line of the contract is there to be pasted.
        console.print(escape(line), soft_wrap=True, highlight=False)


def _suppressed(console: Console, output: RehearsedOutput) -> None:
    """Print how many cells each rule suppressed; no release may say this."""
    counts = ", ".join(f"{r.value} {n:,}" for r, n in output.suppressed.items())
    console.print(f"\nsuppressed cells by rule (only a rehearsal shows this): {counts}")


def _plain_filter(console: Console, output: RehearsedOutput) -> None:
    """Print the cells that the plain filter publishes and the guard suppresses."""
    if not output.plain:
        console.print(f"\n{_PLAIN_FILTER} would have published no other cells.")
        return
    names = [column.name for column in output.release.columns][
        : len(output.plain[0].labels)
    ]
    table = Table(
        *names,
        "rows",
        "suppressed by rule",
        title=f"{_PLAIN_FILTER} would also have published",
    )
    for cell in output.plain[:_SHOWN]:
        rule = cell.rule.value
        table.add_row(*map(_cell, cell.labels), f"{cell.rows:,}", rule)
    console.print()
    console.print(table)
    _more(console, len(output.plain))


def _released(console: Console, output: RehearsedOutput) -> None:
    """Print the released table, or that there is none."""
    saved = output.saved
    if saved is None:
        console.print("\nNothing was released.")
        return
    table = Table(
        # Names are folded where they are too long: half of one is no name.
        *(Column(column.name, overflow="fold") for column in saved.columns),
        title=f"released: {output.release.output}",
    )
    for row in saved.rows[:_SHOWN]:
        table.add_row(*map(_cell, row))
    console.print()
    console.print(table)
    _more(console, len(saved.rows))
    console.print(f"Delta table: {escape(str(output.folder))}")


def _more(console: Console, count: int) -> None:
    """Say how many rows were not printed."""
    if count > _SHOWN:
        console.print(f"… and {count - _SHOWN:,} more")


def _cell(value: Value) -> str:
    """Return a value as text for Rich."""
    return escape(value_text(value))


def _rehearsal_json(done: Rehearsal) -> dict[str, object]:
    """Return what `rehearsal` prints as JSON."""
    return {
        "contract": contract_json(done.contract),
        "approved": done.approved,
        "tables": [table.profile.as_json() for table in done.tables],
        "outputs": [_output_json(output) for output in done.outputs],
    }


def _series_json(done: Series) -> dict[str, object]:
    """Return what `series` prints as JSON, with all rows."""
    releases = []
    for release in done.releases:
        outputs = [
            {**_output_json(output), "comparison": _series_counts(output)}
            for output in release.outputs
        ]
        for output in outputs:
            # A series is not compared with it.
            del output["plain_filter_excess"]
        releases.append(
            {
                "number": release.number,
                "opted_out": release.opted_out,
                "outputs": outputs,
            }
        )
    return {
        "contract": contract_json(done.contract),
        "approved": done.approved,
        "tables": [table.profile.as_json() for table in done.tables],
        "releases": releases,
    }


def _output_json(output: RehearsedOutput) -> dict[str, object]:
    """Return one output as JSON; figures are strings, since JSON has no decimals."""
    release, saved = output.release, output.saved
    rows = () if saved is None else saved.rows
    return {
        "name": release.output,
        "verdict": output.report.verdict.value,
        "findings": list(output.report.findings),
        "sha256": None if saved is None else saved.digest,
        "columns": [column.name for column in release.columns],
        "rows": [[_plain(v) for v in row] for row in rows],
        "plain_filter_excess": [
            {"labels": list(c.labels), "rows": c.rows, "rule": c.rule.value}
            for c in output.plain
        ],
        "suppressed": {rule.value: n for rule, n in output.suppressed.items()},
        "table": str(output.folder) if output.folder else None,
    }


def _plain(value: Value) -> object:
    """Return a value as JSON has it."""
    return number_text(value) if isinstance(value, Decimal) else value
