"""
The ledger of releases: what each run published, chained so that none can be left out.

Every entry names the head of the one before; its own head is a code over both,
under a key that exists only inside the room.  The other party is told the head of
every release and gives it back as the *anchor*: a ledger that does not end there
has been cut, forked or exchanged.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure.ledger.entry import GENESIS
from cleanroom_join.disclosure.model.history import EarlierRelease, History
from cleanroom_join.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Policy
    from cleanroom_join.disclosure.ledger.entry import ConfirmedHead, Entry

__all__ = [
    "EncryptedEntry",
    "LedgerState",
    "entry_head",
    "history_of",
    "refuse_if_used_up",
    "verify_chain",
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
    OUTDATED = "outdated"
    """It is whole, but a version of this library wrote it that recorded less."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EncryptedEntry:
    """An entry as it was found: its parts in order, opened or None, and its head."""

    run: int
    head: str
    chunks: Sequence[bytes | None]


def entry_head(key: bytes, previous: str, chunks: Sequence[bytes]) -> str:
    """Return the head of an entry: HMAC-SHA-256 over the head before and all parts."""
    digests = [hashlib.sha256(chunk).hexdigest() for chunk in chunks]
    message = canonical_bytes({"previous": previous, "chunks": digests})
    return hmac.digest(key, message, "sha256").hex()


def verify_chain(
    entries: Sequence[EncryptedEntry], anchor: ConfirmedHead | None, key: bytes | None
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
    runs = [entry.run for entry in entries]
    numbers = all(type(run) is int for run in runs)
    if not numbers or sorted(runs) != list(range(1, len(runs) + 1)):
        return LedgerState.FORGED
    ordered = sorted(entries, key=lambda entry: entry.run)
    previous = GENESIS.head
    for entry in ordered:
        chunks = [chunk for chunk in entry.chunks if chunk is not None]
        if len(chunks) < len(entry.chunks) or not _genuine(
            entry, previous, chunks, key
        ):
            return LedgerState.FORGED
        previous = entry.head
    if len(ordered) != anchor.run:
        return LedgerState.STALE
    if not _same_head(previous, anchor.head):
        return LedgerState.FORKED
    return LedgerState.VERIFIED


def _genuine(
    entry: EncryptedEntry, previous: str, chunks: Sequence[bytes], key: bytes
) -> bool:
    """Return whether an entry has the head that its parts have."""
    head = entry_head(key, previous, chunks)
    return bool(chunks) and _same_head(head, entry.head)


def _same_head(one: str, other: str) -> bool:
    """Compare two heads, of which one may be any text, half a surrogate pair too."""
    return hmac.compare_digest(
        *(h.encode(errors="surrogatepass") for h in (one, other))
    )


_MONTH = dt.timedelta(days=30)


def refuse_if_used_up(entries: Sequence[Entry], policy: Policy, today: dt.date) -> None:
    """
    Refuse another release if the contract's number of releases is used up.

    Raises:
        DisclosureError: In all, or within the last 30 days.
    """
    if len(entries) >= policy.max_releases:
        raise DisclosureError.too_many_releases(policy.max_releases, "in all")
    recent = [entry for entry in entries if today - entry.as_of < _MONTH]
    if len(recent) >= policy.max_releases_a_month:
        raise DisclosureError.too_many_releases(
            policy.max_releases_a_month, "within 30 days"
        )


def history_of(entries: Sequence[Entry]) -> History:
    """Return what a verified ledger says was published, the oldest first."""
    releases = (
        EarlierRelease(
            run=entry.run,
            query=entry.query,
            cells=entry.cells,
            leaves=entry.leaves,
        )
        for entry in entries
    )
    return History(releases=tuple(releases))
