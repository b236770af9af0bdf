"""What the doctor prints: causes as a table, and both sides beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.errors import assert_never
from cleanroom_join.tokens.doctor import Verdict, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

_WHAT_WOULD_TELL = (
    "What would tell: larger tables (20,000 subjects on each side show a rate of 20 %),"
    " or `cleanroom-join rehearse` with test rows of subjects that both sides have."
)


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
        console.print(f"[bold]{escape(diagnosis.subject)}[/]: {_answer(diagnosis)}")
        for line in _explanation(diagnosis):
            console.print(escape(line))
        _causes(console, diagnosis)
        _sides(console, manifests, diagnosis.subject)


def _answer(diagnosis: Diagnosis) -> str:
    """Return the verdict with the match rate and its interval, in one sentence."""
    overlap = diagnosis.overlap
    if overlap is not None:
        low, high = (f"{100 * limit:.0f}" for limit in (overlap.low, overlap.high))
        rate = f"about {100 * overlap.rate:.0f} %, between {low} and {high} %."
    else:
        rate = "there are too few subjects for an estimate."
    match diagnosis.verdict:
        case Verdict.MATCHES:
            return f"match, {rate}"
        case Verdict.DOES_NOT_MATCH:
            return f"do not match: {rate}"
        case Verdict.CANNOT_BE_TOLD:
            return f"cannot be told: {rate}"
        case _:
            return assert_never(diagnosis.verdict)


def _explanation(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield what the answer is about, its most likely cause, and what to do next."""
    if diagnosis.overlap is not None:
        yield "The rate is a share of the smaller side's subjects, at 95 % confidence."
    if diagnosis.causes:
        cause = diagnosis.causes[0].cause.value.replace("_", " ")
        partly = diagnosis.verdict is Verdict.MATCHES
        yield f"{'Not all match' if partly else 'Most likely'}: {cause}."
    if diagnosis.verdict is Verdict.CANNOT_BE_TOLD:
        yield _WHAT_WOULD_TELL


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
        percent(finding.share),
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
    return escape(
        ", ".join(f"{name} {percent(n / max(rows, 1))}" for name, n in largest)
    )


def _json(diagnosis: Diagnosis) -> dict[str, object]:
    """Return one diagnosis as JSON; shares in thousandths."""
    overlap = diagnosis.overlap
    return {
        "subject": diagnosis.subject,
        "verdict": diagnosis.verdict.value,
        "estimate": None if overlap is None else _thousandths(overlap.rate),
        "interval": None
        if overlap is None
        else [_thousandths(overlap.low), _thousandths(overlap.high)],
        "causes": [_finding(finding) for finding in diagnosis.causes],
        "remarks": [_finding(finding) for finding in diagnosis.remarks],
    }


def _thousandths(share: float) -> int:
    """Return a share in thousandths."""
    return round(share * 1000)


def _finding(finding: Finding) -> dict[str, object]:
    """Return one finding as JSON."""
    return {
        "cause": finding.cause.value,
        "party": finding.party,
        "column": finding.column,
        "share": _thousandths(finding.share),
        "evidence": finding.evidence,
        "remedy": finding.cause.remedy,
    }
