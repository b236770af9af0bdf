"""
The release: the only thing that leaves the room, and the only writer.

The rows that were reviewed are the rows that are written: they are plain values, and
`save` reads the written table back and compares its digest with theirs.
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
from cleanroom_join.errors import (
    ReleaseRefused,
    SparkFailure,
    WriteFailed,
)
from cleanroom_join.review import Verdict, redact_until_saved, summary
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.spark.ledger.entry_rows import write_entry_rows
from cleanroom_join.spark.room.saved_release import SavedRelease
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
    from cleanroom_join.disclosure import GuardedTable, Value
    from cleanroom_join.review import ReleaseReport, Review
    from cleanroom_join.spark.ledger.entry_rows import EntryRows
    from cleanroom_join.spark.ledger.save_gate import SaveGate
    from cleanroom_join.spark.room.run import Run

__all__ = ["Release"]

_TYPES = {
    OutputType.STRING: StringType(),
    OutputType.BOOLEAN: BooleanType(),
    OutputType.COUNT: LongType(),
    OutputType.FIGURE: DoubleType(),
}
_NOISE = "figures have noise: totals need not be the sums of their cells"
_TAKEN = ("TABLE_OR_VIEW_ALREADY_EXISTS", "DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Release:
    """
    The guarded and reviewed answer to one query, not shown to anybody yet.

    A figure that left without a ledger entry could be had again and again, with other
    tables each time.  So until `save` a release shows its verdict and no figure.

    Attributes:
        output: Name of the query.
        columns: Columns of the answer.
        review: Verdict and findings.
    """

    output: str
    columns: tuple[OutputColumn, ...]
    review: Review
    _rows: tuple[tuple[Value, ...], ...]
    _report: ReleaseReport
    _entry: EntryRows | None
    _contract: Contract
    _gate: SaveGate
    _spark: SparkSession

    @classmethod
    def of(
        cls,
        run: Run,
        table: GuardedTable,
        review: Review,
        report: ReleaseReport,
        entry: EntryRows | None,
    ) -> Release:
        """
        Make a release of the published rows, without the suppressed cells.

        If it is approved, the room holds this object for saving, and no other.
        """
        release = cls(
            output=run.query.output.name,
            columns=table.columns,
            review=review,
            _rows=table.rows,
            _report=report,
            _entry=entry,
            _contract=run.contract,
            _gate=run.ledger.gate,
            _spark=run.spark,
        )
        if review.verdict is Verdict.APPROVED:
            run.ledger.gate.hold(release)
        return release

    def __repr__(self) -> str:
        """Name the output and the verdict."""
        return f"Release(output={self.output!r}, verdict={self.verdict.value})"

    @property
    def verdict(self) -> Verdict:
        """What the review says."""
        return self.review.verdict

    def report(self) -> ReleaseReport:
        """Return the part of the report that may be shown before `save`."""
        return redact_until_saved(self._report)

    def summary(self) -> str:
        """Return `report` as text, which may be handed to either company."""
        return summary(self.report())

    def save(self, catalog: str, schema: str) -> SavedRelease:
        """
        Write the release as a new Delta table, and return it with its full report.

        The table is created empty, constrained, filled in one commit, and read
        back.  If a step fails, `save` drops the table: nobody can ever read a part
        of the rows.

        Beside it, and before it, `save` writes ``ledger_run_<number>``, which the party
        that runs the room appends to the ledger it shares.

        Args:
            catalog: Catalog of the output, ``cr_output_catalog`` in a clean room.
            schema: Its schema, ``cr_output_schema``.

        Raises:
            ReleaseRefused: Unless the verdict is APPROVED (E501); if it was saved
                already, or is not what the room returned last (E505); if the contract
                has expired since (E507).
            WriteFailed: If there is a table of this name already.
            SparkFailure: If the table cannot be created.
            WriteFailed: If a step failed; says whether the table was removed.
        """
        self._refuse_unless_approved()
        self._gate.refuse_unless_held(self, self._contract)
        name = (catalog, schema, self.output)
        table_name = qualified(*name)
        self._create(name)
        try:
            # First the ledger: a release that is not in it must never be read.
            if self._entry is not None:
                write_entry_rows(self._spark, (catalog, schema), self._entry)
            self._fill(name)
        except BaseException as error:
            removed = self._drop(name)
            if _is_in_the_way(error) or not isinstance(error, Exception):
                raise
            failure = WriteFailed(
                f"writing {table_name} failed: {_safe_text(error)}",
                hint=("" if removed else f"remove {table_name} yourself. ")
                + "The ledger's entry stays: append it, then run again.",
            )
        else:
            self._gate.close()
            return SavedRelease(
                table_name=table_name,
                columns=self.columns,
                rows=self._rows,
                digest=self._digest,
                _report=self._report,
            )
        raise failure

    @property
    def _digest(self) -> str:
        """SHA-256 over columns and rows; with it a guess of the rows can be checked."""
        return rows_digest(self.columns, self._rows)

    def _refuse_unless_approved(self) -> None:
        """Raise `ReleaseRefused` unless the verdict is APPROVED."""
        if self.verdict is not Verdict.APPROVED:
            raise ReleaseRefused.because(
                self.verdict.value, [str(finding) for finding in self.review.findings]
            )

    def _create(self, name: tuple[str, str, str]) -> None:
        """Create the empty table, or refuse if it exists."""
        policy = self._contract.policy
        comment = f"cleanroom_join release, contract {self._contract.digest}"
        if policy.protection is Protection.PERTURBED:
            comment += f"; {_NOISE}"
        if policy.contribution_bounded:
            comment += (
                f"; rows counted of one subject: at most {policy.contribution_rows}"
            )
        statement = create_release_table(name, self.columns, comment)
        try:
            run_statement(self._spark, "creating the output table", statement)
        except SparkFailure as failure:
            table_name = qualified(*name)
            # Spark Connect 3.5 gives no error condition, so we ask the catalog too.
            if failure.condition in _TAKEN or self._spark.catalog.tableExists(
                table_name
            ):
                raise WriteFailed.exists(f"table {table_name}") from None
            raise

    def _fill(self, name: tuple[str, str, str]) -> None:
        """Constrain, insert and verify."""
        k = self._contract.policy.min_cohort
        constraint = add_cohort_constraint(name, k)
        run_statement(self._spark, "adding the constraint", constraint)
        listed = run_statement(
            self._spark, "reading the constraint back", table_properties(name)
        )
        if not has_cohort_constraint({p["key"]: p["value"] for p in listed}, k):
            raise WriteFailed("the table has not the constraint that it was given.")
        without_spark_text("inserting the rows", lambda: self._insert(name))
        written = without_spark_text("reading the table back", lambda: self._read(name))
        if rows_digest(self.columns, written) != self._digest:
            raise WriteFailed("the table read back is not what was reviewed.")

    def _insert(self, name: tuple[str, str, str]) -> None:
        """Append all rows in one commit, whose metadata says what they are."""
        schema = StructType([StructField(c.name, _TYPES[c.type]) for c in self.columns])
        rows = [
            tuple(float(v) if isinstance(v, Decimal) else v for v in row)
            for row in self._rows
        ]
        frame = self._spark.createDataFrame(rows, schema).coalesce(1)
        writer = frame.write.format("delta").mode("append")
        writer.option("userMetadata", self._metadata()).saveAsTable(qualified(*name))

    def _metadata(self) -> str:
        """Return the commit metadata: canonical JSON of digests and names."""
        terms, policy = self._contract.terms, self._contract.policy
        document = {
            "contract_id": terms.id,
            "contract_revision": terms.revision,
            "contract_sha256": self._contract.digest,
            "contribution_rows": policy.contribution_rows,
            "min_cohort": policy.min_cohort,
            "output": self.output,
            "protection": policy.protection.value,
            "release_sha256": self._digest,
            "rows": len(self._rows),
            "verdict": self.verdict.value,
        }
        return canonical_bytes({"cleanroom_join": document}).decode()

    def _read(self, name: tuple[str, str, str]) -> list[tuple[Value, ...]]:
        """Return the rows of the written table as they were reviewed."""
        frame = self._spark.table(qualified(*name))
        return [
            tuple(Decimal(repr(v)) if isinstance(v, float) else v for v in row)
            for row in frame.select(*(c.name for c in self.columns)).collect()
        ]

    def _drop(self, name: tuple[str, str, str]) -> bool:
        """Remove the table after a failure; return whether it is gone."""
        exists = self._spark.catalog.tableExists
        try:
            run_statement(self._spark, "removing the table", drop_release_table(name))
            return not without_spark_text(
                "looking for the table", lambda: exists(qualified(*name))
            )
        except SparkFailure:
            return False


def _is_in_the_way(error: BaseException) -> bool:
    """Return whether something was already where the ledger's entry should be."""
    return isinstance(error, WriteFailed) and error.code == WriteFailed.EXISTS


def _safe_text(error: Exception) -> str:
    """Return the text of our own errors, the type of any other."""
    ours = isinstance(error, (SparkFailure, WriteFailed))
    return str(getattr(error, "message", "")) if ours else type(error).__name__
