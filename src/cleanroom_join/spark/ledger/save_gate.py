"""
The gate through which a room's releases leave: one at a time, each once.

Every entry names the head of the entry before.  A release that is never saved leaves
its entry nowhere, and the next entry would name a head that does not exist.  So a room
holds at most one release that is not saved, and computes no other until it is.  A
release is known by identity, not by its fields: `dataclasses.replace` and `copy` make
another object, which the gate does not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from cleanroom_join.contract.clock import utc_today
from cleanroom_join.errors import ReleaseRefused

if TYPE_CHECKING:
    from cleanroom_join.contract import Contract

__all__ = ["SaveGate"]


@final
class SaveGate:
    """Holds the release of a room that may be saved next."""

    __slots__ = ("__held",)
    __held: object | None

    def __init__(self) -> None:
        self.__held = None

    def __repr__(self) -> str:
        """Say nothing of the release."""
        return "SaveGate()"

    def refuse_while_held(self) -> None:
        """
        Refuse another run while a release is not saved.

        Raises:
            ReleaseRefused: E506.
        """
        if self.__held is not None:
            raise ReleaseRefused.unsaved()

    def hold(self, release: object) -> None:
        """Let *release* be saved, and nothing else."""
        self.__held = release

    def refuse_unless_held(self, release: object, contract: Contract) -> None:
        """
        Refuse to save anything but the held release, or after the contract's last day.

        Raises:
            ReleaseRefused: If it was saved already, or is not the object that the room
                returned last (E505); if the contract has expired since (E507).
        """
        if self.__held is not release:
            raise ReleaseRefused.not_held()
        if utc_today() > contract.terms.expires:
            raise ReleaseRefused.expired(contract.terms.expires.isoformat())

    def close(self) -> None:
        """Hold nothing any more: the release is saved."""
        self.__held = None
