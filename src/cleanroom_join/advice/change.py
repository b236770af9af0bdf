"""A single change of a contract: in words, as lines to paste, and as a contract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.advice.toml_edits import Hunk
    from cleanroom_join.contract import Contract

__all__ = ["Change", "ChangeKind", "Draft", "RawChange"]


class ChangeKind(Enum):
    """What a change is about; the order is that in which kinds are tried."""

    TOTALS = "totals"
    """Fewer totals."""
    LABELS = "labels"
    """No coarser labels."""
    EMPTY = "empty"
    """Another treatment of rows in which a dimension is NULL."""
    MERGE = "merge"
    """Rare values published together, as ``(other)``."""
    BOUND = "bound"
    """A wider bound of a measure."""
    MEASURE = "measure"
    """One measure less."""
    DIMENSION = "dimension"
    """One dimension less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawChange:
    """What the owner of a table changes in it before it is tokenised."""

    asset: str
    column: str
    fill: str | int | None
    """What NULL becomes; None if rows with NULL are left out."""
    sql: str
    """The same in SQL."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A change before the contract's reader has seen it."""

    kind: ChangeKind
    description: str
    text: str
    """The whole document, changed."""
    raw: RawChange | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change that the contract's reader accepts."""

    kind: ChangeKind
    description: str
    """An imperative sentence without its full stop."""
    hunks: tuple[Hunk, ...]
    """Lines to replace; none if only a raw table changes."""
    contract: Contract
    """As the reader makes it from the text with these lines."""
    raw: RawChange | None = None
