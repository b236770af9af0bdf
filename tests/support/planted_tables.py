"""Made-up identifiers of two parties, as careful and as careless companies have them."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import Contract

if TYPE_CHECKING:
    import random

__all__ = ["KEYS", "SUBJECTS", "Row", "Side", "contract", "make", "mess", "sources"]

KEYS = {name: hashlib.sha256(f"key of {name}".encode()).digest() for name in "ab"}
"""Two secret keys of this experiment."""

SUBJECTS = {
    "card": '"pan"',
    "account": '"account"',
    "policy": '"account"',
    "mail": '"email"',
    "phone": '"phone"',
    "person": '["name", "name", "date_of_birth"]',
}
SOURCES = {"person": ("last", "first", "born")}

Row = tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One party's raw table, and its tokens if its own pipeline makes them."""

    rows: list[Row]
    tokens: list[str | None] | None = None
    key: str = "a"
    partnership: str = "planted-faults"
    key_id: str = "k1"
    altered: bool = False
    """Whether its installation has another specification."""
    country: str | None = None
    """What the column of telephone numbers declares."""


def contract(
    identity: str = "planted-faults", key_id: str = "k1", country: str | None = None
) -> Contract:
    """Return a contract with one table of each subject for each party."""
    lines = [
        f'schema = 1\nid = "{identity}"\nrevision = 1\npurpose = "test"',
        "expires = 2099-12-31",
        '[parties.acme]\nrole = "creator"\n[parties.globex]\nrole = "collaborator"',
        "[tokens]\nspec = " + '"token-v1"',
        f'keys = [{{ id = "{key_id}", state = "active" }}]',
    ]
    for name, kind in SUBJECTS.items():
        lines.append(f"[subjects.{name}]\nkind = {kind}")
        option = f', country = "{country}"' if country and name == "phone" else ""
        for party in ("acme", "globex"):
            source = ", ".join(f'"{s}"' for s in sources(name))
            one_row = f'one_row_per = "{name}"\n' if party == "globex" else ""
            lines.append(
                f'[assets.{party}_{name}]\nparty = "{party}"\n{one_row}'
                f'table = "s.{name}"\n'
                f'columns.token = {{ subject = "{name}", source = [{source}]{option} }}'
                f'\ncolumns.{party}_flag = {{ dimension = "boolean" }}'
            )
    lines.append(
        '[outputs.o]\njoin = ["acme_card", "globex_card"]\non = "card"\n'
        'group_by = ["acme_flag"]\nmeasures = { n = { function = "count" } }\n'
    )
    return Contract.from_toml("\n".join(lines))


def sources(subject: str) -> tuple[str, ...]:
    """Return the raw columns of a subject."""
    return SOURCES.get(subject, ("raw",))


def luhn(body: str) -> str:
    """Return *body* with its check digit."""
    total = 0
    for index, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


LAST = (
    *("Müller", "Nguyễn", "García", "Łukasz", "Smith", "Jones", "Brown", "O'Brien"),
    *("Ångström", "Šimek", "Gül", "Ørsted", "Taylor", "Wilson", "Dvořák", "Kovács"),
    *("Jensen", "Walker", "Young", "Moreau"),
)
FIRST = (
    *("José", "Zoë", "Anna", "Peter", "John", "Mary", "Søren", "Élise", "Đặng"),
    *("Björn", "Paul", "Emma", "Noah", "Ella", "Liam", "Chloë", "Renée", "Max"),
    *("Lena", "Tom"),
)


def make(subject: str, count: int, rng: random.Random) -> list[Row]:
    """Return *count* different identifiers, as a careful company writes them."""
    seen: dict[Row, None] = {}
    while len(seen) < count:
        number = rng.randrange(10**9)
        if subject == "card":
            row: Row = (luhn(f"4{number:09}{rng.randrange(10**5):05}"),)
        elif subject == "account":
            row = (f"{rng.randrange(10**10):010}",)
        elif subject == "policy":
            row = (f"{rng.randrange(10**17, 10**18)}",)
        elif subject == "mail":
            first = rng.choice(("ann", "bob", "eve", "joe"))
            row = (f"{first}.{number:x}@{rng.choice(('example.com', 'mail.test'))}",)
        elif subject == "phone":
            row = (f"+4420{number % 10**8:08}",)
        else:
            born = f"{rng.randint(1940, 2004)}-{rng.randint(1, 12):02}"
            day = f"{born}-{rng.randint(1, 28):02}"
            last = rng.choice(LAST) + rng.choice(("", "son", "-" + rng.choice(LAST)))
            row = (last, rng.choice(FIRST), day)
        seen[row] = None
    return list(seen)


def mess(value: str | None, subject: str, rng: random.Random) -> str | None:
    """Return a value as careless exports have it; the tokeniser mends all of it."""
    if value is None or rng.random() < 0.05:
        return None
    if rng.random() < 0.3:
        value = rng.choice((" ", "\t", "\xa0", "\ufeff")) + value
    if rng.random() < 0.3:
        value += rng.choice(("  ", "\r", "\u200b"))
    if subject in ("card", "account", "phone") and rng.random() < 0.5:
        value = value[:4] + rng.choice((" ", "-", "\u2011")) + value[4:]
    if subject == "mail" and rng.random() < 0.5:
        value = value.upper()
    if subject == "person" and rng.random() < 0.5:
        value = unicodedata.normalize("NFD", value.upper())
    return value
