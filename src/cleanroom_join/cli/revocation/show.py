"""What the commands about consent print: no count is exact, no subject is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Column, Table

from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.revocation.status import sentences, span_text

if TYPE_CHECKING:
    import datetime as dt

    from rich.console import Console

    from cleanroom_join.revocation.job_report import JobReport
    from cleanroom_join.revocation.status import ConsentStatus

__all__ = ["applied", "status"]


def applied(report: JobReport, found: ConsentStatus, *, as_json: bool) -> None:
    """Print what a run of the job did, and what needs attention."""
    k = found.min_cohort
    counts = {
        "lines": report.lines,
        "events": report.events,
        "quarantined": report.quarantined,
        "inferred_opt_outs": report.inferred,
    }
    shown = {name: coarsen_count(n, k) for name, n in counts.items()}
    if as_json:
        print_json(
            {
                "batches": report.batches,
                "run": shown,
                "has_quarantine": report.quarantined > 0,
                "status": found.as_json(),
            }
        )
        return
    console = wide_console()
    if not report.batches:
        console.print("Nothing was new; the state is as of now.")
    else:
        listed = ", ".join(f"{n.replace('_', ' ')} {v}" for n, v in shown.items())
        console.print(f"applied {report.batches:,} batches: {listed}")
    if report.quarantined:
        _quarantine(console, found, "lines in quarantine in the last day")
    _alerts(console, found)


def status(found: ConsentStatus, days: int, *, as_json: bool) -> None:
    """Print how the job stands, most urgent first."""
    if as_json:
        print_json(found.as_json())
        return
    console = wide_console()
    _alerts(console, found)
    counts, latency = found.counts, found.latencies
    lines = {
        "last complete run": "never"
        if found.age is None
        else f"{span_text(found.age)} ago; the contract allows"
        f" {span_text(found.max_age)}",
        "excluded subjects": found.coarse(counts.excluded),
        f"lines of {days} days": found.coarse(counts.lines),
        "inferred opt-outs": found.coarse(counts.inferred),
        "waiting events": found.coarse(latency.pending),
        "longest latency": _span(latency.largest),
        "longest waiting": _span(latency.longest_pending),
    }
    width = max(map(len, lines))
    for name, text in lines.items():
        console.print(f"{name:<{width}}  {text}", highlight=False)
    table = Table(
        *("limit", "result", "excluded late", "overdue", "due soon"),
        Column("next due", no_wrap=True),
    )
    for one in latency.deadlines:
        due = "no event waits" if one.next_due is None else f"{one.next_due:%F %R} UTC"
        table.add_row(
            f"{one.business_days} business days",
            one.alert.value,
            *(found.coarse(n) for n in (one.late, one.overdue, one.due_soon)),
            due,
        )
    console.print(table)
    _quarantine(console, found, f"lines in quarantine, {days} days")


def _alerts(console: Console, found: ConsentStatus) -> None:
    """Print what needs attention."""
    for sentence in sentences(found):
        console.print(f"[bold]{escape(sentence)}[/]", soft_wrap=True, highlight=False)


def _quarantine(console: Console, found: ConsentStatus, title: str) -> None:
    """Print the reasons of lines in quarantine, if there are any."""
    if not found.counts.quarantined:
        return
    table = Table("reason", "what it means", "lines", title=title)
    for reason, n in sorted(found.counts.quarantined.items()):
        meaning = found.meaning(reason)
        table.add_row(escape(reason), escape(meaning), found.coarse(n))
    console.print(table)


def _span(span: dt.timedelta | None) -> str:
    """Return a span, or that there is none."""
    return "no event" if span is None else span_text(span)
