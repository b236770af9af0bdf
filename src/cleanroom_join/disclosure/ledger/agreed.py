"""The two digests on which both parties agreed: of the contract and of the library."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["UNKNOWN", "AgreedDigests"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreedDigests:
    """
    Digests that decide what a run does: those of a run, or those that an anchor names.

    An anchor is text of the other party: it may hold anything.
    """

    contract: str | None = None
    """`Contract.digest`; None if it is not known."""
    library: str | None = None
    """`crypto.library_digest.library_digest`; None if it is not known."""


UNKNOWN = AgreedDigests()
"""What a party agreed to that has no anchor."""
