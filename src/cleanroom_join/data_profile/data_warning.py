"""A warning about one's own table: what was found, what follows, what to change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.data_profile.contract_lines import ContractLine

__all__ = ["MARGIN", "DataWarning", "Effect"]

MARGIN = 2
"""
A warning begins where the guard would tolerate so many times as much.

The guard's limits hold per cell, and a profile has averages over the table: some cell
has more than the average, and only some of the rows will match.
"""


class Effect(Enum):
    """What becomes of a table if nothing changes; the values are stable."""

    REFUSED = "refused"
    """The room refuses the table."""
    SUPPRESSED = "suppressed"
    """The guard suppresses cells."""
    MERGED = "merged"
    """Values are counted together as ``(other)``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataWarning:
    """One warning, for the owner of the table only: it has exact counts."""

    column: str
    effect: Effect
    finding: str
    """What the table holds and what follows, in one sentence."""
    advice: str
    """What to do, in one sentence."""
    change: ContractLine | None = None
    """The line of the contract to paste, if a line helps."""

    def __repr__(self) -> str:
        """Name the column; `describe` has counts."""
        return f"DataWarning(column={self.column!r}, effect={self.effect.value!r})"

    def describe(self) -> tuple[str, ...]:
        """Return the finding, the advice and the line to paste, on a line each."""
        lines = [f"{self.column}: {self.finding}", f"  {self.advice}"]
        if self.change is not None:
            lines.append(f"  {self.change.table}  {self.change.line}")
        return tuple(lines)

    def as_json(self) -> dict[str, str | None]:
        """Return its fields; the line and its table are null if no line helps."""
        change = self.change
        return {
            "column": self.column,
            "effect": self.effect.value,
            "finding": self.finding,
            "advice": self.advice,
            "table": None if change is None else change.table,
            "line": None if change is None else change.line,
        }
