"""What the doctor prints: causes as a table, and both sides beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from cleanroom_join.cli.console import print_json, wide_console

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from cleanroom_join.tokens.doctor import (
        ColumnManifest,
        Diagnosis,
        Finding,
        TokenManifest,
    )

__all__ = ["diagnoses"]

_SHOWN = 5
"""Entries of each histogram that are printed."""


def diagnoses(
    found: Sequence[Diagnosis],
    manifests: tuple[TokenManifest, TokenManifest],
    *,
    as_json: bool,
) -> None:
    """Print what the doctor found about every subject."""
    if as_json:
        print_json([_json(diagnosis) for diagnosis in found])
        return
    console = wide_console()
    for diagnosis in found:
        console.print(f"[bold]{escape(diagnosis.subject)}[/]: {_verdict(diagnosis)}")
        console.print(_match(diagnosis))
        _causes(console, diagnosis)
        _sides(console, manifests, diagnosis.subject)


def _verdict(diagnosis: Diagnosis) -> str:
    """Return the diagnosis in one sentence."""
    if diagnosis.healthy:
        return "the tokens match."
    if diagnosis.causes:
        return "most likely " + diagnosis.causes[0].cause.value.replace("_", " ") + "."
    return "no cause found, but too few subjects to see a match."


def _match(diagnosis: Diagnosis) -> str:
    """Return the match rate with its limits."""
    overlap = diagnosis.overlap
    if overlap is None:
        return "match rate: too few subjects to estimate it"
    if not overlap.is_significant:
        return f"match rate: no match seen, {overlap.high:.0%} at most"
    return (
        f"match rate: about {overlap.rate:.0%} of the smaller side, "
        f"{overlap.low:.0%} to {overlap.high:.0%} (95 %)"
    )


def _causes(console: Console, diagnosis: Diagnosis) -> None:
    """Print causes in order, and remarks."""
    if not diagnosis.causes and not diagnosis.remarks:
        return
    table = Table("", "cause", "side", "column", "spoils", "evidence", "remedy")
    for number, finding in enumerate(diagnosis.causes, start=1):
        table.add_row(str(number), *_row(finding))
    for finding in diagnosis.remarks:
        table.add_row("-", *_row(finding), style="dim")
    console.print(table)


def _row(finding: Finding) -> tuple[str, ...]:
    """Return one finding as cells."""
    return (
        finding.cause.value.replace("_", " "),
        escape(finding.party or "both"),
        escape(finding.column),
        f"{finding.share:.0%}",
        escape(finding.evidence),
        escape(finding.cause.remedy),
    )


def _sides(
    console: Console, manifests: tuple[TokenManifest, TokenManifest], subject: str
) -> None:
    """Print both sides' figures beside each other."""
    table = Table("", *(escape(f"{m.party} / {m.asset}") for m in manifests))
    table.add_row("key id", *(escape(m.key_id) for m in manifests))
    table.add_row("key check value", *(escape(m.key_check_value) for m in manifests))
    table.add_row("specification", *(m.spec_sha256[:12] for m in manifests))
    columns = [c for m in manifests if (c := m.column_of(subject)) is not None]
    table.add_row("subjects", *(_subjects(column) for column in columns))
    for sides in zip(*(column.components for column in columns), strict=False):
        table.add_row("column", *(escape(f"{c.source} ({c.kind})") for c in sides))
        for name in ("reasons", "raw_lengths", "lengths", "masks", "removed", "traits"):
            cells = [_histogram(getattr(c, name), c.rows) for c in sides]
            table.add_row("  " + name.replace("_", " "), *cells)
    table.add_row("outside bounds or domain", *(_steps(m.outside) for m in manifests))
    table.add_row("without a value", *(_steps(m.missing) for m in manifests))
    console.print(table)


def _steps(shares: Mapping[str, float]) -> str:
    """Return the columns that have a published share, as far as it is known."""
    largest = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    texts = [f"{name} {share * 100:g} % or more" for name, share in largest]
    return escape("\n".join(texts))


def _subjects(column: ColumnManifest) -> str:
    """Return the number of subjects as a reader takes it."""
    return f"{column.subjects:,}" if column.subjects else "too few to show"


def _histogram(figures: Mapping[str, int], rows: int) -> str:
    """Return the largest entries as shares."""
    largest = sorted(figures.items(), key=lambda item: -item[1])[:_SHOWN]
    return escape(", ".join(f"{name} {n / max(rows, 1):.0%}" for name, n in largest))


def _json(diagnosis: Diagnosis) -> dict[str, object]:
    """Return one diagnosis as JSON; shares in thousandths."""
    overlap = diagnosis.overlap
    return {
        "subject": diagnosis.subject,
        "healthy": diagnosis.healthy,
        "match_rate": None
        if overlap is None
        else {
            "estimate": round(overlap.rate * 1000),
            "low": round(overlap.low * 1000),
            "high": round(overlap.high * 1000),
        },
        "causes": [_finding(finding) for finding in diagnosis.causes],
        "remarks": [_finding(finding) for finding in diagnosis.remarks],
    }


def _finding(finding: Finding) -> dict[str, object]:
    """Return one finding as JSON."""
    return {
        "cause": finding.cause.value,
        "party": finding.party,
        "column": finding.column,
        "share": round(finding.share * 1000),
        "evidence": finding.evidence,
        "remedy": finding.cause.remedy,
    }
