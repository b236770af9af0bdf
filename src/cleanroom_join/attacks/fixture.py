"""
The contract that victim and attacker signed; its tables are made up.

This is the one contract template of the attacks.  `cleanroom_join.testing` has another:
it stands above this package, so nothing here may import it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cleanroom_join.contract import Contract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.attacks.query import AttackQuery, Figure

__all__ = ["ASSETS", "Fixture", "agreed"]

ASSETS = ("patients", "members")
"""The victim's table, the attacker's table."""

_TEMPLATE = """\
schema = 1
id = "attack-suite"
revision = 1
purpose = "attacks on made-up people"
expires = 9999-12-31

[parties.victim]
role = "creator"
[parties.attacker]
role = "collaborator"

[subjects.person]
kind = "device_id"

[tokens]
spec = "token-v1"
keys = [{{ id = "k1", state = "active" }}]

[ledger]
party = "victim"
table = "room.ledger"
anchor = "room.anchor"
secret = "room.secret"

[assets.patients]
party = "victim"
table = "shared.patients"
{patients}
[assets.patients.columns]
person = {{ subject = "person" }}
segment = {{ dimension = ["a", "b", "c", "d"] }}
area = {{ dimension = ["w", "x", "y", "z"] }}
diagnosis = {{ dimension = ["yes", "no"], sensitive = true }}
ill = {{ measure = "boolean" }}
spend = {{ measure = "int", min = 0, max = 1000 }}

[assets.members]
party = "attacker"
table = "shared.members"
{members}
[assets.members.columns]
person = {{ subject = "person" }}
club = {{ dimension = {clubs} }}
tag = {{ dimension = {tags} }}
score = {{ measure = "decimal", min = 0, max = {most}, scale = 0 }}
{bits}

[outputs.{name}]
join = ["patients", "members"]
on = "person"
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
    known: tuple[str, ...] = ()
    """The tables of which both know who is in them."""
    bits: int = 0
    """Boolean measure columns of the attacker's own: ``bit0``, ``bit1``, …"""

    def toml(self, query: AttackQuery) -> str:
        """Return the contract with *query* as its registered output."""
        return _TEMPLATE.format(
            patients=self._facts("patients"),
            members=self._facts("members"),
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

    def _facts(self, table: str) -> str:
        """Return what the contract says about the rows of a table."""
        lines = [] if self.many == table else ['one_row_per = "person"']
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
