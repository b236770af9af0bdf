"""
The page: one HTML file, without scripts and without anything from elsewhere.

It says what `review.summary` says, with pictures.  Every text is escaped, and the
page's own content security policy lets a browser load nothing and run nothing.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from cleanroom_join.contract import OutputType
from cleanroom_join.disclosure import number_text
from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.errors import MissingExtra, WriteFailed, printable
from cleanroom_join.report.bar import Bar
from cleanroom_join.review import (
    NEVER_BY_RULE,
    Verdict,
    cells_text,
    change_text,
    share_text,
    size_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cleanroom_join.disclosure import Value
    from cleanroom_join.review import Change, Published, ReleaseReport

__all__ = ["render", "save"]

_VERDICTS = {
    Verdict.APPROVED: "Both companies agreed to exactly this in advance.",
    Verdict.NEEDS_REVIEW: "A person of each company must look. Nothing was released.",
    Verdict.REJECTED: "It breaks the contract. Nothing was released.",
}
_EXTRA = ("jinja2", "markupsafe", "matplotlib")
_STATES = {"new": "new", "same": "same figures", "different": "other figures"}


def render(report: ReleaseReport) -> str:
    """
    Return a report as an HTML page; it may be handed to either company.

    In a notebook: ``displayHTML(render(release.report()))``.

    Raises:
        MissingExtra: Without Jinja and Matplotlib.
    """
    try:
        # Imported late: both are an extra, and Matplotlib takes a second.
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415
        from markupsafe import Markup  # noqa: PLC0415

        from cleanroom_join.report.bar_charts import bars  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in (
            "jinja2",
            "markupsafe",
            "matplotlib",
        ):
            raise
        raise MissingExtra.of("report", "a report as HTML") from None
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = _part("page.css")
    published = report.published
    drawn = () if published is None else _pictures(published, report.min_cohort)
    page: str = environment.from_string(_part("page.html.j2")).render(
        report=report,
        published=published,
        verdict_words=_VERDICTS[report.verdict],
        approved=report.verdict is Verdict.APPROVED,
        never_by_rule=NEVER_BY_RULE,
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=_digest(style),
        pictures=[
            # What is drawn is escaped where it is drawn.
            (p.caption, Markup(bars(p.name, p.title, p.bars)))  # noqa: S704
            for p in drawn
        ],
        texts={} if published is None else _texts(published, report.min_cohort),
        table=() if published is None else _table(published),
    )
    return page


def save(report: ReleaseReport, path: Path) -> None:
    """
    Write a report as a new HTML file.

    Raises:
        MissingExtra: Without Jinja and Matplotlib.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Picture:
    """What one picture shows."""

    name: str
    caption: str
    title: str
    bars: tuple[Bar, ...]


def _pictures(published: Published, k: int) -> tuple[_Picture, ...]:
    """Return the pictures of an approved answer."""
    shown, change = published.coverage, published.change
    funnel = [(s.name, s.at_least, f"{s.at_least:,} or more") for s in published.funnel]
    if shown.exact:
        funnel.append(("in published cells", shown.most, f"about {shown.most:,}"))
    pictures = (
        _Picture(
            name="funnel",
            caption="How many people",
            title="Subjects, step by step",
            bars=tuple(Bar(label=n, value=v, text=t) for n, v, t in funnel),
        ),
        _Picture(
            name="cells",
            caption="Which combinations of values are published",
            title="Combinations of values in the contract",
            bars=_counted(
                ("published alone", shown.alone),
                ("in coarser cells", shown.merged),
                ("not published", shown.missing),
            ),
        ),
        _Picture(
            name="sizes",
            caption="How large the published groups are",
            title=f"Published cells by number of subjects, k = {k:,}",
            bars=_counted(*((size_text(s), s.cells) for s in published.sizes)),
        ),
    )
    return pictures if change is None else (*pictures, _changes(change))


def _changes(change: Change) -> _Picture:
    """Return the picture of what changed since the release before."""
    return _Picture(
        name="changes",
        caption="What changed",
        title=f"Rows against those of run {change.run:,}",
        bars=_counted(
            ("new", change.new),
            ("gone", change.gone),
            ("same figures", change.same),
            ("other figures", change.different),
        ),
    )


def _counted(*counts: tuple[str, int]) -> tuple[Bar, ...]:
    """Return bars that show numbers of cells."""
    return tuple(Bar(label=name, value=n, text=f"{n:,}") for name, n in counts)


def _texts(published: Published, k: int) -> dict[str, object]:
    """Return the sentences that the plain summary has too."""
    return {
        "cells": cells_text(published.coverage),
        "share": share_text(published),
        "changes": change_text(published.change),
        "funnel": [
            (s.name, f"{coarsen_count(s.at_least, k)}") for s in published.funnel
        ],
        "sizes": [(size_text(s), f"{s.cells:,}") for s in published.sizes],
    }


def _table(
    published: Published,
) -> tuple[tuple[tuple[tuple[str, bool], ...], str], ...]:
    """Return each row as (text, whether it is a number), and how it changed."""
    counts = [column.type is OutputType.COUNT for column in published.columns]
    change = published.change
    states = change.states if change else ("",) * len(published.rows)
    return tuple(
        (
            tuple(
                (_text(value, count=count), place >= published.keys)
                for place, (value, count) in enumerate(zip(row, counts, strict=True))
            ),
            _STATES.get(state, ""),
        )
        for row, state in zip(published.rows, states, strict=True)
    )


def _text(value: Value, *, count: bool) -> str:
    """Return a value for people; NULL is shown as such."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    return f"{value:,}" if count else number_text(Decimal(value))
