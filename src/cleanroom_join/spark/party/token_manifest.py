"""A party's token manifest, counted by Spark in its own workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import TableRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.column_profile import component_manifest
from cleanroom_join.spark.party.hmac_columns import key_frame, mac_maker
from cleanroom_join.spark.party.hmac_input import (
    message_columns,
    part_specs,
    raw_columns,
    with_texts,
)
from cleanroom_join.spark.party.raw_schema import check_raw
from cleanroom_join.spark.party.variants import Shared, made_by
from cleanroom_join.tokens import (
    Reason,
    check_vectors,
    spec_sha256,
    vectors_sha256,
)
from cleanroom_join.tokens.doctor import (
    MOST_BUCKETS,
    ColumnManifest,
    TokenManifest,
    step_digests,
)
from cleanroom_join.tokens.doctor.coarse_counts import (
    published,
    published_buckets,
    rounded,
)
from cleanroom_join.tokens.tables import TABLES
from cleanroom_join.version import __version__

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.spark.party.hmac_columns import MacMaker
    from cleanroom_join.tokens import KindSpec, SecretKey

__all__ = ["token_manifest"]

_ABSENT = [reason.value for reason in Reason if reason.has_no_subject]


def token_manifest(
    frame: DataFrame,
    terms: AssetTerms,
    *,
    key: SecretKey,
    shared: DataFrame | None = None,
) -> TokenManifest:
    """
    Make the token manifest of one asset, for the doctor to compare with the other's.

    Reads the raw table several times; nothing is collected but counts.

    Args:
        frame: The raw table.
        terms: ``contract.asset(name)``.
        key: The active key.
        shared: The table as it was shared, if another pipeline made its tokens.

    Raises:
        TableRefused: If a table lacks a column.
        TableRefused: If an identifier is not text.
        VectorMismatch: If this installation fails its own vectors.
        SparkFailure: If Spark fails; its own text is withheld.
    """
    check_vectors()
    asset = terms.asset
    check_raw(frame.schema, asset, terms.identifiers)
    if shared is not None:
        names = {column.name for column in asset.subject_columns()}
        if missing := names - set(shared.columns):
            raise TableRefused.missing_columns(asset.name, missing, shared.columns)
    maker = mac_maker(frame.sparkSession)
    secret = key_frame(frame.sparkSession, terms, {terms.key_id: key}, maker)
    consented = (
        frame if asset.consent is None else frame.where(column_named(asset.consent))
    )
    raws = consented.select(*raw_columns(terms))
    columns = (
        _Column(raws=raws, terms=terms, index=i, secret=secret, maker=maker)
        for i in range(len(asset.subject_columns()))
    )
    how = "native" if maker.native else "composed"
    return TokenManifest(
        party=asset.party,
        asset=asset.name,
        library=__version__,
        engine=f"Spark {frame.sparkSession.version}, {how} HMAC",
        partnership=terms.partnership,
        key_id=terms.key_id,
        retiring=terms.retiring,
        key_check_value=key.check_value(terms.partnership),
        spec_sha256=spec_sha256(),
        tables=TABLES,
        vectors_sha256=vectors_sha256(),
        steps=step_digests(),
        min_cohort=terms.min_cohort,
        columns=tuple(column.manifest(shared) for column in columns),
    )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Column:
    """One token column and what is needed to count it."""

    raws: DataFrame
    terms: AssetTerms
    index: int
    secret: DataFrame
    maker: MacMaker

    @property
    def specs(self) -> dict[str, KindSpec]:
        """How each of its parts is normalised."""
        mine = f"{self.index}_"
        return {n: s for n, s in part_specs(self.terms).items() if n.startswith(mine)}

    @property
    def values(self) -> DataFrame:
        """Every different identifier as it came, and its number of rows ``n``."""
        names = [f"r{name}" for name in self.specs]
        return self.raws.groupBy(*names).agg(F.count(F.lit(1)).alias("n"))

    def manifest(self, shared: DataFrame | None) -> ColumnManifest:
        """Return the column's manifest."""
        column = self.terms.asset.subject_columns()[self.index]
        k = self.terms.min_cohort
        texts = with_texts(self.values, self.specs)
        messages = texts.select("n", *message_columns("", self.specs))
        sources = zip(self.specs.items(), column.sources, strict=True)
        theirs = None
        if shared is not None:
            tokens = shared.select(column_named(column.name).cast("string").alias("t"))
            theirs = Shared(tokens=tokens, secret=self.secret, maker=self.maker)
        # What is joined are the tokens really shared, whoever made them.
        buckets = _buckets(self._macs(messages) if theirs is None else theirs.macs())
        return ColumnManifest(
            column=column.name,
            subject=column.subject,
            label=self.terms.identifiers[column.name].label,
            components=tuple(
                component_manifest(texts, name, spec, source, column, k)
                for (name, spec), source in sources
            ),
            reasons=published(_reasons(messages), k, absent=_ABSENT),
            subjects=rounded(sum(buckets)) if sum(buckets) >= k else 0,
            multiplicity=published(_multiplicity(messages), k),
            buckets=published_buckets(buckets, k),
            made_by=made_by(self.values, self.specs, theirs, k) if theirs else {},
        )

    def _macs(self, messages: DataFrame) -> DataFrame:
        """Return the different codes ``mac`` that the messages' tokens have."""
        mac = self.maker.mac(F.col("m"), f"{self.index}_0")
        return (
            messages.where(F.col("why").isNull())
            .select("m")
            .distinct()
            .crossJoin(F.broadcast(self.secret))
            .select(mac.alias("mac"))
        )


def _buckets(macs: DataFrame) -> list[int]:
    """Return the subjects in each bucket, by the last bits of their token."""
    bucket = F.conv(F.substring("mac", -3, 3), 16, 10).cast("int")
    counted = macs.groupBy(bucket.alias("b")).agg(F.count(F.lit(1)).alias("n"))
    counts = [0] * MOST_BUCKETS
    for row in without_spark_text("counting subjects", counted.collect):
        if row["b"] is not None and 0 <= row["b"] < MOST_BUCKETS:
            counts[row["b"]] = row["n"]
    return counts


def _reasons(messages: DataFrame) -> dict[str, tuple[int, int]]:
    """Return rows and different values by reason."""
    counted = messages.groupBy(F.coalesce("why", F.lit("ready")).alias("name")).agg(
        F.sum("n").alias("rows"), F.count(F.lit(1)).alias("distinct")
    )
    rows = without_spark_text("counting rejected identifiers", counted.collect)
    return {row["name"]: (row["rows"], row["distinct"]) for row in rows}


def _multiplicity(messages: DataFrame) -> dict[str, tuple[int, int]]:
    """Return subjects by their number of rows, in powers of two."""
    subjects = (
        messages.where(F.col("why").isNull()).groupBy("m").agg(F.sum("n").alias("n"))
    )
    counted = subjects.groupBy(F.floor(F.log2("n")).cast("int").alias("power")).agg(
        F.count(F.lit(1)).alias("distinct")
    )
    rows = without_spark_text("counting rows of subjects", counted.collect)
    return {_span(row["power"]): (row["distinct"], row["distinct"]) for row in rows}


def _span(power: int) -> str:
    """
    Return a power of two as what it stands for.

    >>> _span(0), _span(3)
    ('1', '8-15')
    """
    low = 2**power
    return str(low) if power == 0 else f"{low}-{2 * low - 1}"
