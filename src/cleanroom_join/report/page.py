"""
The page: one HTML file, without scripts and without anything from elsewhere.

It says what `review.summary` says, with bar charts, and shows the published figures as
a table, as pictures and as CSV.  Jinja escapes every text, and the page's own content
security policy lets a browser load nothing and run nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.report.bar_chart import bar_charts
from cleanroom_join.report.csv_copy import csv_link
from cleanroom_join.report.figure_charts import figure_bars, figure_maps
from cleanroom_join.report.heat_map import BLANK
from cleanroom_join.report.templates import template, write_page
from cleanroom_join.review import (
    NO_COUNTS_BY_RULE,
    TERMS,
    Verdict,
    comparison_text,
    coverage_text,
    share_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cleanroom_join.disclosure import Value
    from cleanroom_join.review import PublishedDetails, ReleaseReport

__all__ = ["render", "save"]

_VERDICTS = {
    Verdict.PENDING: "Both companies agreed in advance to exactly this query."
    " What it found is told once the release is saved.",
    Verdict.APPROVED: "Both companies agreed in advance to exactly this release.",
    Verdict.NEEDS_REVIEW: "A person at each company must review it."
    " Nothing was released.",
    Verdict.REJECTED: "It breaks the contract. Nothing was released.",
}
_STATES = {"new": "new", "unchanged": "same figures", "changed": "other figures"}


def render(report: ReleaseReport) -> str:
    """
    Return a report as an HTML page; it may be handed to either company.

    In a notebook: ``displayHTML(render(release.report()))``.

    Raises:
        MissingExtra: Without Jinja.
    """
    made = template("page.html.j2")
    published = report.published
    page: str = made.render(
        report=report,
        published=published,
        verdict_meaning=_VERDICTS[report.verdict],
        approved=report.verdict is Verdict.APPROVED,
        no_counts_by_rule=NO_COUNTS_BY_RULE,
        terms=TERMS,
        charts=() if published is None else bar_charts(published, report.min_cohort),
        figure_bars=() if published is None else figure_bars(published),
        figure_maps=() if published is None else figure_maps(published),
        blank=BLANK,
        csv="" if published is None else csv_link(published),
        texts={} if published is None else _texts(published),
        rows=() if published is None else tuple(_rows(published)),
    )
    return page


def save(report: ReleaseReport, path: Path) -> None:
    """
    Write a report as a new HTML file.

    Raises:
        MissingExtra: Without Jinja.
        WriteFailed: If there is such a file.
    """
    write_page(render(report), path)


def _texts(published: PublishedDetails) -> dict[str, str]:
    """Return the sentences that the plain summary has too."""
    return {
        "cells": coverage_text(published.coverage),
        "share": share_text(published),
        "changes": comparison_text(published.comparison),
    }


def _rows(published: PublishedDetails) -> Iterator[tuple[tuple[Value, ...], str]]:
    """Yield each row with how it differs from the release before."""
    comparison = published.comparison
    states = comparison.row_states if comparison else ("",) * len(published.rows)
    for row, state in zip(published.rows, states, strict=True):
        yield row, _STATES.get(state, "")
