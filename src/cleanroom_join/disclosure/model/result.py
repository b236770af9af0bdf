"""The guard's result: published cells with figures, suppressed ones with a rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, OTHER
from cleanroom_join.crypto.canonical_json import sha256_hex
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import CellLabels, Dimension, OutputColumn
    from cleanroom_join.disclosure.model.history import PublishedVersion
    from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
    from cleanroom_join.disclosure.model.rule import Rule

__all__ = [
    "GuardedTable",
    "PublishedCell",
    "SuppressedCell",
    "Value",
    "domain_order",
    "number_text",
    "rows_digest",
]

Value = str | bool | int | Decimal | None
"""What a published row holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedCell:
    """A published cell, with its rounded figures in output order."""

    labels: CellLabels
    figures: tuple[int | Decimal, ...]
    repeated_from: PublishedVersion | None = None
    """The earlier release whose figures these are; None if they are new."""

    @property
    def row(self) -> tuple[Value, ...]:
        """The cell as a row of the output table."""
        return (*self.labels, *self.figures)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressedCell:
    """A cell with rows that is not published; no output shows that it exists."""

    labels: CellLabels
    rule: Rule
    """The first rule that suppressed it."""
    decided_earlier: bool = False
    """Whether an earlier release decided about these subjects, or nearly the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardedTable:
    """Every cell of a query, either published or suppressed, in domain order."""

    columns: tuple[OutputColumn, ...]
    published: tuple[PublishedCell, ...]
    suppressed: tuple[SuppressedCell, ...]
    """Every other leaf and total with rows."""
    merged: tuple[CellLabels, ...] = ()
    """Coarser cells that are published because some leaves below them are not."""
    audited: bool = True
    """False if totals and coarser cells are suppressed because SciPy is missing."""
    limits: PrimaryLimits | None = None
    """The limits that the primary rules applied; None if they are unknown."""
    charges: Mapping[str, int] = field(default_factory=dict)
    """What the new figures cost of the budget against reconstruction, by line."""

    def __repr__(self) -> str:
        """Name the columns only: figures leave the room through a release."""
        return f"GuardedTable(columns={[c.name for c in self.columns]})"

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The published rows."""
        return tuple(cell.row for cell in self.published)


def rows_digest(
    columns: Sequence[OutputColumn], rows: Sequence[Sequence[Value]]
) -> str:
    """
    Return one SHA-256 for a set of rows, whatever their order, as 64 hex digits.

    Numbers enter as exact decimals without trailing zeros, so that a figure read back
    from a DOUBLE column of a table hashes as the one that was written.
    """
    header = [[column.name, column.type.value] for column in columns]
    texts = sorted([_typed_text(value) for value in row] for row in rows)
    return sha256_hex({"columns": header, "rows": texts})


def _typed_text(value: Value) -> str:
    """Return a value as text that no value of another type shares."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"b:{'true' if value else 'false'}"
    if isinstance(value, str):
        return f"s:{value}"
    return f"n:{number_text(Decimal(value))}"


def number_text(value: Decimal) -> str:
    """
    Return a number without exponent and trailing zeros.

    Examples:
        >>> number_text(Decimal("1.230E+3")), number_text(Decimal("-0.0"))
        ('1230', '0')
    """
    return format(value.normalize(), "f") if value else "0"


def domain_order(
    dimensions: Sequence[Dimension], labels: CellLabels
) -> tuple[int, ...]:
    """
    Return the sort key of a cell.

    For each dimension: values as declared, ``(other)``, NULL, coarser labels,
    ``(all)``.

    Raises:
        InternalError: If a label is not in the domain of its dimension.
    """
    return tuple(
        _domain_index(dimension, label)
        for dimension, label in zip(dimensions, labels, strict=True)
    )


def _domain_index(dimension: Dimension, label: object) -> int:
    """Return the index of a label in the domain of its dimension."""
    if label is None:
        return len(dimension.values) + 1
    text = str(label).lower() if isinstance(label, bool) else str(label)
    order = (*dimension.values, OTHER, None, *dimension.coarser_labels, ALL)
    try:
        return order.index(text)
    except ValueError:
        raise InternalError.of("a cell has a label outside its domain") from None
