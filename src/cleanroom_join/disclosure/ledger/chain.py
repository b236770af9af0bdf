"""
The chain of ledger entries, which shows whether one was changed or left out.

Every entry names the head of the entry before; its own head is an HMAC over that head
and its own chunks, under a key that exists only inside the room.  The other party sees
the head of every release and confirms it for the next run: a ledger that does not end
with the *confirmed head* was cut, forked or exchanged.
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
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens

__all__ = [
    "EncryptedEntry",
    "LedgerState",
    "entry_head",
    "history_of",
    "refuse_if_used_up",
    "verify_chain",
]

_MONTH = dt.timedelta(days=30)


class LedgerState(Enum):
    """What `verify_chain` and the reader of a ledger found; one state is good."""

    VERIFIED = "verified"
    """The ledger is complete and ends with the confirmed head."""
    MISSING = "missing"
    """There is no ledger, no joint key or no confirmed head."""
    STALE = "stale"
    """It ends before or after the run that the other party confirmed."""
    FORKED = "forked"
    """It ends with that run, but with another head."""
    FORGED = "forged"
    """A chunk was changed, left out, or written without the joint key."""
    OUTDATED = "outdated"
    """The anchor, or an entry of a complete ledger, has another version's form."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EncryptedEntry:
    """A stored entry whose chunks were decrypted, as far as that was possible."""

    run: int
    head: str
    chunks: Sequence[bytes | None]
    """In order; None for a chunk that could not be decrypted."""


def entry_head(key: bytes, previous: str, chunks: Sequence[bytes]) -> str:
    """
    Return the head of an entry: HMAC-SHA-256 over the previous head and all chunks.

    Args:
        key: Key of the heads, derived from both parties' secrets.
        previous: Head of the entry before.
        chunks: The decrypted chunks, in order.

    Returns:
        64 hexadecimal digits.
    """
    digests = [hashlib.sha256(chunk).hexdigest() for chunk in chunks]
    message = canonical_bytes({"previous": previous, "chunks": digests})
    return hmac.digest(key, message, "sha256").hex()


def verify_chain(
    entries: Sequence[EncryptedEntry],
    confirmed: ConfirmedHead | None,
    key: bytes | None,
) -> LedgerState:
    """
    Return the state of a ledger; only a complete and confirmed one is verified.

    Args:
        entries: The stored entries, in any order.
        confirmed: The end that the other party confirmed; None if it did not.
        key: Key of the heads, derived from both parties' secrets; None if one of
            these is missing.
    """
    if confirmed is None or key is None:
        return LedgerState.MISSING
    runs = [entry.run for entry in entries]
    are_numbers = all(type(run) is int for run in runs)
    if not are_numbers or sorted(runs) != list(range(1, len(runs) + 1)):
        return LedgerState.FORGED
    ordered = sorted(entries, key=lambda entry: entry.run)
    previous = GENESIS.head
    for entry in ordered:
        chunks = [chunk for chunk in entry.chunks if chunk is not None]
        complete = len(chunks) == len(entry.chunks)
        if not complete or not _is_genuine(entry, previous, chunks, key):
            return LedgerState.FORGED
        previous = entry.head
    if len(ordered) != confirmed.run:
        return LedgerState.STALE
    if not _same_head(previous, confirmed.head):
        return LedgerState.FORKED
    return LedgerState.VERIFIED


def _is_genuine(
    entry: EncryptedEntry, previous: str, chunks: Sequence[bytes], key: bytes
) -> bool:
    """Return whether an entry has the head that follows from its chunks."""
    head = entry_head(key, previous, chunks)
    return bool(chunks) and _same_head(head, entry.head)


def _same_head(one: str, other: str) -> bool:
    """Compare two heads; a stored one may be any text, even half a surrogate pair."""
    return hmac.compare_digest(
        *(head.encode(errors="surrogatepass") for head in (one, other))
    )


def refuse_if_used_up(entries: Sequence[Entry], policy: Policy, today: dt.date) -> None:
    """
    Refuse another release if the contract allows no more of them.

    Releases of all contracts in the ledger count: they are about the same people, so a
    second contract brings no releases of its own.

    Raises:
        DisclosureError: If the limit in all, or within 30 days, is reached.
    """
    if len(entries) >= policy.max_releases:
        raise DisclosureError.too_many_releases(policy.max_releases, "in all")
    recent = [entry for entry in entries if today - entry.as_of < _MONTH]
    if len(recent) >= policy.max_releases_a_month:
        raise DisclosureError.too_many_releases(
            policy.max_releases_a_month, "within 30 days"
        )


def history_of(entries: Sequence[Entry], tokens: JoinedTokens | None = None) -> History:
    """
    Return the releases that a verified ledger records, the oldest first.

    Args:
        entries: The ledger's entries, of any contract.
        tokens: Return the releases about these only, which can be compared; None for
            all.
    """
    releases = (
        EarlierRelease(
            run=entry.run,
            query=entry.query,
            cells=entry.cells,
            leaves=entry.leaves,
            suppressed=entry.suppressed,
            limits=entry.limits,
            hierarchies=entry.hierarchies,
        )
        for entry in entries
        if tokens is None or entry.tokens == tokens
    )
    charges = tuple((entry.run, entry.charges) for entry in entries)
    return History(releases=tuple(releases), charges=charges)
