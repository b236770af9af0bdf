"""A release's report as plain text, for a notebook's output and a terminal."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import number_text
from cleanroom_join.review.plain_language import NO_COUNTS_BY_RULE, TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanroom_join.disclosure import Value
    from cleanroom_join.disclosure.coarse_counts import Coverage
    from cleanroom_join.review.report import (
        BudgetUse,
        FunnelStep,
        PublishedDetails,
        ReleaseComparison,
        ReleaseReport,
        SizeClass,
    )

__all__ = [
    "budget_text",
    "comparison_text",
    "coverage_text",
    "share_text",
    "size_class_text",
    "step_text",
    "summary",
    "value_text",
]

_WIDTH = 100
"""Columns of the text: what a notebook shows without scrolling."""

_INDENT = 10
"""Columns of the names on the left."""


_SCREEN = 25
"""Lines that a reader sees without scrolling."""


def summary(report: ReleaseReport, *, full: bool = False) -> str:
    """
    Return a report as text; it may be handed to either company.

    The first line is the verdict and the output's name.  Then come the reason, how many
    rows there are, and what to do next: one screen of 25 lines.

    Args:
        report: The report.
        full: Whether to add the query, every setting and every rule.
    """
    first = [f"{report.verdict.value}  {report.output}"]
    if full:
        return "\n".join(first + _wrapped(_paragraphs(report)))
    return "\n".join(first + _first_screen(report))


def _first_screen(report: ReleaseReport) -> list[str]:
    """Return verdict, reason, rows and next step; what is less urgent as it fits."""
    room = _SCREEN - 1
    most = room // 3
    lines = _cut(_wrapped(("findings", text) for text in report.findings), most)
    if report.published is not None:
        lines += _wrapped([("rows", _rows_text(report.published))])
    lines += _cut(_wrapped(("next", text) for text in report.next_steps), most)
    last = _wrapped([("more", "summary(full=True): the query, every setting and rule")])
    for paragraph in _short(report):
        added = _wrapped([paragraph])
        if len(lines) + len(added) + len(last) <= room:
            lines += added
    return lines + last


def _cut(lines: list[str], most: int) -> list[str]:
    """Return at most so many lines; the last one says that there are more."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], " " * _INDENT + "… summary(full=True) has the rest"]


def _short(report: ReleaseReport) -> Iterator[tuple[str, str]]:
    """Yield what the first screen has, the most important first."""
    published = report.published
    if published is not None:
        yield "cells", coverage_text(published.coverage)
        yield "changes", comparison_text(published.comparison)
    yield "ledger", report.ledger
    for note in report.notes:
        yield "note", note
    yield "contract", f"{report.contract}, {report.contract_sha256}"
    if published is not None:
        yield "release", published.digest
        used = max(published.budget, key=lambda use: use.percent, default=None)
        if used is not None:
            yield "budget", budget_text(used)
        yield "share", share_text(published)
    if report.as_of is not None:
        yield "date", f"{report.as_of}, UTC"


def _rows_text(published: PublishedDetails) -> str:
    """Return how many rows there are, and of what kinds."""
    rows, coarser = len(published.rows), len(published.coarser)
    kinds = (
        (rows - coarser - published.totals, "cell"),
        (coarser, "coarser cell"),
        (published.totals, "total"),
    )
    counts = ", ".join(_count(number, noun) for number, noun in kinds if number)
    return f"{_count(rows, 'row')}: {counts}"


def _wrapped(paragraphs: Iterable[tuple[str, str]]) -> list[str]:
    """Return paragraphs as lines, with their names on the left."""
    lines: list[str] = []
    for name, text in paragraphs:
        lines += textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=name.ljust(_INDENT),
            subsequent_indent=" " * _INDENT,
            # A long word that a terminal broke would go on in its first column.
            break_long_words=True,
            break_on_hyphens=False,
        )
    return lines


