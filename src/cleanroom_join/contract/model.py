"""
What a contract says, as values: frozen, keyword-only, compared by content.

Everything here is declared by both companies before any data is read, so every
value may be shown to either.  `parse` makes these from TOML, `check` holds them
against each other; nothing else constructs them outside tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.identifier import DateFormat

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

    from cleanroom_join.contract.identifier import Identifier
    from cleanroom_join.contract.policy import PolicyOverrides

__all__ = [
    "ALL",
    "OTHER",
    "Asset",
    "Column",
    "ContractTerms",
    "Dimension",
    "DimensionType",
    "Function",
    "Key",
    "KeyState",
    "LedgerTerms",
    "Measure",
    "MeasureColumn",
    "MeasureType",
    "Output",
    "Party",
    "Role",
    "Subject",
    "SubjectColumn",
    "TokenSettings",
]

OTHER = "(other)"
"""Label of the group that holds every value outside a dimension's domain."""

ALL = "(all)"
"""Label of a dimension in a total that is taken over it."""


class Role(Enum):
    """Who created the clean room; the contract is symmetric otherwise."""

    CREATOR = "creator"
    COLLABORATOR = "collaborator"


class KeyState(Enum):
    """Where a token key is in its life."""

    ACTIVE = "active"
    """New tokens are made with it."""
    RETIRING = "retiring"
    """Tables made with it are still accepted."""
    RETIRED = "retired"
    """Tables made with it are refused."""


class DimensionType(Enum):
    """Type of a grouping column."""

    STRING = "string"
    INT = "int"
    BOOLEAN = "boolean"


class MeasureType(Enum):
    """Type of a column that may be aggregated."""

    INT = "int"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"


class Function(Enum):
    """The only aggregates there are; an allow-list, not a deny-list."""

    COUNT = "count"
    """Joined rows."""
    COUNT_DISTINCT = "count_distinct"
    """Distinct subjects of a kind."""
    SUM = "sum"
    MEAN = "mean"
    RATE = "rate"
    """Share of rows where a boolean is true, of those where it is not NULL."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A company in the collaboration."""

    alias: str
    """Its catalog's name inside the clean room."""
    role: Role
    overrides: PolicyOverrides
    """Where it asks for more than the shared policy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whom the guard protects."""

    name: str
    identifier: Identifier


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A token key by its id; the key itself is in no contract."""

    id: str
    state: KeyState


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenSettings:
    """How tokens are made, so that both sides make the same."""

    spec: str
    keys: tuple[Key, ...]
    vectors_sha256: str | None = None
    """Digest of the vector file both parties ran, or None if not pinned."""

    @property
    def active(self) -> Key:
        """The one key that new tokens are made with."""
        return next(key for key in self.keys if key.state is KeyState.ACTIVE)

    @property
    def usable(self) -> tuple[str, ...]:
        """Ids of the keys whose tokens are accepted, the active one first."""
        return (self.active.id, *self.retiring)

    @property
    def retiring(self) -> tuple[str, ...]:
        """Ids of the keys that are accepted until both sides have changed."""
        return tuple(k.id for k in self.keys if k.state is KeyState.RETIRING)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectColumn:
    """A column of tokens."""

    name: str
    subject: str
    sources: tuple[str, ...]
    """The raw columns the token is made from, one per part of the identifier."""
    date_format: DateFormat = DateFormat.ISO
    """How the raw columns write dates."""
    country: str | None = None
    """Whose national telephone numbers the raw columns have, if any."""

    def under(self, key_id: str) -> str:
        """
        Return the name of the column that has the tokens of a retiring key.

        >>> SubjectColumn(name="card", subject="card", sources=("pan",)).under("k1")
        'card_k1'
        """
        return f"{self.name}_{key_id}"


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

    @property
    def size(self) -> int:
        """Possible values, NULL and `OTHER` included, coarser labels not."""
        other = 0 if self.type is DimensionType.BOOLEAN else 1
        return len(self.values) + other + 1

    @property
    def depth(self) -> int:
        """Coarser levels above the values."""
        return max((len(self.ancestors(value)) for value in self.values), default=0)

    def ancestors(self, label: str) -> tuple[str, ...]:
        """
        Return the coarser labels above *label*, nearest first.

        >>> mcc = Dimension(
        ...     name="mcc",
        ...     type=DimensionType.STRING,
        ...     values=("5411",),
        ...     parents={"5411": "grocery", "grocery": "retail"},
        ... )
        >>> mcc.ancestors("5411"), mcc.ancestors("retail")
        (('grocery', 'retail'), ())
        """
        found: list[str] = []
        while label in self.parents and self.parents[label] not in found:
            label = self.parents[label]
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

    @property
    def unit_bounds(self) -> tuple[int, int]:
        """The bounds in units of the last decimal place."""
        units = 10**self.scale
        return int(self.minimum * units), int(self.maximum * units)


Column = SubjectColumn | Dimension | MeasureColumn


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A table shared into the room."""

    name: str
    party: str
    table: str
    """``schema.table`` inside the party's catalog."""
    columns: Mapping[str, Column]
    one_row_per: str | None = None
    """Subject that appears at most once; checked at run time."""
    consent: str | None = None
    """Raw boolean column; rows where it is not true are not shared."""

    def subject_columns(self) -> tuple[SubjectColumn, ...]:
        """Return the token columns in declared order."""
        return tuple(c for c in self.columns.values() if isinstance(c, SubjectColumn))

    def token_column(self, subject: str) -> SubjectColumn | None:
        """Return the column that carries *subject*, if there is one."""
        return next((c for c in self.subject_columns() if c.subject == subject), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """An aggregate of an output."""

    name: str
    function: Function
    column: str | None = None
    """Measure column, or the subject of a ``count_distinct``; None for ``count``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A question: which assets, joined on whom, grouped by what, measuring what."""

    name: str
    join: tuple[str, ...]
    on: str
    group_by: tuple[str, ...]
    measures: tuple[Measure, ...]
    totals: tuple[tuple[str, ...], ...] = ()
    """The dimensions that each kind of total keeps; it is taken over the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerTerms:
    """Where the record of earlier releases is, and what secures it."""

    party: str
    """Who runs the room, receives each release with its ledger entry, and shares it."""
    table: str
    """The ledger, in the catalog of *party*."""
    anchor: str
    """One row of the other party: the last run and head that it was told of."""
    secret: str
    """One row of each party, in its own catalog: its half of the joint key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractTerms:
    """Everything a contract says except its digest."""

    id: str
    revision: int
    purpose: str
    expires: dt.date
    parties: Mapping[str, Party]
    subjects: Mapping[str, Subject]
    tokens: TokenSettings
    assets: Mapping[str, Asset]
    outputs: Mapping[str, Output]
    ledger: LedgerTerms | None = None
    """None if there is no record; no release is approved without one."""
