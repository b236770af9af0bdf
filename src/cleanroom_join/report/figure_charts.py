"""
The published figures as pictures: bars over one dimension, heat maps over two.

Only published rows come in.  Every figure in a picture is the figure of one row: none
is added up, so none can differ from the table beside it.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.coarse_counts import labels_of_row
from cleanroom_join.report.bar_chart import Bar, BarChart
from cleanroom_join.report.heat_map import heat_map
from cleanroom_join.review import value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.disclosure import Value
    from cleanroom_join.report.heat_map import HeatMap
    from cleanroom_join.review import PublishedDetails

__all__ = ["figure_bars", "figure_maps"]

_MOST_BARS = 40
"""In one chart; more cannot be read."""
_MOST_CHARTS = 6
"""Of either kind."""
_CUT = " There are too many to draw: the rest is in the table."


def figure_bars(published: PublishedDetails) -> tuple[BarChart, ...]:
    """Return a bar chart for each dimension that has rows of its own."""
    name = _measure(published)[1]
    charts = []
    for kept, figures in _by_dimensions(published).items():
        if len(kept) != 1:
            continue
        bars = tuple(
            Bar(label=value_text(label), value=figure, text=value_text(figure))
            for (label,), figure in figures.items()
        )
        cut = _CUT if len(bars) > _MOST_BARS else ""
        chart = BarChart(
            id=f"bars-{kept[0]}",
            title=f"{name} by {published.columns[kept[0]].name}",
            explanation=f"One bar for each published row.{cut}",
            bars=bars[:_MOST_BARS],
        )
        charts.append(chart)
    return tuple(charts[:_MOST_CHARTS])


def figure_maps(published: PublishedDetails) -> tuple[HeatMap, ...]:
    """
    Return a heat map for each two dimensions that have rows of their own.

    If there are none, further dimensions are shown in panels.
    """
    several = {
        kept: figures
        for kept, figures in _by_dimensions(published).items()
        if len(kept) > 1
    }
    fewest = min(map(len, several), default=0)
    name = _measure(published)[1]
    maps = []
    for kept, figures in several.items():
        if len(kept) == fewest:
            over = " and ".join(published.columns[index].name for index in kept)
            maps.append(heat_map(published, kept, figures, f"{name} by {over}"))
    return tuple(maps[:_MOST_CHARTS])


def _measure(published: PublishedDetails) -> tuple[int, str]:
    """Return index and name of the first measure; without one, of the cohort size."""
    last = len(published.columns) - 1
    index = min(published.dimension_count + 1, last)
    return index, published.columns[index].name


def _by_dimensions(
    published: PublishedDetails,
) -> Mapping[tuple[int, ...], Mapping[CellLabels, int | Decimal]]:
    """
    Return the figures by the dimensions that their rows keep, then by their labels.

    Rows without the figure are left out, and so is the grand total, which keeps none.
    """
    found: dict[tuple[int, ...], dict[CellLabels, int | Decimal]] = defaultdict(dict)
    index, _ = _measure(published)
    for row in published.rows:
        labels = labels_of_row(row, published.dimension_count)
        kept = tuple(i for i, label in enumerate(labels) if label != ALL)
        figure = _number(row[index])
        if kept and figure is not None:
            found[kept][tuple(labels[i] for i in kept)] = figure
    return dict(sorted(found.items()))


def _number(value: Value) -> int | Decimal | None:
    """Return a value that can be drawn."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
