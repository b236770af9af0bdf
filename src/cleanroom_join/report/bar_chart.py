"""
The bar charts of a report, as values; the template draws them as plain SVG.

A bar's length is exact: the SVG's own units are the figures, so no number is rounded
and the same report is the same bytes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure import number_text
from cleanroom_join.review import size_class_text, step_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.review import PublishedDetails
    from cleanroom_join.review.report import BudgetUse, ReleaseComparison

__all__ = ["Bar", "BarChart", "bar_charts"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar."""

    label: str
    value: int | Decimal
    """Length of the bar, in units of its chart; below 0 it points to the left."""
    text: str
    """The figure as it is written beside the bar."""

    @property
    def start(self) -> str:
        """Where the bar begins, as SVG writes it."""
        return _svg_number(min(0, self.value))

    @property
    def length(self) -> str:
        """How long it is, as SVG writes it."""
        return _svg_number(max(self.value, -self.value))


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
    def start(self) -> str:
        """Where the drawing begins: at 0, or at the smallest value below it."""
        return _svg_number(self._least)

    @property
    def width(self) -> str:
        """The width of the drawing, and 1 if all values are zero."""
        most = max((0, *(bar.value for bar in self.bars)))
        return _svg_number(most - self._least or 1)

    @property
    def _least(self) -> int | Decimal:
        """The smallest value, or 0."""
        return min((0, *(bar.value for bar in self.bars)))


def bar_charts(published: PublishedDetails, k: int) -> tuple[BarChart, ...]:
    """
    Return the charts of an approved release.

    Args:
        published: What its report says.
        k: Fewest subjects that a published figure is about.
    """
    return tuple(_charts(published, k))


def _charts(published: PublishedDetails, k: int) -> Iterator[BarChart]:
    """Yield each chart."""
    covered, comparison = published.coverage, published.comparison
    funnel = [
        Bar(label=step.name, value=step.at_least, text=step_text(step))
        for step in published.funnel
    ]
    if covered.additive:
        # With noise, the sum of the cells may be above a published total.
        most = min((covered.most, *_grand_totals(published)))
        about = f"about {most:,}"
        funnel.append(Bar(label="in published cells", value=most, text=about))
    yield BarChart(
        id="funnel",
        title="How many subjects",
        explanation="Distinct subjects of each table, and those in all of them. Lower"
        f" limits: an exact count could disclose fewer than {k:,} subjects.",
        bars=tuple(funnel),
    )
    yield BarChart(
        id="cells",
        title="Which combinations of values are published",
        explanation="All combinations that the contract allows. One that is not"
        " published is suppressed or has no subjects; the report does not say which.",
        bars=_counted(
            ("as cells of their own", covered.detailed),
            ("as part of a coarser cell", covered.coarser),
            ("not published", covered.unpublished),
        ),
    )
    yield BarChart(
        id="sizes",
        title="Sizes of the published cells",
        explanation=f"Cells by number of subjects, without totals; k is {k:,}.",
        bars=_counted(*((size_class_text(s), s.cells) for s in published.size_classes)),
    )
    if published.budget:
        yield _budget(published.budget)
    if comparison is not None:
        yield _changes(comparison)


def _grand_totals(published: PublishedDetails) -> Iterator[int]:
    """Yield the published number of all subjects, if there is one."""
    width = published.dimension_count
    for row in published.rows:
        if set(row[:width]) == {ALL} and isinstance(size := row[width], int):
            yield size


def _changes(comparison: ReleaseComparison) -> BarChart:
    """Return the chart of what changed since an earlier release."""
    return BarChart(
        id="changes",
        title="What changed",
        explanation=f"Rows compared with those of run {comparison.run:,}.",
        bars=_counted(
            ("new", comparison.new),
            ("removed", comparison.removed),
            ("same figures", comparison.unchanged),
            ("other figures", comparison.changed),
        ),
    )


def _budget(used: tuple[BudgetUse, ...]) -> BarChart:
    """Return the chart of the budget, beside its limit."""
    bars = (Bar(label=u.line, value=u.percent, text=f"{u.percent} %") for u in used)
    return BarChart(
        id="budget",
        title="Budget against reconstruction",
        explanation="How much of the figures that the subjects bear is used, in all"
        " releases so far, rounded up to a multiple of ten percent. A cell that shows"
        " earlier figures costs nothing.",
        bars=(*bars, Bar(label="the limit", value=100, text="100 %")),
    )


def _counted(*counts: tuple[str, int]) -> tuple[Bar, ...]:
    """Return bars that show numbers of cells."""
    return tuple(Bar(label=name, value=n, text=f"{n:,}") for name, n in counts)


def _svg_number(value: int | Decimal) -> str:
    """Return a number without exponent and separators."""
    return number_text(Decimal(value))
