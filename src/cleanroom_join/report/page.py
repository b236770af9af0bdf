"""
The page: one HTML file, without scripts and without anything from elsewhere.

It says what `review.summary` says, with bar charts, and shows the published figures as
a table, as pictures and as CSV.  Jinja escapes every text, and the page's own content
security policy lets a browser load nothing and run nothing.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cleanroom_join.errors import MissingExtra, WriteFailed, printable
from cleanroom_join.report.bar_chart import bar_charts
from cleanroom_join.report.csv_copy import csv_link
from cleanroom_join.report.figure_charts import figure_bars, figure_maps
from cleanroom_join.report.heat_map import BLANK
from cleanroom_join.review import (
    NO_COUNTS_BY_RULE,
    TERMS,
    Verdict,
    comparison_text,
    coverage_text,
    share_text,
    value_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jinja2 import Template

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
    template = _template()
    published = report.published
    page: str = template.render(
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


@lru_cache(maxsize=1)
def _template() -> Template:
    """
    Return the page's template, with its style sheet in place.

    Raises:
        MissingExtra: Without Jinja.
    """
    try:
        # Imported late: both are an extra.
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415
        from markupsafe import Markup  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("jinja2", "markupsafe"):
            raise
        raise MissingExtra.of("report", "a report as HTML") from None
    style = _part("page.css")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["value_text"] = value_text
    return environment.from_string(
        _part("page.html.j2"),
        globals={
            "style": Markup(style),  # noqa: S704 - our own file
            "style_digest": _digest(style),
        },
    )


def save(report: ReleaseReport, path: Path) -> None:
    """
    Write a report as a new HTML file.

    Raises:
        MissingExtra: Without Jinja.
        WriteFailed: If there is such a file.
    """
    page = render(report)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(page)
    except FileExistsError:
        raise WriteFailed.exists(f'file "{printable(path.name)}"') from None


def _part(name: str) -> str:
    """Return one of the files that the page is made of."""
    return files("cleanroom_join.report").joinpath(name).read_text(encoding="utf-8")


def _digest(style: str) -> str:
    """Return what the content security policy knows the style sheet by."""
    found = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(found).decode('ascii')}"


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
