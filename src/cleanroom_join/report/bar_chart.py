"""
The bar charts of a report, as values; the template draws them as plain SVG.

A bar's length is exact: the SVG's own units are the figures, so no number is rounded
and the same report is the same bytes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.review import size_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.review import Change, Published

__all__ = ["Bar", "BarChart", "bar_charts"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar."""

    label: str
    value: int
    """Length of the bar, in units of its chart; at least 0."""
    text: str
    """The figure as it is written beside the bar."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BarChart:
    """Bars under one heading."""

    id: str
    """Unique on the page; a word of ours."""
    title: str
    explanation: str
    """What is counted, and what is not shown."""
    bars: tuple[Bar, ...]

    @property
    def longest(self) -> int:
        """The largest value, and 1 if all are zero: the width of the drawing."""
        return max((bar.value for bar in self.bars), default=0) or 1


def bar_charts(published: Published, k: int) -> tuple[BarChart, ...]:
    """
    Return the charts of an approved answer.

    Args:
        published: What the report says about it.
        k: Fewest subjects that a published figure is about.
    """
    return tuple(_charts(published, k))


def _charts(published: Published, k: int) -> Iterator[BarChart]:
    """Yield each chart."""
    shown, change = published.coverage, published.change
    funnel = [(s.name, s.at_least, f"{s.at_least:,} or more") for s in published.funnel]
    if shown.exact:
        funnel.append(("in published cells", shown.most, f"about {shown.most:,}"))
    yield BarChart(
        id="funnel",
        title="How many subjects",
        explanation="Distinct subjects of each table, and those in all of them. Lower"
        f" limits: an exact count could disclose fewer than {k:,} subjects.",
        bars=tuple(Bar(label=n, value=v, text=t) for n, v, t in funnel),
    )
    yield BarChart(
        id="cells",
        title="Which combinations of values are published",
        explanation="All combinations that the contract allows. One that is not"
        " published is suppressed or has no subjects; which of the two is not said.",
        bars=_counted(
            ("published alone", shown.alone),
            ("in coarser cells", shown.merged),
            ("not published", shown.missing),
        ),
    )
    yield BarChart(
        id="sizes",
        title="How large the published cells are",
        explanation=f"Cells by number of subjects, without totals. k = {k:,}.",
        bars=_counted(*((size_text(s), s.cells) for s in published.sizes)),
    )
    if change is not None:
        yield _changes(change)


def _changes(change: Change) -> BarChart:
    """Return the chart of what changed since the release before."""
    return BarChart(
        id="changes",
        title="What changed",
        explanation=f"Rows compared with those of run {change.run:,}.",
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
