"""What an attacker asks a room, what it observes, and what a room is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from cleanroom_join.attacks.game import Row, Rows
    from cleanroom_join.contract import Policy

__all__ = [
    "COUNT",
    "RATE",
    "AttackQuery",
    "AttackedRoom",
    "Figure",
    "Observation",
    "SignedTerms",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One aggregate of a query."""

    name: str
    function: str
    column: str | None = None
    """A column, or SQL text where the attacker tries an expression."""
    value: Callable[[Row], object] | None = None
    """What the SQL text means, for a room that would run it."""


RATE = Figure(name="rate", function="rate", column="ill")
"""Share of rows whose subject is ill."""

COUNT = Figure(name="rows", function="count")
"""Joined rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedTerms:
    """
    What the contract says about the same two tables of the same two companies.

    Both parties sign every revision and every further contract; the attacker writes
    them, and the victim notices nothing.
    """

    contract_id: str = "attack-suite"
    partnership: str = "attack-suite"
    asset: str = "patients"
    """Name of the asset that the victim's table is."""
    most_spend: int = 1000
    """Declared upper bound of ``spend``."""
    subject: str = "person"
    """Kind of subject that both tables are joined on; everybody has one device."""
    key_id: str = "k1"
    """The key that both tables have tokens of."""
    uncompared_through: int = 0
    """The last run that both parties accept as not compared with other tokens."""

    @property
    def identifier(self) -> str:
        """What the joined tokens are made of."""
        return "device_id" if self.subject == "person" else "registration"

    @property
    def token_origin(self) -> tuple[str, str, str]:
        """Everything beside the person that a token depends on."""
        return self.partnership, self.identifier, self.key_id


@dataclass(frozen=True, kw_only=True, slots=True)
class AttackQuery:
    """One query over the join of both tables."""

    group_by: tuple[str, ...]
    figures: tuple[Figure, ...]
    totals: tuple[tuple[str, ...], ...] = ()
    """The columns that each kind of total keeps."""
    outer: bool = False
    """Whether the attacker's rows without a partner shall stay, as in SQL."""
    name: str = "asked"
    """Name of the output."""
    signed: SignedTerms = field(default_factory=SignedTerms)
    """The revision or contract that it is asked under."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """Everything that the attacker gets to see of one answer."""

    rows: Rows = ()
    text: str = ""
    """What was printed: messages, counts, errors."""

    def figure(self, name: str, **cell: object) -> float | None:
        """Return one figure of one cell, or None if there is no such row."""
        for row in self.rows:
            if all(row[column] == label for column, label in cell.items()):
                value = row[name]
                return None if value is None else float(value)  # type: ignore[arg-type] # a figure
        return None

    def numerator(self, name: str, denominator: int, **cell: object) -> int | None:
        """
        Return the integer numerator of a rate, whose denominator the attacker knows.

        None if the rate is not published.
        """
        rate = self.figure(name, **cell)
        return None if rate is None else round(rate * denominator)


class AttackedRoom(Protocol):
    """Where the victim's table is; the attacker may only ask."""

    def release(self, query: AttackQuery, members: Rows) -> Observation:
        """Answer a query over the victim's table of today and the attacker's."""

    def unsaved(self, query: AttackQuery, members: Rows) -> Observation:
        """Return all that a run shows before the ledger's entry; it is never saved."""

    def next_day(self) -> None:
        """Let the victim share its table of the next day."""

    def rewind(self) -> None:
        """Discard the last ledger entry, and begin where it began."""

    def revise_noise(self, variance: Decimal, max_noise: int) -> None:
        """Let both parties sign a revision with other noise, if figures have any."""

    def bring_contract(self, policy: Policy, purpose: str) -> None:
        """Run from now on under a contract that the attacker alone wrote."""

    def entry_bytes(self) -> int:
        """Return how long the entry of the last answer is, as its keeper sees it."""
