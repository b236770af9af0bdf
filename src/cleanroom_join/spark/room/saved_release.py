"""
A release that is written, and the Delta table that it is written to.

The table is created empty, constrained, filled at once and read back.  Once it is
written, and in the ledger, the release may be shown.

The rows that were reviewed are the rows that are written: they are plain values, and
`ReleaseTable.fill` reads the written table back and compares its digest with theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pyspark.sql.types import (
    BooleanType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from cleanroom_join.contract import OutputType, Protection
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure import rows_digest
from cleanroom_join.errors import SparkFailure, WriteFailed
from cleanroom_join.review import Verdict, summary
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.sql import (
    add_cohort_constraint,
    create_release_table,
    drop_release_table,
    has_cohort_constraint,
    qualified,
    table_properties,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract, OutputColumn
    from cleanroom_join.disclosure import Value
    from cleanroom_join.review import ReleaseReport
    from cleanroom_join.spark.ledger.entry_rows import LedgerEnd

__all__ = ["ReleaseTable", "SavedRelease"]

_TYPES = {
    OutputType.STRING: StringType(),
    OutputType.BOOLEAN: BooleanType(),
    OutputType.COUNT: LongType(),
    OutputType.FIGURE: DoubleType(),
}
_NOISE = "figures have noise: totals need not be the sums of their cells"
_TAKEN = ("TABLE_OR_VIEW_ALREADY_EXISTS", "DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReleaseTable:
    """A table that one release is written to, step by step."""

    spark: SparkSession
    contract: Contract
    name: tuple[str, str, str]
    """Catalog, schema, and the output's name."""
    columns: tuple[OutputColumn, ...]
    report: ReleaseReport
    """The full report."""

    @property
    def quoted(self) -> str:
        """Its name as SQL has it."""
        return qualified(*self.name)

    def create(self) -> None:
        """
        Create the empty table.

        Raises:
            WriteFailed: If there is one already (E502).
            SparkFailure: If it cannot be created.
        """
        policy = self.contract.policy
        comment = f"cleanroom_join release, contract {self.contract.digest}"
        if policy.protection is Protection.PERTURBED:
            comment += f"; {_NOISE}"
        if policy.contribution_bounded:
            comment += (
                f"; rows counted of one subject: at most {policy.contribution_rows}"
            )
        statement = create_release_table(self.name, self.columns, comment)
        try:
            run_statement(self.spark, "creating the output table", statement)
        except SparkFailure as failure:
            # Spark Connect 3.5 gives no error condition, so we ask the catalog too.
            if failure.condition in _TAKEN or self.spark.catalog.tableExists(
                self.quoted
            ):
                raise WriteFailed.exists(f"table {self.quoted}") from None
            raise

    def fill(self, rows: tuple[tuple[Value, ...], ...]) -> None:
        """
        Constrain, insert and verify.

        Raises:
            WriteFailed: If the table read back is not what was reviewed.
            SparkFailure: If a step fails.
        """
        k = self.contract.policy.min_cohort
        constraint = add_cohort_constraint(self.name, k)
        run_statement(self.spark, "adding the constraint", constraint)
        listed = run_statement(
            self.spark, "reading the constraint back", table_properties(self.name)
        )
        if not has_cohort_constraint({p["key"]: p["value"] for p in listed}, k):
            raise WriteFailed("the table has not the constraint that it was given.")
        without_spark_text("inserting the rows", lambda: self._insert(rows))
        written = without_spark_text("reading the table back", self._read)
        digest = rows_digest(self.columns, rows)
        if rows_digest(self.columns, written) != digest:
            raise WriteFailed("the table read back is not what was reviewed.")

    def drop(self) -> bool:
        """Remove the table; return whether it is gone."""
        exists = self.spark.catalog.tableExists
        try:
            statement = drop_release_table(self.name)
            run_statement(self.spark, "removing the table", statement)
            return not without_spark_text(
                "looking for the table", lambda: exists(self.quoted)
            )
        except SparkFailure:
            return False

    def _insert(self, rows: tuple[tuple[Value, ...], ...]) -> None:
        """Append all rows in one commit, whose metadata says what they are."""
        schema = StructType([StructField(c.name, _TYPES[c.type]) for c in self.columns])
        values = [
            tuple(float(v) if isinstance(v, Decimal) else v for v in row)
            for row in rows
        ]
        frame = self.spark.createDataFrame(values, schema).coalesce(1)
        writer = frame.write.format("delta").mode("append")
        writer.option("userMetadata", self._metadata(rows)).saveAsTable(self.quoted)

    def _metadata(self, rows: tuple[tuple[Value, ...], ...]) -> str:
        """Return the commit metadata: canonical JSON of digests and names."""
        terms, policy = self.contract.terms, self.contract.policy
        day = self.report.as_of
        document = {
            "as_of": None if day is None else day.isoformat(),
            "consent": dict(self.report.state_versions),
            "contract_id": terms.id,
            "contract_revision": terms.revision,
            "contract_sha256": self.contract.digest,
            "contribution_rows": policy.contribution_rows,
            "min_cohort": policy.min_cohort,
            "output": self.name[-1],
            "protection": policy.protection.value,
            "release_sha256": rows_digest(self.columns, rows),
            "rows": len(rows),
            "verdict": Verdict.APPROVED.value,
        }
        return canonical_bytes({"cleanroom_join": document}).decode()

    def _read(self) -> list[tuple[Value, ...]]:
        """Return the rows of the written table as they were reviewed."""
        frame = self.spark.table(self.quoted)
        return [
            tuple(Decimal(repr(v)) if isinstance(v, float) else v for v in row)
            for row in frame.select(*(c.name for c in self.columns)).collect()
        ]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SavedRelease:
    """
    A saved release, as plain values.

    Attributes:
        table_name: Quoted name of the Delta table.
        columns: Its columns.
        rows: Its rows, dimensions first, figures exact.
        digest: SHA-256 over columns and rows, whatever the rows' order.
        ledger: Run and head, which the other party confirms, and the table of the
            entry, which the runner appends.
    """

    table_name: str
    columns: tuple[OutputColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    digest: str
    ledger: LedgerEnd
    _report: ReleaseReport

    def __repr__(self) -> str:
        """Name the table."""
        return f"SavedRelease({self.table_name})"

    def report(self) -> ReleaseReport:
        """Return the full report."""
        return self._report

    def summary(self, *, full: bool = False) -> str:
        """
        Return `report` as text, which may be handed to either company.

        Args:
            full: Whether to add the query, every setting and every rule to the first
                screen of 25 lines.
        """
        return summary(self._report, full=full)
