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
            hint="docs/howto/read-a-release.md says what to do about each finding.",
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

    @classmethod
    def not_held(cls) -> ReleaseRefused:
        """Say that the room holds another release for saving, or none."""
        return cls(
            "the room does not hold this release for saving: it was saved already, or"
            " is not the object that the room returned last.",
            hint="release again, and save what the room returns, once.",
            code="E505",
        )

    @classmethod
    def unsaved(cls) -> ReleaseRefused:
        """Say that an approved release must be saved first, and how to go on."""
        return cls(
            "the room holds a release that is not saved, and the next one would follow"
            " its ledger entry.",
            hint="save it. If that cannot be, nobody saw it: make a new `CleanRoom`,"
            " which reads the ledger as the parties keep it. If its `ledger_run_…` is"
            " written, append and confirm that first.",
            code="E506",
        )

    @classmethod
    def not_recorded(cls) -> ReleaseRefused:
        """Say that a run could not be recorded, and nothing of how it ended."""
        return cls(
            "the run could not be entered in the ledger, so it tells nothing.",
            hint="run it again. If it fails again, look at the cluster: the entry is"
            " encrypted by Spark.",
            code="E508",
        )

    @classmethod
    def no_ledger_table(cls, table: str, fault: str, hint: str) -> ReleaseRefused:
        """Say why a table is no ledger, anchor or entry; no cell of it is quoted."""
        return cls(f"{printable(table)} {fault}.", hint=f"{hint}.", code="E509")

    @classmethod
    def does_not_follow(cls, fault: str, hint: str) -> ReleaseRefused:
        """Say why a ledger or an anchor cannot go on with a run; nothing is written."""
        return cls(f"{fault}.", hint=f"{hint}.", code="E510")

    @classmethod
    def expired(cls, day: str) -> ReleaseRefused:
        """Name the contract's last day."""
        return cls(
            f"the contract expired on {day}, before this release was saved.",
            hint="agree a new revision with a later `expires`.",
            code="E507",
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

    @classmethod
    def unwritable(cls, path: str) -> WriteFailed:
        """Name a file or folder that the system does not let us write."""
        return cls(
            f"{path} cannot be written.",
            hint="look at the rights of its folder, and at the space that is left.",
        )

    @classmethod
    def kept(cls, path: str) -> WriteFailed:
        """Name a file that a first contract would replace."""
        return cls(
            f"{path} already exists; a first contract replaces nothing.",
            hint="name a new place, or remove the old one yourself.",
            code=cls.EXISTS,
        )
