"""A party's own consent state, applied to a table that it is about to share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.spark.common.consent_state import (
    check_state,
    excluded,
    without_excluded,
)
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["OwnState"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OwnState:
    """A consent state, and the columns of tokens that it is applied to."""

    spark: SparkSession
    party: str
    token_columns: Sequence[str]
    """All of a table, those of retiring keys included."""
    state: str | DataFrame
    """By its name it is read anew each time; a frame may stay as it was."""

    def keys(self) -> DataFrame:
        """
        Return the keys of the excluded subjects, as the state is now.

        Raises:
            ConsentRefused: If it is no consent state (E612).
            SparkFailure: If Spark fails; its own text is replaced.
        """
        state = self.state
        if isinstance(state, str):
            found = without_spark_text(
                "opening the consent state", lambda: self.spark.table(state)
            )
        else:
            found = state
        check_state(found, self.party)
        return excluded(found)

    def applied(self, frame: DataFrame) -> DataFrame:
        """
        Return a table without the rows of excluded subjects.

        Raises:
            ConsentRefused, SparkFailure: As `keys`.
        """
        return without_excluded(frame, self.token_columns, self.keys())
