"""The consent states of a rehearsal: nobody opted out, as of now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.schemas import HEARTBEAT, STATE_COLUMNS
from cleanroom_join.spark.common.consent_state import KEY, consent_asset
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import AssetTerms, Contract

__all__ = ["consent_folder", "own_consent_state", "write_consent_states"]


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


def write_consent_states(spark: SparkSession, contract: Contract, output: Path) -> None:
    """
    Write a state without subjects for each party, if the contract has `[revocation]`.

    Raises:
        SparkFailure: If Spark fails; its own text is replaced.
    """
    if contract.terms.revocation is None:
        return
    told = {
        "scope": F.lit(HEARTBEAT),
        KEY: F.lit(""),
        "event_time": F.current_timestamp(),
    }
    columns = [column.split(" ") for column in STATE_COLUMNS.split(", ")]
    state = spark.range(1).select(
        *(told.get(name, F.lit(None)).cast(kind).alias(name) for name, kind in columns)
    )
    for party in contract.terms.parties:
        folder = str(consent_folder(output, party))
        writer = state.write.format("delta")
        without_spark_text("writing a consent state", partial(writer.save, folder))
