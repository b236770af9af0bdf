"""Errors of the engine: Spark failed, or is not what the room relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SparkFailure"]


class SparkFailure(CleanRoomJoinError):
    """
    Spark failed; its own message is not shown because it may quote values.

    Attributes:
        condition: Spark's error condition (a constant such as ``DIVIDE_BY_ZERO``).
    """

    code = "E390"
    condition: str = ""

    @classmethod
    def other_engine(cls, behaviours: Sequence[str]) -> SparkFailure:
        """Say what an engine does not do that the room relies on."""
        return cls(
            "this engine is not one that the room can rely on; missing: "
            f"{'; '.join(behaviours)}.",
            hint="set spark.sql.ansi.enabled to true, and run Spark itself:"
            " docs/reference/readers-and-engines.md says which engines were tried.",
            code="E391",
        )

    @classmethod
    def during(cls, step: str, condition: str) -> SparkFailure:
        """Name the step and Spark's error condition only."""
        error = cls(
            f"Spark failed while {step}: {printable(condition)}.",
            hint="Spark's own text is not shown, since it may quote rows; look the "
            "condition up, or run the step on test data.",
        )
        error.condition = condition
        return error
