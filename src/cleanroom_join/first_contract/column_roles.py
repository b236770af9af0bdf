"""What a raw column can be for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cleanroom_join.contract.terms.columns import DimensionType, MeasureType
from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind

__all__ = ["ColumnRole", "Role", "Slot"]


class Role(Enum):
    """What a column is for."""

    IDENTIFIER = "identifier"
    COMPONENT = "component of an identifier"
    DIMENSION = "dimension"
    MEASURE = "measure"
    CONSENT = "consent"
    NUMBERED = "identifier stored as a number"
    LEFT_OUT = "left out"


class Slot(Enum):
    """Which component of an identifier a column holds, in the contract's order."""

    GIVEN_NAME = "given name"
    SURNAME = "surname"
    NAME = "whole name"
    BIRTH = "date of birth"
    POSTCODE = "postcode"


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnRole:
    """What one column is for, and why."""

    name: str
    role: Role
    reason: str
    """Why, in words that quote nothing."""
    kinds: tuple[TokenKind, ...] = ()
    """Kinds whose normalisers accept the column, the most distinctive first."""
    slot: Slot | None = None
    date_format: DateFormat = DateFormat.ISO
    dimension: DimensionType = DimensionType.STRING
    measure: MeasureType = MeasureType.INT
    scale: int = 0
    sensitive: bool = False

    @classmethod
    def left_out(cls, name: str, reason: str) -> ColumnRole:
        """Return that a column is not in the contract, and why."""
        return cls(name=name, role=Role.LEFT_OUT, reason=reason)
