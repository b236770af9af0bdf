"""
The ledger of releases: what each run published, chained so that none can be left out.

One entry per run, in parts: a header, then one part per cell that was new.  Every
entry names the head of the one before; its own head is a code over both, under a
key that exists only inside the room.  The other party is told the head of every
release and gives it back as the *anchor*: a ledger that does not end there has been
cut, forked or exchanged.

Parts hold exact figures and fingerprints, so they leave the room sealed only
(`spark.ledger`); nothing here shows them.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.canonical import canonical_bytes
from cleanroom_join.disclosure.fingerprint import Fingerprint
from cleanroom_join.disclosure.history import EarlierRelease, History, Version
from cleanroom_join.errors import InternalError, TooManyReleases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import Policy
    from cleanroom_join.disclosure.history import CellId

__all__ = [
    "GENESIS",
    "Anchor",
    "Entry",
    "LedgerState",
    "SealedEntry",
    "entry_head",
    "history_of",
    "read_entry",
    "refuse_if_used_up",
    "state_of",
    "write_entry",
]


class LedgerState(Enum):
    """Whether the record of earlier releases can be relied on."""

    VERIFIED = "verified"
    """It is whole, and ends where the other party says."""
    MISSING = "missing"
    """There is none, or no joint key, or no anchor."""
    STALE = "stale"
    """It ends before or after the run that the other party saw last."""
    FORKED = "forked"
    """It ends at that run, with another head."""
    FORGED = "forged"
    """Some part was changed, left out, or made without the joint key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """Where the ledger ends, as the other party was told."""

    run: int
    head: str
    """64 hexadecimal digits."""


GENESIS = Anchor(run=0, head="0" * 64)
"""Before the first run."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Entry:
    """One run's release."""

    run: int
    previous: str
    """Head of the entry before."""
    contract_sha256: str
    output: str
    question: str
    """Identity of the question."""
    as_of: dt.date
    shown: Mapping[CellId, int]
    """The run whose figures each published cell shows."""
    cells: Mapping[CellId, Version]
    """The cells that were new in this run."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SealedEntry:
    """An entry as it was found: its parts in order, opened or None, and its head."""

    run: int
    head: str
    parts: Sequence[bytes | None]


def write_entry(entry: Entry) -> list[bytes]:
    """Return the parts of an entry: the header, then its new cells."""
    header = {
        "run": entry.run,
        "previous": entry.previous,
        "contract_sha256": entry.contract_sha256,
        "output": entry.output,
        "question": entry.question,
        "as_of": entry.as_of.isoformat(),
        "parts": 1 + len(entry.cells),
        "shown": [{"cell": _pairs(c), "run": run} for c, run in entry.shown.items()],
    }
    cells = [
        {
            "cell": _pairs(cell),
            "as_of": version.as_of.isoformat(),
            "subjects": version.fingerprint.subjects,
            "words": base64.b64encode(version.fingerprint.words).decode("ascii"),
            "figures": {name: str(value) for name, value in version.figures.items()},
        }
        for cell, version in entry.cells.items()
    ]
    return [canonical_bytes(part) for part in (header, *cells)]


def entry_head(key: bytes, previous: str, parts: Sequence[bytes]) -> str:
    """Return the head of an entry: HMAC-SHA-256 over the head before and all parts."""
    digests = [hashlib.sha256(part).hexdigest() for part in parts]
    message = canonical_bytes({"previous": previous, "parts": digests})
    return hmac.digest(key, message, "sha256").hex()


def read_entry(parts: Sequence[bytes]) -> Entry:
    """
    Return the entry that `write_entry` wrote.

    Raises:
        InternalError: If it is none; only after its head was verified.
    """
    try:
        header, *cells = (json.loads(part) for part in parts)
        return Entry(
            run=header["run"],
            previous=header["previous"],
            contract_sha256=header["contract_sha256"],
            output=header["output"],
            question=header["question"],
            as_of=dt.date.fromisoformat(header["as_of"]),
            shown={_cell(s["cell"]): s["run"] for s in header["shown"]},
            cells={_cell(c["cell"]): _version(c, header["run"]) for c in cells},
        )
    except (ValueError, KeyError, TypeError, ArithmeticError):
        raise InternalError.of("a verified ledger entry cannot be read") from None


def _version(cell: Mapping[str, object], run: int) -> Version:
    """Return one cell of an entry."""
    figures = cell["figures"]
    if not isinstance(figures, dict):
        raise TypeError
    return Version(
        run=run,
        as_of=dt.date.fromisoformat(str(cell["as_of"])),
        fingerprint=Fingerprint(
            base64.b64decode(str(cell["words"])), int(str(cell["subjects"]))
        ),
        figures={name: _number(str(value)) for name, value in figures.items()},
    )


def _number(text: str) -> int | Decimal:
    """Return a figure as it was: counts are whole numbers, all others decimals."""
    return int(text) if text.isdecimal() else Decimal(text)


def _pairs(cell: CellId) -> list[list[str | None]]:
    """Return a cell's identity as JSON has it."""
    return [[name, label] for name, label in cell]


