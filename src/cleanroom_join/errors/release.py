"""Errors of the guard, the review and the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DisclosureError",
    "NotConfirmed",
    "OutputExists",
    "ReleaseError",
    "ReleaseRefused",
    "TooManyCells",
    "TooManyReleases",
    "WriteFailed",
]


class DisclosureError(CleanRoomJoinError):
    """The guard refuses the question or the answer."""

    code = "E400"


class TooManyCells(DisclosureError):
    """The question has more possible cells than the policy allows."""

    code = "E402"

    @classmethod
    def of(cls, cells: int, allowed: int) -> TooManyCells:
        """Give both figures; they come from declared domains, not from data."""
        return cls(
            f"the question has {cells} possible cells, the policy allows {allowed}.",
            hint="group by fewer dimensions, or by coarser ones.",
        )


class TooManyReleases(DisclosureError):
    """The contract's number of releases is used up."""

    code = "E403"

    @classmethod
    def of(cls, allowed: int, period: str) -> TooManyReleases:
        """Give the limit; it is the contract's, not the data's."""
        return cls(
            f"the policy allows {allowed} releases {period}, all of which were made.",
            hint="wait, or agree on another limit in the contract's next revision.",
        )


class ReleaseError(CleanRoomJoinError):
    """A release could not be made or written."""

    code = "E500"


class ReleaseRefused(ReleaseError):
    """The review did not approve, so nothing is shown or written."""

    code = "E501"

    @classmethod
    def because(cls, verdict: str, findings: Sequence[str]) -> ReleaseRefused:
        """Name the verdict and the findings."""
        return cls(
            f"the verdict is {verdict}, not APPROVED: {'; '.join(findings)}.",
            hint="`release.summary()` has the details that may be shown.",
        )


class NotConfirmed(ReleaseError):
    """What should be shown is not in the confirmed ledger."""

    code = "E504"

    @classmethod
    def of(cls, output: str) -> NotConfirmed:
        """Name the output."""
        return cls(
            f'no release of "{printable(output)}" under this contract is in the ledger'
            " that the other party confirmed.",
            hint="`CleanRoom.seal` computes one; docs/howto/keep-the-ledger.md has the"
            " steps.",
        )


class OutputExists(ReleaseError):
    """Something is already where the release should be written."""

    code = "E502"

    @classmethod
    def of(cls, place: str) -> OutputExists:
        """Name the place."""
        return cls(
            f"{place} already exists; a release never overwrites.",
            hint="name a new place, or remove the old one yourself.",
        )


class WriteFailed(ReleaseError):
    """Writing failed; whatever had been created was removed again, or is named."""

    code = "E503"
