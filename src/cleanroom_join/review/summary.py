"""A release's report as plain text, for a notebook's output and a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.review.plain_language import NEVER_BY_RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.disclosure.coarse_counts import Coverage
    from cleanroom_join.review.report import (
        Change,
        Published,
        ReleaseReport,
        SizeBand,
    )

__all__ = ["cells_text", "change_text", "share_text", "size_text", "summary"]

_WIDTH = 100
"""Columns of the text: what a notebook shows without scrolling."""

_INDENT = 10
"""Columns of the names on the left."""


def summary(report: ReleaseReport) -> str:
    """
    Return a report as text; it may be handed to either company.

    The first line is the verdict and the output's name.
    """
    lines = [f"{report.verdict.value}  {report.output}"]
    for name, text in _paragraphs(report):
        lines += textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=name.ljust(_INDENT),
            subsequent_indent=" " * _INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _paragraphs(report: ReleaseReport) -> Iterator[tuple[str, str]]:
    """Yield each paragraph with the name of what it is about."""
    yield "contract", f"{report.contract}, {report.contract_sha256}"
    yield "purpose", report.purpose
    for name, text in report.query:
        yield "question", f"{name}: {text}"
    for finding in report.findings:
        yield "findings", finding
    if report.published is not None:
        yield from _told(report.published, report.min_cohort)
    for note in report.notes:
        yield "note", note
    for line in report.policy:
        yield "policy", f"{line.name} = {line.value}: {line.words}"
    for rule in report.rules:
        yield "rule", f"{rule.name}: {rule.does} {rule.why}"
    yield "rules", NEVER_BY_RULE
    yield "ledger", report.ledger


def _told(published: Published, k: int) -> Iterator[tuple[str, str]]:
    """Yield what is told of an approved answer."""
    yield "release", published.digest
    for step in published.funnel:
        yield "funnel", f"{step.name}: {coarsen_count(step.at_least, k)} subjects"
    yield "cells", cells_text(published.coverage)
    if published.totals:
        yield "cells", f"totals published: {published.totals:,}"
    for merged in published.coarser:
        name = ", ".join(merged.labels)
        yield "merged", f"{name} stands for {merged.combinations:,} combinations"
    for size in published.sizes:
        yield "sizes", f"{size_text(size)} subjects: {size.cells:,} cells"
    yield "share", share_text(published)
    yield "changes", change_text(published.change)


def cells_text(shown: Coverage) -> str:
    """Return how many combinations of values are published."""
    return (
        f"of {shown.combinations:,} combinations in the contract {shown.alone:,} are"
        f" published alone, {shown.merged:,} within coarser cells,"
        f" {shown.missing:,} are not: withheld, or nobody is in them"
    )


def size_text(size: SizeBand) -> str:
    """Return the limits of a band of cohort sizes."""
    if size.below is None:
        return f"{size.least:,} or more"
    return f"{size.least:,} to under {size.below:,}"


def share_text(published: Published) -> str:
    """Return which share of the subjects is in published cells."""
    if not published.coverage.exact:
        return (
            "not told: a subject may be in several cells, so their counts do not add up"
        )
    if published.share is None:
        return (
            "not told: it would tell how few are missing; a grand total in the"
            " contract, which is protected with the cells, tells it"
        )
    low, high = published.share
    return f"{low} to {high} % of the subjects are in published cells"


def change_text(change: Change | None) -> str:
    """Return what changed since the release before."""
    if change is None:
        return "there is no earlier release of this question in the ledger"
    return (
        f"rows against those of run {change.run:,}: new {change.new:,},"
        f" gone {change.gone:,}, same figures {change.same:,},"
        f" other figures {change.different:,}"
    )
