"""The ledger's tables as both parties keep them, for several releases in a row."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure.ledger.entry import GENESIS
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.spark.ledger.anchor import ANCHOR_SCHEMA
from cleanroom_join.spark.ledger.continuation import append_ledger, confirm
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.spark.rehearsal.local_schema import CATALOG, new_schema
from cleanroom_join.spark.rehearsal.rehearsal import shared_tables
from cleanroom_join.sql import create_ledger_table, qualified

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Asset, Contract

__all__ = ["KeptLedger"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class KeptLedger:
    """The tables that the parties keep beside the shared ones."""

    spark: SparkSession
    contract: Contract
    output: Path
    schema: str

    @classmethod
    def made(cls, spark: SparkSession, contract: Contract, output: Path) -> KeptLedger:
        """Make each party's half of the joint key, an empty ledger and an anchor."""
        schema = new_schema(spark, output / "ledger")
        kept = cls(spark=spark, contract=contract, output=output, schema=schema)
        terms = contract.terms.ledger
        path = "" if terms is None else terms.path
        for party in contract.terms.parties:
            half = [(os.urandom(32).hex(), path)]
            kept._write(f"secret_{party}", half, "secret string, ledger string")
        kept._write("ledger", [], LEDGER_SCHEMA)
        agreed = contract.digest, library_digest()
        kept._write("anchor", [(GENESIS.run, GENESIS.head, *agreed)], ANCHOR_SCHEMA)
        return kept

    def _write(self, name: str, rows: Sequence[tuple[object, ...]], form: str) -> None:
        """Make a table as the page on the ledger does."""
        statement = create_ledger_table((CATALOG, self.schema, name), form)
        run_statement(self.spark, f"making {name}", statement)
        if rows:
            frame = self.spark.createDataFrame(list(rows), form).coalesce(1)
            table = self.table(name)
            without_spark_text(f"writing {name}", lambda: frame.write.insertInto(table))

    def table(self, name: str) -> str:
        """Return the quoted name of a table."""
        return qualified(CATALOG, self.schema, name)

    def source(self, asset: Asset) -> DataFrame:
        """Return a table that the room asks for."""
        names = {"(ledger)": "ledger", "(anchor)": "anchor"}
        names["(secret)"] = f"secret_{asset.party}"
        if asset.name in names:
            return self.spark.table(self.table(names[asset.name]))
        return shared_tables(self.spark, self.output)(asset)

    def continued(self, entry: str) -> None:
        """Append an entry as the runner does; confirm it as the other party does."""
        end = append_ledger(self.spark, entry=entry, ledger=self.table("ledger"))
        anchor = self.table("anchor")
        confirm(self.spark, anchor=anchor, run=end.run, head=end.head)
