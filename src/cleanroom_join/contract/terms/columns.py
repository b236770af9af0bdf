"""
The columns of shared tables: tokens of subjects, dimensions, measures.

Every column that a contract declares has one of these three roles; there is no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.contract.terms.identifier import DateFormat, Holds
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

__all__ = [
    "ALL",
    "BUCKET",
    "LARGEST_UNITS",
    "OTHER",
    "Column",
    "Dimension",
    "DimensionType",
    "MeasureColumn",
    "MeasureType",
    "SubjectColumn",
    "labels_above",
]

OTHER = "(other)"
"""Label of the group that holds every value outside a dimension's domain."""

ALL = "(all)"
"""Label of a dimension in a total that is taken over it."""

BUCKET = "bucket"
"""How the name of a column of buckets ends; no key id may be the same."""

LARGEST_UNITS = 10**9
"""
Largest bound of a measure, in units of its last decimal place.

Sums are exact 64-bit integers: 9.2e9 rows at the bound are needed to overflow.
"""


class DimensionType(Enum):
    """Type of a grouping column."""

    STRING = "string"
    INT = "int"
    BOOLEAN = "boolean"


class MeasureType(Described):
    """Type of a column that may be aggregated."""

    INT = "int", "Whole numbers."
    DECIMAL = "decimal", "Numbers with a fixed number of decimal places."
    BOOLEAN = "boolean", "True or false."


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectColumn:
    """A column of tokens."""

    name: str
    subject: str
    sources: tuple[str, ...]
    """
    The raw columns that the token is made from, one per component of the identifier.
    """
    date_format: DateFormat = DateFormat.ISO
    """How the raw columns write dates."""
    country: str | None = None
    """Whose national telephone numbers or registrations the raw columns have."""
    holds: Holds = Holds.RAW
    """Whether raw columns of published hashes hold the hashes or what is hashed."""

    def under(self, key_id: str) -> str:
        """
        Return the name of the column that has the tokens of a retiring key.

        Examples:
            >>> SubjectColumn(name="card", subject="card", sources=("pan",)).under("k1")
            'card_k1'
        """
        return f"{self.name}_{key_id}"

    def bucket(self, key_id: str | None = None) -> str:
        """
        Return the name of the column of buckets beside a column of tokens.

        A table has it where the contract has `[revocation]`, for deleting subjects
        fast; the room reads none of it.

        Args:
            key_id: Of a retiring key, for the column of its tokens.

        Examples:
            >>> card = SubjectColumn(name="card", subject="card", sources=("pan",))
            >>> card.bucket(), card.bucket("k1")
            ('card_bucket', 'card_k1_bucket')
        """
        tokens = self.name if key_id is None else self.under(key_id)
        return f"{tokens}_{BUCKET}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dimension:
    """A grouping column with a declared, finite domain."""

    name: str
    type: DimensionType
    values: tuple[str, ...]
    """The domain as text, in declared order; ``("false", "true")`` for a boolean."""
    sensitive: bool = False
    """Whether knowing the value of a subject would itself be a disclosure."""
    parents: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The coarser label of a value, or of another coarser label."""
    source: str | None = None
    """The raw column; None if it has the column's own name."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The raw columns that the column is made from: one."""
        return (self.name if self.source is None else self.source,)

    @property
    def size(self) -> int:
        """Possible values, NULL and `OTHER` included, coarser labels not."""
        return len(self.values) + int(self.has_other) + 1

    @property
    def has_other(self) -> bool:
        """Whether there are values outside the domain, which become `OTHER`."""
        if self.type is DimensionType.BOOLEAN:
            return False
        if self.type in (DimensionType.STRING, DimensionType.INT):
            return True
        return assert_never(self.type)

    @property
    def coarser_labels(self) -> tuple[str, ...]:
        """The labels above others, in the order in which `parents` first names them."""
        return tuple(dict.fromkeys(self.parents.values()))

    @property
    def depth(self) -> int:
        """Coarser levels above the values."""
        return max((len(self.ancestors(value)) for value in self.values), default=0)

    def ancestors(self, label: str) -> tuple[str, ...]:
        """
        Return the coarser labels above *label*, nearest first.

        Examples:
            >>> mcc = Dimension(
            ...     name="mcc",
            ...     type=DimensionType.STRING,
            ...     values=("5411",),
            ...     parents={"5411": "grocery", "grocery": "retail"},
            ... )
            >>> mcc.ancestors("5411"), mcc.ancestors("retail")
            (('grocery', 'retail'), ())
        """
        return labels_above(label, self.parents)


def labels_above(label: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """
    Return the coarser labels above *label*, nearest first.

    Args:
        label: A value or a coarser label.
        parents: The coarser label above each label that has one.
    """
    found: list[str] = []
    while label in parents and parents[label] not in found:
        label = parents[label]
        found.append(label)
    return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureColumn:
    """A column that may be aggregated, with the bounds it is clamped to."""

    name: str
    type: MeasureType
    minimum: Decimal
    maximum: Decimal
    scale: int = 0
    """Decimal places kept; sums are exact in units of ``10 ** -scale``."""
    source: str | None = None
    """The raw column; None if it has the column's own name."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The raw columns that the column is made from: one."""
        return (self.name if self.source is None else self.source,)

    @property
    def unit_bounds(self) -> tuple[int, int]:
        """The bounds in units of the last decimal place."""
        units = 10**self.scale
        return int(self.minimum * units), int(self.maximum * units)


Column = SubjectColumn | Dimension | MeasureColumn
