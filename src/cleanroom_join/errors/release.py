"""Errors of the guard, the review and the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DisclosureError", "ReleaseRefused", "WriteFailed"]


class DisclosureError(CleanRoomJoinError):
    """The guard refuses the query as a whole: ask for less, or less often."""

    code = "E400"

    @classmethod
    def too_many_cells(cls, cells: int, allowed: int) -> DisclosureError:
        """Give both figures; they come from declared domains, not from data."""
        return cls(
            f"the query has {cells} possible cells, the policy allows {allowed}.",
            hint="group by fewer dimensions, or by coarser ones.",
            code="E402",
        )

    @classmethod
    def too_many_releases(cls, allowed: int, period: str) -> DisclosureError:
        """Give the limit; it is the contract's, not the data's."""
        return cls(
            f"the policy allows {allowed} releases {period}, all of which were made.",
            hint="wait, or agree on another limit in the contract's next revision.",
            code="E403",
        )


class ReleaseRefused(CleanRoomJoinError):
    """The review did not approve, or nobody confirmed: nothing is shown or written."""

    code = "E501"

    @classmethod
    def because(cls, verdict: str, findings: Sequence[str]) -> ReleaseRefused:
        """Name the verdict and the findings."""
        return cls(
            f"the verdict is {verdict}, not APPROVED: {'; '.join(findings)}.",
            hint="`release.summary()` has the details that may be shown.",
        )

    @classmethod
    def not_confirmed(cls, output: str) -> ReleaseRefused:
        """Say that no release of an output is in the confirmed ledger."""
        return cls(
            f'no release of "{printable(output)}" under this contract is in the ledger'
            " that the other party confirmed.",
            hint="`CleanRoom.prepare` computes one; docs/howto/keep-the-ledger.md has"
            " the steps.",
            code="E504",
        )


class WriteFailed(CleanRoomJoinError):
    """Nothing was written: something is in the way, or what was created is removed."""

    code = "E503"
    EXISTS = "E502"
    """Code of what is in the way; nothing was touched."""

    @classmethod
    def exists(cls, path: str) -> WriteFailed:
        """Name what is already where something should be written."""
        return cls(
            f"{path} already exists; a release never overwrites.",
            hint="name a new place, or remove the old one yourself.",
            code=cls.EXISTS,
        )
