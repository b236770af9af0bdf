"""
The other party's anchor: the last entry that it confirmed, and what it agreed to.

The anchor belongs to the party that does not run the room.  So its digests are the one
word on contract and library that the runner cannot give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.digest import pasted_digest
from cleanroom_join.disclosure.ledger.agreed import UNKNOWN, AgreedDigests
from cleanroom_join.disclosure.ledger.entry import ConfirmedHead
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame

__all__ = ["ANCHOR_SCHEMA", "OUTDATED_ANCHOR", "Anchor", "is_outdated", "read_anchor"]

ANCHOR_SCHEMA = "run bigint, head string, contract_sha256 string, library_sha256 string"
"""Columns of an anchor table."""

_END = {"run", "head"}
_COLUMNS = [column.split(" ")[0] for column in ANCHOR_SCHEMA.split(", ")]

OUTDATED_ANCHOR = (
    "the anchor has the columns of an older version: the other party adds"
    " contract_sha256 and library_sha256, and sets them to the digests that"
    " `cleanroom-join check` prints"
)
"""What is wrong with an anchor of the older form, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """The one row of an anchor table; it quotes no data."""

    end: ConfirmedHead | None = None
    """Run and head up to which the other party has confirmed; None if it names none."""
    agreed: AgreedDigests = UNKNOWN


def is_outdated(columns: Sequence[str]) -> bool:
    """
    Return whether an anchor has run and head, and lacks a digest.

    Args:
        columns: Names of its columns; Spark does not tell upper from lower case.
    """
    found = {name.lower() for name in columns}
    return found >= _END and not found.issuperset(_COLUMNS)


def read_anchor(frame: DataFrame) -> Anchor:
    """
    Read the other party's anchor; an empty one unless it has exactly one row.

    Raises:
        SparkFailure: If the table cannot be read; Spark's own text is not shown.
    """
    rows = without_spark_text(
        "reading the anchor", frame.select(*_COLUMNS).limit(2).collect
    )
    if len(rows) != 1:
        return Anchor()
    run, head, contract, library = rows[0]
    return Anchor(
        end=None
        if run is None or head is None
        else ConfirmedHead(run=int(run), head=str(head)),
        agreed=AgreedDigests(contract=_digests(contract), library=_digests(library)),
    )


def _digests(pasted: str | None) -> str | None:
    """Return what somebody put into the table: digests with a blank between them."""
    return None if pasted is None else " ".join(map(pasted_digest, pasted.split()))
