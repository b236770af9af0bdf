"""Two parties' tables for the match doctor: healthy ones, and spoilt in one way."""

from __future__ import annotations

import hashlib
import hmac
import random
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.tokens import Subkey, netstrings, subkey_bytes, token
from cleanroom_join.tokens.doctor import MismatchCause
from tests.support.planted_tables import KEYS, SUBJECTS, Row, Side, make, mess

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS", "HEALTHY", "Case"]


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
    least: int = 0
    """Fewest subjects a side that show it."""

    def sides(self, size: int) -> tuple[Side, Side]:
        """Return both tables of *size* subjects; healthy left ones are the same."""
        rng = random.Random(self.subject)
        both = round(size * self.overlap)
        people = make(self.subject, 2 * size - both, rng)
        left, right = people[:size], people[size - both :]
        if self.messy:
            left = [tuple(mess(v, self.subject, rng) for v in row) for row in left]
            right = [tuple(mess(v, self.subject, rng) for v in row) for row in right]
            left += rng.choices(left, k=size // 2)
        return Side(rows=left), self.spoil(right)


def own_pipeline(label: str, rows: list[Row], message: Callable[[Row], str]) -> Side:
    """Return a side that makes its tokens itself, by its own idea of the message."""
    subkey = Subkey.from_bytes(
        subkey_bytes(KEYS["a"], label=label, partnership="planted-faults", key_id="k1")
    )
    return Side(rows=rows, tokens=[token(subkey, "k1", message(row)) for row in rows])


def only(row: Row) -> str:
    """Return the value of a row that has one."""
    return str(row[0])


def each(
    change: Callable[[str], str | None], *, column: int = -1, country: str | None = None
) -> Callable[[list[Row]], Side]:
    """Return a fault that changes one value of every row, by default the last."""

    def spoil(rows: list[Row]) -> Side:
        changed = []
        for row in rows:
            values = list(row)
            values[column] = change(str(row[column]))
            changed.append(tuple(values))
        return Side(rows=changed, country=country)

    return spoil


def some(
    share: float, change: Callable[[str], str | None], *, column: int = -1
) -> Callable[[list[Row]], Side]:
    """Return a fault that changes a share of the rows, chosen by their value."""

    def maybe(value: str) -> str | None:
        chosen = hashlib.sha256(value.encode()).digest()[0] < 256 * share
        return change(value) if chosen else value

    return each(maybe, column=column)


def swapped(day: str) -> str:
    """Return a date with day and month in each other's place."""
    year, month, dom = day.split("-")
    return f"{year}-{dom}-{month}"


def slashed(day: str) -> str:
    """Return a date as it is written in Europe."""
    return "/".join(reversed(day.split("-")))


def guessed(day: str) -> str:
    """Return a date whose century strptime guessed from two digits."""
    year = int(day[2:4])
    return f"{2000 + year if year < 69 else 1900 + year}{day[4:]}"


def cyrillic(name: str) -> str:
    """Return a name in Cyrillic letters, one for each."""
    return "".join(chr(0x410 + ord(c) % 32) for c in name)


def blanks(rows: list[Row]) -> Side:
    """Values padded with blanks, hashed as they are."""
    return own_pipeline("pan", [(f"{row[0]:<20}",) for row in rows], only)


def dashes(rows: list[Row]) -> Side:
    """Numbers in groups, hashed as they are."""
    cut = [(f"{only(row)[:8]}-{only(row)[8:]}",) for row in rows]
    return own_pipeline("pan", cut, only)


def upper(rows: list[Row]) -> Side:
    """Addresses hashed in the case in which customers typed them."""
    return own_pipeline("email", [(only(row).title(),) for row in rows], only)


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


def unkeyed(rows: list[Row]) -> Side:
    """Plain SHA-256."""
    digests = [hashlib.sha256(only(row).encode()).hexdigest() for row in rows]
    return Side(rows=rows, tokens=[f"k1:{digest}" for digest in digests])


def underived(rows: list[Row]) -> Side:
    """The right key, not derived for this partnership and kind."""
    codes = [hmac.digest(KEYS["a"], only(row).encode(), "sha256").hex() for row in rows]
    return Side(rows=rows, tokens=[f"k1:{code}" for code in codes])


def correct(rows: list[Row]) -> Side:
    """A pipeline of their own that is right."""
    return own_pipeline("pan", rows, only)


def others(rows: list[Row]) -> Side:
    """Sixteen digits that are no cards."""
    rng = random.Random(5)
    return Side(rows=[(f"{rng.randrange(10**16):016}",) for _ in rows])


def strangers(rows: list[Row]) -> Side:
    """Cards of other people."""
    return Side(rows=make("card", len(rows), random.Random(6)))


def _fault(
    name: str,
    subject: str,
    cause: MismatchCause,
    spoil: Callable[[list[Row]], Side],
    least: int = 0,
) -> Case:
    """Return a case with something wrong."""
    return Case(name=name, subject=subject, cause=cause, spoil=spoil, least=least)


_C = MismatchCause

_AGREEMENT = (
    _fault("wrong key", "card", _C.WRONG_KEY, lambda r: Side(rows=r, key="b")),
    _fault(
        "other partnership",
        "card",
        _C.OTHER_PARTNERSHIP,
        lambda r: Side(rows=r, partnership="another-contract"),
    ),
    _fault(
        "other key id", "card", _C.OTHER_KEY_ID, lambda r: Side(rows=r, key_id="k2")
    ),
    _fault(
        "other specification",
        "card",
        _C.OTHER_SPECIFICATION,
        lambda r: Side(rows=r, altered=True),
    ),
)

_OWN_PIPELINE = (
    _fault("trailing blanks kept", "card", _C.TRAILING_BLANKS, blanks),
    _fault("dashes kept", "card", _C.NOT_NORMALISED, dashes),
    _fault("case kept", "mail", _C.CASE_KEPT, upper),
    _fault("accents kept, decomposed", "person", _C.ACCENTS_KEPT, accents),
    _fault("no key", "card", _C.UNKEYED, unkeyed),
    _fault("key not derived", "card", _C.UNKNOWN_VARIANT, underived),
)

_DIGITS = (
    _fault("padded with zeros", "account", _C.ZERO_PADDED, each(lambda v: v.zfill(16))),
    _fault("leading zeros lost", "account", _C.LOST_ZEROS, each(lambda v: str(int(v)))),
    _fault(
        "scientific notation",
        "card",
        _C.SCIENTIFIC,
        each(lambda v: f"{float(v):.5E}"),
    ),
    _fault("suffix .0", "card", _C.DECIMAL_SUFFIX, each(lambda v: f"{v}.0")),
    _fault(
        "rounded by a double", "policy", _C.ROUNDED, each(lambda v: f"{float(v):.0f}")
    ),
    _fault(
        "rounded by a spreadsheet", "card", _C.ROUNDED, each(lambda v: v[:15] + "0")
    ),
    _fault("minus signs", "account", _C.MINUS_SIGNS, some(0.6, lambda v: f"-{v}")),
    _fault("last six digits", "account", _C.OTHER_LENGTH, each(lambda v: v[-6:])),
    _fault("masked", "card", _C.MASKED, each(lambda v: f"{v[:6]}XXXXXX{v[-4:]}")),
    _fault("wrong column", "card", _C.WRONG_COLUMN, others),
)

_PHONES = (
    _fault(
        "country code missing",
        "phone",
        _C.NO_COUNTRY_CODE,
        each(lambda v: v.replace("+44", "0")),
    ),
    _fault(
        "country declared wrong",
        "phone",
        _C.OTHER_COUNTRY,
        each(lambda v: v.replace("+44", "0"), country="FR"),
    ),
    _fault(
        "prefix 0011",
        "phone",
        _C.INTERNATIONAL_PREFIX,
        each(lambda v: v.replace("+", "0011 ")),
    ),
    _fault("extensions", "phone", _C.EXTENSIONS, each(lambda v: f"{v} x{v[-2:]}")),
)

_DATES = (
    _fault("day and month swapped", "person", _C.DAY_MONTH_SWAPPED, each(swapped)),
    _fault("other date format", "person", _C.OTHER_DATE_FORMAT, each(slashed)),
    _fault("time of day", "person", _C.TIME_OF_DAY, each(lambda v: f"{v} 23:00:00")),
    _fault("two-digit years", "person", _C.TWO_DIGIT_YEARS, each(guessed)),
    _fault("day zero", "person", _C.ONE_DAY, some(0.1, lambda _: "1960-01-01")),
)

_TEXTS = (
    _fault(
        "hashed already",
        "card",
        _C.ALREADY_HASHED,
        each(lambda v: hashlib.sha256(v.encode()).hexdigest()),
    ),
    _fault(
        "hashed with MD5",
        "mail",
        _C.ALREADY_HASHED,
        each(lambda v: hashlib.new("md5", v.encode()).hexdigest()),
    ),
    _fault(
        "read as Latin-1",
        "person",
        _C.MOJIBAKE,
        each(lambda v: v.encode().decode("latin-1"), column=0),
    ),
    _fault("other alphabet", "person", _C.OTHER_ALPHABET, each(cyrillic, column=0)),
    _fault("cut off", "person", _C.TRUNCATED, each(lambda v: v[:6], column=0)),
    _fault("words for NULL", "account", _C.NULL_WORDS, some(0.5, lambda _: "NULL")),
    _fault("stand-ins", "card", _C.PLACEHOLDERS, some(0.5, lambda _: "0" * 16)),
    _fault("empty", "mail", _C.MISSING_VALUES, some(0.7, lambda _: None)),
    # Fewer subjects leave room for a match.
    _fault("disjoint populations", "card", _C.DISJOINT, strangers, 20_000),
)

FAULTS = (*_AGREEMENT, *_OWN_PIPELINE, *_DIGITS, *_PHONES, *_DATES, *_TEXTS)
"""One party's table spoilt in one way each."""


def _healthy(
    name: str, subject: str, *, messy: bool = False, overlap: float = 0.6
) -> Case:
    """Return a case with nothing wrong."""
    return Case(
        name=name,
        subject=subject,
        cause=None,
        spoil=lambda rows: Side(rows=rows),
        messy=messy,
        overlap=overlap,
    )


HEALTHY = (
    *(_healthy(f"healthy {name}", name) for name in SUBJECTS),
    *(_healthy(f"messy {name}", name, messy=True) for name in SUBJECTS),
    _healthy("a third in common", "card", overlap=0.35),
    _healthy("the same people", "account", overlap=1.0),
    Case(name="own pipeline", subject="card", cause=None, spoil=correct),
    Case(
        name="trunk zero behind the code",
        subject="phone",
        cause=None,
        spoil=each(lambda v: v.replace("+44", "+44 0")),
    ),
)
"""Tables in which nothing is to be blamed."""
