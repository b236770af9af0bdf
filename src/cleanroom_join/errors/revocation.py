"""Errors of consent: a state that no run may rely on, or a job that must not go on."""

from __future__ import annotations

from cleanroom_join.errors.base import CleanRoomJoinError

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
