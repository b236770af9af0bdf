"""The one output of a first contract: what to group by, and which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import MeasureType
from cleanroom_join.contract.terms.functions.function import Function
from cleanroom_join.contract.terms.policy import Policy
from cleanroom_join.errors import TableRefused, assert_never
from cleanroom_join.first_contract.draft import DraftMeasure

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cleanroom_join.first_contract.draft import DraftColumn

__all__ = ["CellFigures", "Grouping", "choose_grouping", "choose_measures"]

_MARGIN = 1.2
"""Cells are counted as large from so many times k: complements need room."""
_COVERED = 0.7
"""Share of subjects that large cells should hold."""
_LARGE = 0.5
"""Share of cells that should be large."""
_FIGURES = 3
"""A count, a rate and a mean."""
_SPENT = 0.1
"""
Share of the budget against reconstruction that an average subject may bear.

The default is 0.2 (``budget.membership``), and some subjects are in more cells.
"""
_MOST_CLAMPED = 0.005
"""Half of what the guard tolerates by default (``max_clamped_share``)."""
_OPPOSITE = 12
"""A little more than the guard asks for by default (``min_opposite``)."""
_KEPT = 0.7
"""A figure that would cost more than the rest of the subjects is not asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouping:
    """The sizes of the cells that some dimensions make, in joined subjects."""

    dimensions: tuple[str, ...]
    tables: Collection[str]
    """The tables that the dimensions are of."""
    possible: int
    """How many cells the declared domains allow."""
    sizes: tuple[int, ...]

    def large(self, k: int) -> list[int]:
        """Return the sizes of the cells that are well above k."""
        return [size for size in self.sizes if size >= _MARGIN * k]

    def share_in_large(self, k: int) -> float:
        """Return the share of subjects in large cells."""
        return sum(self.large(k)) / sum(self.sizes) if self.sizes else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CellFigures:
    """What decides whether a cell can show a figure of one measure column."""

    subjects: int
    rows: int
    """Rows with a value."""
    clamped: int
    """Of these, outside the bounds."""
    off_low: int
    """Subjects with a row off the lower bound; of a boolean, with a true one."""
    off_high: int
    """Subjects with a row off the upper bound; of a boolean, with a false one."""

    @property
    def holds(self) -> bool:
        """Whether the guard's rules about one cell are likely to let it pass."""
        few_clamped = self.clamped <= _MOST_CLAMPED * self.rows
        return few_clamped and min(self.off_low, self.off_high) >= _OPPOSITE


def choose_grouping(groupings: Sequence[Grouping], subjects: int, k: int) -> Grouping:
    """
    Return what the output groups by: many cells, of which most are large.

    Dimensions of both tables come first: that is what the join is for.

    Args:
        groupings: What is counted.
        subjects: Subjects that both tables have.
        k: Fewest subjects of a cell.

    Raises:
        TableRefused: If no grouping has a large cell.
    """

    def value(grouping: Grouping) -> tuple[bool, int, int, float]:
        covered, large = grouping.share_in_large(k), len(grouping.large(k))
        # Each small cell takes large ones with it, as complements.
        whole = covered >= _COVERED and large >= _LARGE * len(grouping.sizes)
        # A figure about n subjects costs each 1 / n: together, one for each figure.
        cheap = large * _FIGURES <= _SPENT * subjects
        return whole and cheap, len(grouping.tables), large, covered

    most = Policy().max_cells
    able = [g for g in groupings if g.large(k) and g.possible <= most]
    if not able:
        raise TableRefused.no_large_cell(k)
    return max(able, key=value)


def choose_measures(
    measured: Sequence[tuple[DraftColumn, Sequence[CellFigures]]],
    taken: Collection[str],
    k: int,
) -> tuple[DraftMeasure, ...]:
    """
    Return a count and, where cells can show them, a rate and a mean.

    A cell shows all its figures or none, so a figure that most cells could not show is
    not asked for.

    Args:
        measured: Measure columns, each with its figures by cell of the output.
        taken: Names of the output's dimensions.
        k: Fewest subjects.
    """
    names = {name.lower() for name in taken}
    chosen = [DraftMeasure(name=_free("record_count", names), function="count")]
    best: dict[Function, tuple[float, DraftColumn]] = {}
    for column, cells in measured:
        large = [cell for cell in cells if cell.subjects >= k]
        total = sum(cell.subjects for cell in large)
        kept = sum(c.subjects for c in large if c.holds) / total if total else 0.0
        function = _function_of(column.role.measure)
        if kept >= _KEPT and kept > best.get(function, (0.0, column))[0]:
            best[function] = (kept, column)
    for function, (_, column) in sorted(best.items(), key=lambda b: b[0].value):
        name = _free(f"{function.value}_{column.name}"[:_LONGEST], names)
        chosen.append(
            DraftMeasure(name=name, function=function.value, column=column.name)
        )
    return tuple(chosen)


_LONGEST = 120
"""Characters of a figure's name; a column name has at most 127."""


def _function_of(measure: MeasureType) -> Function:
    """Return what is computed of a measure column."""
    match measure:
        case MeasureType.BOOLEAN:
            return Function.RATE
        case MeasureType.INT | MeasureType.DECIMAL:
            return Function.MEAN
        case _:
            return assert_never(measure)


def _free(wanted: str, names: set[str]) -> str:
    """Return a name that is not taken, and take it."""
    name, number = wanted, 2
    while name.lower() in names:
        name, number = f"{wanted}_{number}", number + 1
    names.add(name.lower())
    return name
