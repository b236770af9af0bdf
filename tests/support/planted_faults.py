"""Two parties' tables for the match doctor: healthy ones, and spoilt in one way."""

from __future__ import annotations

import hashlib
import random
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.contract import Contract
from cleanroom_join.tokens import Subkey, netstrings, subkey_bytes, token
from cleanroom_join.tokens.doctor import MismatchCause

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS", "HEALTHY", "KEYS", "Case", "Side", "contract"]

KEYS = {name: hashlib.sha256(f"key of {name}".encode()).digest() for name in "ab"}
"""Two secret keys of this experiment."""

SUBJECTS = {
    "card": '"pan"',
    "account": '"account"',
    "mail": '"email"',
    "phone": '"phone"',
    "person": '["name", "name", "date_of_birth"]',
}
SOURCES = {"person": ("last", "first", "born")}

Row = tuple[str | None, ...]


def contract(identity: str = "planted-faults", key_id: str = "k1") -> Contract:
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
        for party in ("acme", "globex"):
            source = ", ".join(f'"{s}"' for s in sources(name))
            lines.append(
                f'[assets.{party}_{name}]\nparty = "{party}"\ntable = "s.{name}"\n'
                f'columns.token = {{ subject = "{name}", source = [{source}] }}\n'
                f'columns.{party}_flag = {{ dimension = "boolean" }}'
            )
    lines.append(
        '[outputs.o]\njoin = ["acme_card", "globex_card"]\non = "card"\n'
        'group_by = ["acme_flag"]\nmeasures = { n = { function = "count" } }\n'
    )
    text = "\n".join(lines).replace(
        'party = "globex"\ntable', 'party = "globex"\none_row_per = "SUBJECT"\ntable'
    )
    for name in SUBJECTS:
        text = text.replace('"SUBJECT"', f'"{name}"', 1)
    return Contract.from_toml(text)


def sources(subject: str) -> tuple[str, ...]:
    """Return the raw columns of a subject."""
    return SOURCES.get(subject, ("raw",))


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


