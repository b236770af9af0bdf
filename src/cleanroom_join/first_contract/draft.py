"""The draft of a contract: every decision, before it is text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.contract.terms.query import COHORT_SIZE
from cleanroom_join.first_contract.column_roles import ColumnRole, Role

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from cleanroom_join.first_contract.shared_identifiers import SharedIdentifier

__all__ = [
    "Draft",
    "DraftColumn",
    "DraftMeasure",
    "DraftTable",
    "leave_out",
    "subject_name",
    "token_column_name",
    "without_repeated_names",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftColumn:
    """A column, what it is for, and what its data allow."""

    role: ColumnRole
    labels: tuple[str, ...] = ()
    """The domain of a dimension: values of at least k subjects each."""
    parents: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    parents_column: str | None = None
    """The column that has the coarser labels; None if they are prefixes."""
    unlisted: bool = False
    """Whether there are values that are no labels."""
    bounds: tuple[Decimal, Decimal] | None = None
    """The bounds of a measure."""

    @property
    def name(self) -> str:
        """The raw column's name."""
        return self.role.name


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftTable:
    """A table of the contract."""

    party: str
    asset: str
    columns: tuple[DraftColumn, ...]
    one_row_per_subject: bool

    def of(self, role: Role) -> tuple[DraftColumn, ...]:
        """Return the columns of one role, in the order of the raw table."""
        return tuple(c for c in self.columns if c.role.role is role)

    @property
    def consent(self) -> str | None:
        """The column that says which rows may be shared, if there is one."""
        return next((column.name for column in self.of(Role.CONSENT)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftMeasure:
    """A figure of the output."""

    name: str
    function: str
    column: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Everything that is in a first contract."""

    tables: tuple[DraftTable, DraftTable]
    identifier: SharedIdentifier
    subject: str
    alternatives: tuple[SharedIdentifier, ...]
    """Other identifiers that match k subjects."""
    group_by: tuple[str, ...]
    measures: tuple[DraftMeasure, ...]
    expires: dt.date


_SUBJECTS = {
    TokenKind.IBAN: "account",
    TokenKind.PAN: "card",
    TokenKind.DEVICE_ID: "device",
    TokenKind.REGISTRATION: "registration",
}


def subject_name(kinds: Sequence[TokenKind]) -> str:
    """
    Return a name for the subjects that an identifier stands for.

    Examples:
        >>> subject_name([TokenKind.PAN]), subject_name([TokenKind.ACCOUNT])
        ('card', 'person')
    """
    return _SUBJECTS.get(kinds[0], "person") if len(kinds) == 1 else "person"


def token_column_name(subject: str, columns: Sequence[str]) -> str:
    """
    Return a name for a token column that no raw column of either table has.

    While a key is changed there is a second column, ``<name>_<key id>``; no raw column
    begins like that either.

    Examples:
        >>> token_column_name("card", ["Card_Token", "amount"])
        'card_token_2'
    """
    taken = [name.lower() for name in columns]
    wanted, number = f"{subject}_token", 2
    while any(name == wanted or name.startswith(f"{wanted}_") for name in taken):
        wanted, number = f"{subject}_token_{number}", number + 1
    return wanted


def leave_out(column: DraftColumn, reason: str) -> DraftColumn:
    """Return a column as one that is not in the contract, and why."""
    return DraftColumn(role=ColumnRole.left_out(column.name, reason))


def without_repeated_names(
    tables: tuple[DraftTable, DraftTable],
) -> tuple[DraftTable, DraftTable]:
    """
    Leave out dimensions and measures whose names an output could not tell apart.

    The first table keeps the name.  Spark ignores case in names of columns.
    """
    taken = {COHORT_SIZE: "the guard"}
    done = []
    for table in tables:
        columns = []
        for column in table.columns:
            shared = column.role.role in (Role.DIMENSION, Role.MEASURE)
            owner = taken.get(column.name.lower())
            if shared and owner is not None:
                reason = (
                    f"{owner} has a column of this name: give it another, with source"
                )
                columns.append(leave_out(column, reason))
            else:
                columns.append(column)
            if shared:
                taken.setdefault(column.name.lower(), table.asset)
        done.append(replace(table, columns=tuple(columns)))
    return done[0], done[1]
