"""Errors of consent: a state that no run may rely on, or a job that must not go on."""

from __future__ import annotations

from cleanroom_join.errors.base import CleanRoomJoinError, printable

__all__ = ["ConsentRefused"]


class ConsentRefused(CleanRoomJoinError):
    """Consent is unknown, out of date or suspended: mend the revocation job first."""

    code = "E600"

    @classmethod
    def unsupported_engine(cls) -> ConsentRefused:
        """Say on which Spark the job runs."""
        return cls(
            "the revocation job needs Spark 4, or Spark 3.5 in classic mode: Spark"
            " Connect 3.5 has no MERGE for a frame.",
            hint="run the job on compute with a newer Spark; the clean room itself may"
            " stay on 3.5.",
            code="E600",
        )

    @classmethod
    def release_record(cls, file: str) -> ConsentRefused:
        """Say that a file is no record of a release."""
        return cls(
            "expected the commit metadata of a release as JSON, got"
            f' "{printable(file)}" without it.',
            hint="write column userMetadata of DESCRIBE HISTORY of the release's table"
            " into a file of its own; docs/howto/revoke.md has the statement.",
            code="E630",
        )

    @classmethod
    def no_section(cls, contract: str) -> ConsentRefused:
        """Say that the contract does not speak of revocation."""
        return cls(
            "expected a section [revocation], whose limits the command needs, got"
            f' contract "{printable(contract)}" without one.',
            hint="add it in the contract's next revision: docs/howto/revoke.md.",
            code="E631",
        )

    @classmethod
    def never_applied(cls) -> ConsentRefused:
        """Say that the state has no heartbeat: no run of the job has ended."""
        return cls(
            "expected a consent state with a heartbeat, got one without: no run of the"
            " revocation job has ended.",
            hint="run the job once, even if there is no event: `cleanroom-join"
            " revocation apply`, or notebooks/revocation_job.py.",
            code="E632",
        )
