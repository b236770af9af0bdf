"""Where the consent states of a rehearsal are, for the room and for their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.spark.common.consent_state import consent_asset
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import AssetTerms

__all__ = ["consent_folder", "own_consent_state"]


def consent_folder(output: Path, party: str) -> Path:
    """Return where the consent state of a party is, beside its shared tables."""
    return output / "shared" / party / consent_asset(party, "").name


def own_consent_state(
    spark: SparkSession, terms: AssetTerms, output: Path
) -> DataFrame | None:
    """Return the consent state of a table's owner; None if the contract has none."""
    if terms.consent_state is None:
        return None
    folder = str(consent_folder(output, terms.asset.party))
    return without_spark_text(
        "opening a consent state", lambda: spark.read.format("delta").load(folder)
    )