@dataclass(frozen=True, kw_only=True)
class Case:
    """Two sides and what the doctor must say."""

    name: str
    subject: str
    cause: MismatchCause | None
    """What was planted; None if nothing."""
    spoil: Callable[[list[Row]], Side]
    messy: bool = False
    overlap: float = 0.6
    seed: int = field(default=0)

    def sides(self, size: int) -> tuple[Side, Side]:
        """Return both tables of *size* subjects."""
        rng = random.Random(f"{self.name}{self.seed}")
        both = round(size * self.overlap)
        people = make(self.subject, 2 * size - both, rng)
        left, right = people[:size], people[size - both :]
        if self.messy:
            left = [tuple(mess(v, self.subject, rng) for v in row) for row in left]
            right = [tuple(mess(v, self.subject, rng) for v in row) for row in right]
            left += rng.choices(left, k=size // 2)
        return Side(rows=left), self.spoil(right)


def luhn(body: str) -> str:
    """Return *body* with its check digit."""
    total = 0
    for index, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


LAST = [
    "Müller",
    "Nguyễn",
    "García",
    "Łukasz",
    "Smith",
    "Jones",
    "Brown",
    "O'Brien",
    "Ångström",
    "Šimek",
    "Gül",
    "Ørsted",
    "Taylor",
    "Wilson",
    "Dvořák",
    "Kovács",
    "Jensen",
    "Walker",
    "Young",
    "Moreau",
]
FIRST = [
    "José",
    "Zoë",
    "Anna",
    "Peter",
    "John",
    "Mary",
    "Søren",
    "Élise",
    "Đặng",
    "Björn",
    "Paul",
    "Emma",
    "Noah",
    "Ella",
    "Liam",
    "Chloë",
    "Renée",
    "Max",
    "Lena",
    "Tom",
]


def make(subject: str, count: int, rng: random.Random) -> list[Row]:
    """Return *count* different identifiers, as a careful company writes them."""
    seen: dict[Row, None] = {}
    while len(seen) < count:
        number = rng.randrange(10**9)
        if subject == "card":
            row: Row = (luhn(f"4{number:09}{rng.randrange(10**5):05}"),)
        elif subject == "account":
            row = (f"{rng.randrange(10**10):010}",)
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


def own_pipeline(label: str, rows: list[Row], message: Callable[[Row], str]) -> Side:
    """Return a side that makes its tokens itself, by its own idea of the message."""
    subkey = Subkey.from_bytes(
        subkey_bytes(KEYS["a"], label=label, partnership="planted-faults", key_id="k1")
    )
    return Side(rows=rows, tokens=[token(subkey, "k1", message(row)) for row in rows])


def each(change: Callable[[str], str]) -> Callable[[list[Row]], Side]:
    """Return a fault that changes the last value of every row."""
    return lambda rows: Side(rows=[(*row[:-1], change(str(row[-1]))) for row in rows])


def swapped(day: str) -> str:
    """Return a date with day and month in each other's place."""
    year, month, dom = day.split("-")
    return f"{year}-{dom}-{month}"


def blanks(rows: list[Row]) -> Side:
    """Values padded with blanks, hashed as they are."""
    padded: list[Row] = [(f"{row[0]:<20}",) for row in rows]
    return own_pipeline("pan", padded, lambda row: str(row[0]))


def upper(rows: list[Row]) -> Side:
    """Addresses hashed in the case in which customers typed them."""
    typed: list[Row] = [(str(row[0]).title(),) for row in rows]
    return own_pipeline("email", typed, lambda row: str(row[0]))


def accents(rows: list[Row]) -> Side:
    """Decomposed names, hashed with their marks."""

    def message(row: Row) -> str:
        last, first, born = (str(part) for part in row)
        kept = (c.upper() for c in (last, first))
        names = [c.replace("-", "").replace("'", "") for c in kept]
        return netstrings([*names, born])

    apart: list[Row] = [
        tuple(unicodedata.normalize("NFD", str(part)) for part in row) for row in rows
    ]
    return own_pipeline("name+name+date_of_birth", apart, message)


def correct(rows: list[Row]) -> Side:
    """A pipeline of their own that is right."""
    return own_pipeline("pan", rows, lambda row: str(row[0]))


def others(rows: list[Row]) -> Side:
    """Sixteen digits that are no cards."""
    rng = random.Random(5)
    return Side(rows=[(f"{rng.randrange(10**16):016}",) for _ in rows])


def strangers(rows: list[Row]) -> Side:
    """Cards of other people."""
    return Side(rows=make("card", len(rows), random.Random(6)))


def _fault(
    name: str, subject: str, cause: MismatchCause, spoil: Callable[[list[Row]], Side]
) -> Case:
    """Return a case with something wrong."""
    return Case(name=name, subject=subject, cause=cause, spoil=spoil)


FAULTS = (
    _fault(
        "wrong key", "card", MismatchCause.WRONG_KEY, lambda r: Side(rows=r, key="b")
    ),
    _fault(
        "other partnership",
        "card",
        MismatchCause.OTHER_PARTNERSHIP,
        lambda r: Side(rows=r, partnership="another-contract"),
    ),
    _fault(
        "other key id",
        "card",
        MismatchCause.OTHER_KEY_ID,
        lambda r: Side(rows=r, key_id="k2"),
    ),
    _fault(
        "other specification",
        "card",
        MismatchCause.OTHER_SPECIFICATION,
        lambda r: Side(rows=r, altered=True),
    ),
    _fault("trailing blanks kept", "card", MismatchCause.TRAILING_BLANKS, blanks),
    _fault(
        "padded with zeros",
        "account",
        MismatchCause.ZERO_PADDED,
        each(lambda v: v.zfill(16)),
    ),
    _fault(
        "leading zeros lost",
        "account",
        MismatchCause.LOST_ZEROS,
        each(lambda v: str(int(v))),
    ),
    _fault(
        "scientific notation",
        "card",
        MismatchCause.SCIENTIFIC,
        each(lambda v: f"{float(v):.5E}"),
    ),
    _fault("suffix .0", "card", MismatchCause.DECIMAL_SUFFIX, each(lambda v: f"{v}.0")),
    _fault(
        "country code missing",
        "phone",
        MismatchCause.NO_COUNTRY_CODE,
        each(lambda v: v.replace("+44", "0")),
    ),
    _fault("case kept", "mail", MismatchCause.CASE_KEPT, upper),
    _fault(
        "day and month swapped",
        "person",
        MismatchCause.DAY_MONTH_SWAPPED,
        each(swapped),
    ),
    _fault("accents kept, decomposed", "person", MismatchCause.ACCENTS_KEPT, accents),
    _fault(
        "hashed already",
        "card",
        MismatchCause.ALREADY_HASHED,
        each(lambda v: hashlib.sha256(v.encode()).hexdigest()),
    ),
    _fault("wrong column", "card", MismatchCause.WRONG_COLUMN, others),
    _fault("disjoint populations", "card", MismatchCause.DISJOINT, strangers),
)
"""One party's table spoilt in one way each."""


def _healthy(
    name: str, subject: str, *, messy: bool = False, overlap: float = 0.6, seed: int = 0
) -> Case:
    """Return a case with nothing wrong."""
    return Case(
        name=name,
        subject=subject,
        cause=None,
        spoil=lambda rows: Side(rows=rows),
        messy=messy,
        overlap=overlap,
        seed=seed,
    )


HEALTHY = (
    *(_healthy(f"healthy {name}", name) for name in SUBJECTS),
    *(_healthy(f"messy {name}", name, messy=True) for name in SUBJECTS),
    _healthy("a third in common", "card", overlap=0.35),
    _healthy("the same people", "account", overlap=1.0),
    Case(name="own pipeline", subject="card", cause=None, spoil=correct),
)
"""Tables in which nothing is to be blamed."""