def _paragraphs(report: ReleaseReport) -> Iterator[tuple[str, str]]:
    """Yield each paragraph with its name."""
    yield "contract", f"{report.contract}, {report.contract_sha256}"
    yield "parties", ", ".join(report.parties)
    if report.as_of is not None:
        yield "date", f"{report.as_of}, UTC"
    yield "library", f"cleanroom-join {report.library}"
    yield "purpose", report.purpose
    for name, text in report.query:
        yield "query", f"{name}: {text}"
    for finding in report.findings:
        yield "findings", finding
    for step in report.next_steps:
        yield "next", step
    if report.published is not None:
        yield from _details(report.published)
    for note in report.notes:
        yield "note", note
    for term, meaning in TERMS:
        yield "term", f"{term}: {meaning}"
    for line in report.policy:
        yield "policy", f"{line.name} = {line.value}: {line.meaning}"
    for rule in report.rules:
        yield "rule", f"{rule.name}: {rule.does} {rule.why}"
    yield "rules", NO_COUNTS_BY_RULE
    yield "ledger", report.ledger


def _details(published: PublishedDetails) -> Iterator[tuple[str, str]]:
    """Yield what depends on the data."""
    yield "rows", _rows_text(published)
    yield "release", published.digest
    for step in published.funnel:
        yield "funnel", f"{step.name}: {step_text(step)} subjects"
    for text in published.matched_on:
        yield "matched", text
    yield "cells", coverage_text(published.coverage)
    if published.totals:
        yield "cells", f"totals published: {published.totals:,}"
    for cell in published.coarser:
        name = ", ".join(map(value_text, cell.labels))
        yield "coarser", f"{name} stands for {_count(cell.combinations, 'combination')}"
    for size in published.size_classes:
        yield "sizes", f"{size_class_text(size)} subjects: {_count(size.cells, 'cell')}"
    yield "share", share_text(published)
    yield "changes", comparison_text(published.comparison)
    for use in published.budget:
        yield "budget", budget_text(use)


def budget_text(use: BudgetUse) -> str:
    """Return how much of the budget a line has used."""
    used = f"at most {use.percent} % used" if use.percent else "nothing used"
    return f"figures about the {use.line}: {used}"


def value_text(value: Value) -> str:
    """
    Return a published value as text: NULL by its name, counts with separators.

    Examples:
        >>> [value_text(value) for value in (None, True, "5411", 1250, Decimal("0.10"))]
        ['NULL', 'true', '5411', '1,250', '0.1']
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return number_text(value) if isinstance(value, Decimal) else value


def _count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def step_text(step: FunnelStep) -> str:
    """Return how many subjects reach a step."""
    return f"{step.at_least:,} or more"


def coverage_text(covered: Coverage) -> str:
    """Return how many combinations of values are published."""
    return (
        f"of {covered.combinations:,} combinations that the contract allows,"
        f" {covered.detailed:,} are published as cells of their own,"
        f" {covered.coarser:,} as part of a coarser cell, and {covered.unpublished:,}"
        " not at all: they are suppressed or have no subjects"
    )


def size_class_text(size: SizeClass) -> str:
    """Return the limits of a class of cohort sizes, both included."""
    if size.below is None:
        return f"{size.least:,} or more"
    return f"{size.least:,} to {size.below - 1:,}"


def share_text(published: PublishedDetails) -> str:
    """Return which share of the subjects is in published cells."""
    if not published.coverage.additive:
        return (
            "not stated, because a subject may be in several cells, so their counts"
            " cannot be added"
        )
    if published.share is None:
        return (
            "not stated, because it would disclose how few subjects are unpublished; it"
            " is stated if the contract asks for a grand total, which the rules protect"
            " together with the cells"
        )
    low, high = published.share
    return f"{low} to {high} % of the subjects are in published cells"


def comparison_text(comparison: ReleaseComparison | None) -> str:
    """Return what changed since the release before."""
    if comparison is None:
        return "the ledger has no earlier release of this query"
    return (
        f"rows compared with run {comparison.run:,}: {comparison.new:,} new,"
        f" {comparison.removed:,} removed, {comparison.unchanged:,} with the same"
        f" figures, {comparison.changed:,} with other figures"
    )
