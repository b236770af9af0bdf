"""
The heat maps of a report, as values; the template writes them as shaded tables.

A combination without a published figure is blank, whatever the reason.  The shade
follows from the rank of a figure, since counts are skewed: by size, one large cell
would leave all others in one shade.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.review import value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from cleanroom_join.contract import CellLabels
    from cleanroom_join.review import PublishedDetails

__all__ = ["BLANK", "HeatMap", "Panel", "Shaded", "heat_map"]

BLANK = "\N{EN DASH}"
"""What stands where no figure is published."""

_SHADES = 5
_MOST_DOWN = 40
_MOST_ACROSS = 20
"""Labels along the sides: more cannot be read, nor printed on one page."""
_MOST_PANELS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Shaded:
    """A text in its shade."""

    text: str
    shade: int | None
    """From 1, the lightest, to 5; None where no figure is published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A shaded table of two dimensions."""

    heading: str
    """The labels of all further dimensions; empty if there are none."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Shaded, ...]], ...]
    """Each with its label on the left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatMap:
    """One figure over two dimensions, in a panel for each combination of the others."""

    id: str
    """Unique on the page; a word of ours."""
    title: str
    down: str
    """The dimension of the rows."""
    across: str
    panels: tuple[Panel, ...]
    legend: tuple[Shaded, ...]
    """The smallest and the largest figure of each shade that occurs."""
    cut: bool
    """Whether labels or panels are left out, because there are too many."""


def heat_map(
    published: PublishedDetails,
    kept: Sequence[int],
    figures: Mapping[CellLabels, int | Decimal],
    title: str,
) -> HeatMap:
    """
    Return the heat map of cells that keep the same dimensions.

    The two dimensions with the most labels are its sides, the longer one downwards.

    Args:
        published: What the report says; it names and orders the labels.
        kept: Indices of the dimensions that the cells keep, at least two.
        figures: The figure of each cell, by its labels of these dimensions; at least
            one.
        title: What the figures are.
    """
    names = [published.columns[index].name for index in kept]
    drawn = [frozenset(labels) for labels in zip(*figures, strict=True)]
    labels = [
        tuple(label for label in published.labels[index] if label in present)
        for index, present in zip(kept, drawn, strict=True)
    ]
    down, across, *others = sorted(range(len(kept)), key=lambda i: -len(labels[i]))
    by_panel: dict[CellLabels, dict[CellLabels, int | Decimal]] = defaultdict(dict)
    for cell, figure in figures.items():
        by_panel[tuple(cell[i] for i in others)][cell[down], cell[across]] = figure
    shades = _shades(figures.values())
    panels = tuple(
        _panel(
            ", ".join(
                f"{names[i]} {value_text(label)}"
                for i, label in zip(others, at, strict=True)
            ),
            {cell: _shaded(figure, shades) for cell, figure in cells.items()},
            (labels[down][:_MOST_DOWN], labels[across][:_MOST_ACROSS]),
        )
        for at, cells in by_panel.items()
    )
    return HeatMap(
        id="-".join(["map", *map(str, kept)]),
        title=title,
        down=names[down],
        across=names[across],
        panels=panels[:_MOST_PANELS],
        legend=_legend(shades),
        cut=len(labels[down]) > _MOST_DOWN
        or len(labels[across]) > _MOST_ACROSS
        or len(panels) > _MOST_PANELS,
    )


def _panel(
    heading: str,
    cells: Mapping[CellLabels, Shaded],
    sides: tuple[CellLabels, CellLabels],
) -> Panel:
    """Return one panel, with a blank where there is no cell."""
    blank = Shaded(text=BLANK, shade=None)
    left, top = sides
    return Panel(
        heading=heading,
        columns=tuple(map(value_text, top)),
        rows=tuple(
            (
                value_text(label),
                tuple(cells.get((label, other), blank) for other in top),
            )
            for label in left
        ),
    )


def _shades(figures: Iterable[int | Decimal]) -> dict[int | Decimal, int]:
    """Return the shade of every figure in ascending order, a fifth of them in each."""
    ranked = sorted(set(figures))
    return {
        figure: (_SHADES * (rank + 1) - 1) // len(ranked) + 1
        for rank, figure in enumerate(ranked)
    }


def _shaded(figure: int | Decimal, shades: Mapping[int | Decimal, int]) -> Shaded:
    """Return a figure in its shade."""
    return Shaded(text=value_text(figure), shade=shades[figure])


def _legend(shades: Mapping[int | Decimal, int]) -> tuple[Shaded, ...]:
    """Return the range of each shade."""
    found: dict[int, list[str]] = defaultdict(list)
    for figure, shade in shades.items():
        found[shade].append(value_text(figure))
    return tuple(
        Shaded(text=" to ".join(dict.fromkeys((texts[0], texts[-1]))), shade=shade)
        for shade, texts in found.items()
    )
