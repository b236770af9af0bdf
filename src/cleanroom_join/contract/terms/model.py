"""
What a contract says, as values: frozen, keyword-only, compared by content.

Everything here is declared by both companies before any data is read, so every
value may be shown to either.  `contract.document` makes these from TOML,
`contract.check` compares them with each other; nothing else constructs them outside
tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import SubjectColumn
from cleanroom_join.contract.terms.described import Described
from cleanroom_join.contract.terms.identifier import Identifier, TokenKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cleanroom_join.contract.terms.columns import Column
    from cleanroom_join.contract.terms.functions.function import Function
    from cleanroom_join.contract.terms.policy import PolicyOverrides
    from cleanroom_join.contract.terms.revocation import RevocationTerms

__all__ = [
    "ENTRY_TABLE",
    "Asset",
    "ContractTerms",
    "Key",
    "KeyState",
    "LedgerTerms",
    "Measure",
    "Membership",
    "Output",
    "Party",
    "Reveal",
    "Role",
    "Subject",
    "TokenSettings",
]


ENTRY_TABLE = "ledger_run_"
"""The table of a ledger entry is called this and the number of the run."""


class Role(Described):
    """Which side a party is on; the contract is symmetric otherwise."""

    CREATOR = "creator", "The party that created the clean room."
    COLLABORATOR = "collaborator", "The party that was invited."


class KeyState(Described):
    """Where a token key is in its life."""

    ACTIVE = "active", "New tokens are made with it."
    RETIRING = "retiring", "Tables made with it are still accepted."
    RETIRED = "retired", "Tables made with it are refused."


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A company in the collaboration."""

    name: str
    """Its catalog's name inside the clean room."""
    role: Role
    overrides: PolicyOverrides
    """Where it asks for more than the shared policy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A kind of subject: what the guard protects, and what its tokens are made of."""

    name: str
    kinds: tuple[TokenKind, ...]
    """What the contract lists; several kinds together make one identifier."""
    providers: str | None = None
    """The table by which spellings of one mailbox are one, if it is applied."""

    @property
    def identifier(self) -> Identifier:
        """What tokens are made of: e-mail addresses as mailboxes with *providers*."""
        folded = {TokenKind.EMAIL: TokenKind.EMAIL_MAILBOX} if self.providers else {}
        return Identifier(
            components=tuple(folded.get(kind, kind) for kind in self.kinds)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A token key by its key id; the key itself is in no contract."""

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


class Membership(Described):
    """
    Whether it is a secret which subjects are in a table.

    Every figure over a join is also a figure about who is in the tables joined.  Where
    the other party knows that already, these figures disclose nothing by it.
    """

    SECRET = "secret", "The other party must not learn who is in the table."
    KNOWN = "known", "The other party knows, for each of its subjects, if it is there."


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
    membership: Membership = Membership.SECRET
    """Whether it is a secret who is in the table."""

    def path(self, ledger: LedgerTerms | None) -> str:
        """
        Return whose table it is and which, in lower case: Spark ignores case in names.

        What noise and comparisons go by: `name` and `party` are words of the contract,
        and a revision, or the contract of another room, may have other ones.  Which
        party keeps the ledger is certain, since both secrets name it.
        """
        party = self.party
        if ledger is not None:
            party = "keeper" if party == ledger.party else "other"
        return f"{party}.{self.table}".lower()

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
    """A query as TOML has it: assets, the subject joined on, dimensions, measures."""

    name: str
    join: tuple[str, ...]
    on: str
    """The kind of subject joined on; of several, the one that is trusted most."""
    group_by: tuple[str, ...]
    measures: tuple[Measure, ...]
    totals: tuple[tuple[str, ...], ...] = ()
    """The dimensions that each kind of total keeps; it is taken over the others."""
    prefer: tuple[tuple[str, ...], ...] = ()
    """Dimensions of the cells that it wants most, first those that never give way."""
    then_on: tuple[str, ...] = ()
    """
    Further kinds of subject in order of trust.

    Two rows are matched on the first kind of which both have a token.
    """

    @property
    def joined_on(self) -> tuple[str, ...]:
        """Every kind of subject joined on, in order of trust."""
        return (self.on, *self.then_on)

    @property
    def joined_on_text(self) -> str:
        """The kinds of subject joined on, in words: ``id, else name``."""
        return ", else ".join(self.joined_on)


class Reveal(Described):
    """
    When the figures of a release are shown.

    The party that runs the room can compute as often as it likes.  If figures are shown
    only after the other party has confirmed their ledger entry, it sees one of its
    results and cannot choose among them.
    """

    AT_ONCE = "at once", "In the run that computes them; the other party learns later."
    CONFIRMED = (
        "confirmed",
        "In a later run, once the other party has confirmed the ledger entry.",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerTerms:
    """Where the record of earlier releases is, and what secures it."""

    party: str
    """The party that runs the room, receives each entry, and shares it."""
    table: str
    """The ledger, in the catalog of *party*."""
    anchor: str
    """
    One row of the other party: run and head of the last entry it confirms, and the
    digests of contract and library that it agreed to.
    """
    secret: str
    """
    One row of each party, in its own catalog: its half of the joint key, and the name
    of the one ledger that it secures.
    """
    reveal: Reveal
    """When figures are shown."""
    uncompared_through: int = 0
    """
    The last run that both parties accept as not compared with runs about other tokens.
    """
    kinds_apart: tuple[str, ...] = ()
    """Kinds of subject that never stand for the same people; none, or at least two."""

    @property
    def path(self) -> str:
        """Party and table of the ledger, in lower case, as each secret names it."""
        return f"{self.party}.{self.table}".lower()


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
    revocation: RevocationTerms | None = None
    """None if no consent state is asked."""
    partnership: str = ""
    """
    The pair of companies: tokens of another partnership never match.  All contracts of
    one pair have the same; it is the contract's id unless the contract names it.
    """