def _cell(pairs: Sequence[Sequence[str]]) -> CellId:
    """Return a cell's identity from JSON."""
    return tuple((name, label) for name, label in pairs)


def state_of(
    entries: Sequence[SealedEntry], anchor: Anchor | None, key: bytes | None
) -> LedgerState:
    """
    Return whether a ledger can be relied on; what is not known is not verified.

    Args:
        entries: The ledger as it was found, in any order.
        anchor: Where it ends according to the other party; None if it did not say.
        key: The key of the heads, derived from both parties' secrets; None if one
            is missing.
    """
    if anchor is None or key is None:
        return LedgerState.MISSING
    ordered = sorted(entries, key=lambda entry: entry.run)
    if [entry.run for entry in ordered] != list(range(1, len(ordered) + 1)):
        return LedgerState.FORGED
    previous = GENESIS.head
    for entry in ordered:
        parts = [part for part in entry.parts if part is not None]
        if len(parts) < len(entry.parts) or not _genuine(entry, previous, parts, key):
            return LedgerState.FORGED
        previous = entry.head
    if len(ordered) != anchor.run:
        return LedgerState.STALE
    if not hmac.compare_digest(previous.encode(), anchor.head.encode()):
        return LedgerState.FORKED
    return LedgerState.VERIFIED


def _genuine(
    entry: SealedEntry, previous: str, parts: Sequence[bytes], key: bytes
) -> bool:
    """Return whether an entry has the head that its parts have."""
    head = entry_head(key, previous, parts)
    return bool(parts) and hmac.compare_digest(head.encode(), entry.head.encode())


_MONTH = dt.timedelta(days=30)


def refuse_if_used_up(entries: Sequence[Entry], policy: Policy, today: dt.date) -> None:
    """
    Refuse another release if the contract's number of releases is used up.

    Raises:
        TooManyReleases: In all, or within the last 30 days.
    """
    if len(entries) >= policy.max_releases:
        raise TooManyReleases.of(policy.max_releases, "in all")
    recent = [entry for entry in entries if today - entry.as_of < _MONTH]
    if len(recent) >= policy.max_releases_a_month:
        raise TooManyReleases.of(policy.max_releases_a_month, "within 30 days")


def history_of(entries: Sequence[Entry]) -> History:
    """Return what a verified ledger says was published, the oldest first."""
    versions: dict[tuple[CellId, int], Version] = {}
    releases = []
    for entry in entries:
        versions |= {(cell, entry.run): v for cell, v in entry.cells.items()}
        shown = {cell: versions[cell, run] for cell, run in entry.shown.items()}
        release = EarlierRelease(run=entry.run, question=entry.question, cells=shown)
        releases.append(release)
    return History(releases=tuple(releases))
