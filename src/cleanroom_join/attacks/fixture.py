"""
The contract that victim and attacker signed; its tables are made up.

This is the one contract template of the attacks.  `cleanroom_join.testing` has another:
it stands above this package, so nothing here may import it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from cleanroom_join.contract import Contract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.attacks.query import AttackQuery, Figure

__all__ = ["ASSETS", "PURPOSE", "Fixture", "agreed"]

PURPOSE = "attacks on made-up people"
"""The purpose that both parties signed."""

ASSETS = ("patients", "members")
"""The victim's table, the attacker's table, as most contracts call them."""

_TEMPLATE = """\
schema = 1
id = "{signed.contract_id}"
partnership = "{signed.partnership}"
revision = 1
purpose = {purpose}
expires = 9999-12-31

[parties.victim]
role = "creator"
[parties.attacker]
role = "collaborator"

[subjects.{signed.subject}]
kind = "{signed.identifier}"

[tokens]
spec = "token-v1"
keys = [{{ id = "{signed.key_id}", state = "active" }}]

[ledger]
party = "victim"
table = "room.ledger"
anchor = "room.anchor"
secret = "room.secret"
uncompared_through = {signed.uncompared_through}

[assets.{signed.asset}]
party = "victim"
table = "shared.patients"
{patients}
[assets.{signed.asset}.columns]
{signed.subject} = {{ subject = "{signed.subject}" }}
segment = {{ dimension = ["a", "b", "c", "d"] }}
area = {{ dimension = ["w", "x", "y", "z"] }}
diagnosis = {{ dimension = ["yes", "no"], sensitive = true }}
ill = {{ measure = "boolean" }}
spend = {{ measure = "int", min = 0, max = {signed.most_spend} }}

[assets.members]
party = "attacker"
table = "shared.members"
{members}
[assets.members.columns]
{signed.subject} = {{ subject = "{signed.subject}" }}
club = {{ dimension = {clubs} }}
tag = {{ dimension = {tags} }}
score = {{ measure = "decimal", min = 0, max = {most}, scale = 0 }}
{bits}

[outputs.{name}]
join = ["{signed.asset}", "members"]
on = "{signed.subject}"
group_by = {group_by}
totals = {totals}
[outputs.{name}.measures]
{measures}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixture:
    """What the two tables look like."""

    many: str = "members"
    """The table that may have several rows per subject."""
    clubs: tuple[str, ...] = ("g1", "g2", "g3", "g4")
    tags: tuple[str, ...] = ("t1", "t2")
    most: int = 1000
    """Declared upper bound of the attacker's own measure."""
    min_match_rate: Decimal = Decimal(0)
    """Least match rate of the contract, if the policy under attack has none."""
    known: tuple[str, ...] = ()
    """The tables of which both know who is in them."""
    bits: int = 0
    """Boolean measure columns of the attacker's own: ``bit0``, ``bit1``, …"""

    def toml(self, query: AttackQuery, purpose: str = PURPOSE) -> str:
        """Return the contract with *query* as its registered output."""
        return _TEMPLATE.format(
            purpose=json.dumps(purpose),
            signed=query.signed,
            patients=self._facts("patients", query),
            members=self._facts("members", query),
            clubs=json.dumps(self.clubs),
            tags=json.dumps(self.tags),
            most=self.most,
            bits="\n".join(
                f'bit{n} = {{ measure = "boolean" }}' for n in range(self.bits)
            ),
            name=query.name,
            group_by=json.dumps(query.group_by),
            totals=json.dumps(query.totals),
            measures="\n".join(_measures(query.figures)),
        )

    def _facts(self, table: str, query: AttackQuery) -> str:
        """Return what the contract says about the rows of a table."""
        unique = f'one_row_per = "{query.signed.subject}"'
        lines = [] if self.many == table else [unique]
        if table in self.known:
            lines.append('membership = "known"')
        return "\n".join(lines)


def _measures(figures: Iterable[Figure]) -> list[str]:
    """Return figures as lines of TOML; JSON strings are TOML strings."""
    lines = []
    for figure in figures:
        column = f", column = {json.dumps(figure.column)}" if figure.column else ""
        function = json.dumps(figure.function)
        lines.append(f"{figure.name} = {{ function = {function}{column} }}")
    return lines


@lru_cache(maxsize=256)
def agreed(text: str) -> Contract:
    """Return a contract whose digest both parties compared."""
    return Contract.from_toml(text, sha256=Contract.from_toml(text).digest)
