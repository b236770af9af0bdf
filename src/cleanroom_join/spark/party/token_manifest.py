"""A party's token manifest, counted by Spark in its own workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract.clock import utc_today
from cleanroom_join.errors import TableRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.column_profile import component_manifest
from cleanroom_join.spark.party.frame_columns import MAC, ROWS, TOKEN, token_columns
from cleanroom_join.spark.party.hmac_columns import key_frame, mac_maker
from cleanroom_join.spark.party.hmac_input import (
    message_columns,
    raw_columns,
    with_texts,
)
from cleanroom_join.spark.party.outside_shares import count_shares
from cleanroom_join.spark.party.raw_schema import check_raw
from cleanroom_join.spark.party.variants import SharedTokens, made_by
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

    from cleanroom_join.contract import Asset, AssetTerms, SubjectColumn
    from cleanroom_join.spark.party.frame_columns import TokenColumn
    from cleanroom_join.spark.party.hmac_columns import MacMaker
    from cleanroom_join.tokens import SecretKey

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

    Reads the raw table several times and collects counts only.

    Args:
        frame: The raw table.
        terms: ``contract.asset(name)``.
        key: The contract's active key.
        shared: The table as it was shared, if another pipeline made its tokens.

    Raises:
        ContractError: After the contract's last day (E102).
        TableRefused: If a table lacks a column.
        TableRefused: If an identifier is not text.
        VectorMismatch: If this installation fails its own vectors.
        SparkFailure: If Spark fails; its own text is not shown.
    """
    terms.refuse_if_expired(utc_today())
    check_vectors()
    asset = terms.asset
    check_raw(frame.schema, asset, terms.identifiers)
    if shared is not None:
        _check_shared(shared, asset)
    maker = mac_maker(frame.sparkSession)
    secret = key_frame(frame.sparkSession, terms, {terms.key_id: key}, maker)
    consented = (
        frame if asset.consent is None else frame.where(column_named(asset.consent))
    )
    raws = consented.select(*raw_columns(terms))
    columns = (
        _CountedColumn(
            raws=raws,
            terms=terms,
            declared=declared,
            token=token,
            secret=secret,
            maker=maker,
        )
        for declared, token in zip(
            asset.subject_columns(), token_columns(terms), strict=True
        )
    )
    shares = count_shares(consented, terms)
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
        outside=shares.outside,
        missing=shares.missing,
    )


def _check_shared(shared: DataFrame, asset: Asset) -> None:
    """Refuse a shared table that lacks a token column."""
    names = {column.name for column in asset.subject_columns()}
    if missing := names - set(shared.columns):
        raise TableRefused.missing_columns(asset.name, missing, shared.columns)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _CountedColumn:
    """One token column and everything that counting it needs."""

    raws: DataFrame
    terms: AssetTerms
    declared: SubjectColumn
    token: TokenColumn
    secret: DataFrame
    """The key frame."""
    maker: MacMaker

    @property
    def values(self) -> DataFrame:
        """Every distinct identifier as it came, and its number of rows."""
        names = [component.raw for component in self.token.components]
        return self.raws.groupBy(*names).agg(F.count(F.lit(1)).alias(ROWS))

    def manifest(self, shared: DataFrame | None) -> ColumnManifest:
        """Return the column's manifest."""
        column, k = self.declared, self.terms.min_cohort
        texts = with_texts(self.values, self.token.components)
        messages = texts.select(ROWS, *message_columns(self.token))
        sources = zip(self.token.components, column.sources, strict=True)
        theirs = None
        if shared is not None:
            tokens = shared.select(
                column_named(column.name).cast("string").alias(TOKEN)
            )
            theirs = SharedTokens(tokens=tokens, secret=self.secret, maker=self.maker)
        # The room joins the tokens really shared, whichever pipeline made them.
        buckets = _buckets(self._macs(messages) if theirs is None else theirs.macs())
        return ColumnManifest(
            column=column.name,
            subject=column.subject,
            label=self.terms.identifiers[column.name].label,
            components=tuple(
                component_manifest(texts, component, source, column, k)
                for component, source in sources
            ),
            reasons=published(self._reasons(messages), k, absent=_ABSENT),
            subjects=rounded(sum(buckets)) if sum(buckets) >= k else 0,
            multiplicity=published(self._multiplicity(messages), k),
            buckets=published_buckets(buckets, k),
            made_by=made_by(self.values, self.token, theirs, k) if theirs else {},
        )

    def _macs(self, messages: DataFrame) -> DataFrame:
        """Return the distinct MACs of the messages."""
        token = self.token
        mac = self.maker.mac(F.col(token.message), token.key())
        return (
            messages.where(F.col(token.reason).isNull())
            .select(token.message)
            .distinct()
            .crossJoin(F.broadcast(self.secret))
            .select(mac.alias(MAC))
        )

    def _reasons(self, messages: DataFrame) -> dict[str, tuple[int, int]]:
        """Return rows and distinct values by reason."""
        name = F.coalesce(F.col(self.token.reason), F.lit("ready")).alias("name")
        counted = messages.groupBy(name).agg(
            F.sum(ROWS).alias(ROWS), F.count(F.lit(1)).alias("values")
        )
        rows = without_spark_text("counting refused identifiers", counted.collect)
        return {row["name"]: (row[ROWS], row["values"]) for row in rows}

    def _multiplicity(self, messages: DataFrame) -> dict[str, tuple[int, int]]:
        """Return subjects by their number of rows, in powers of two."""
        subjects = (
            messages.where(F.col(self.token.reason).isNull())
            .groupBy(self.token.message)
            .agg(F.sum(ROWS).alias(ROWS))
        )
        power = F.floor(F.log2(ROWS)).cast("int").alias("power")
        counted = subjects.groupBy(power).agg(F.count(F.lit(1)).alias("subjects"))
        rows = without_spark_text("counting rows of subjects", counted.collect)
        return {_span(row["power"]): (row["subjects"],) * 2 for row in rows}


def _buckets(macs: DataFrame) -> list[int]:
    """Return the subjects in each bucket, by the last bits of their MAC."""
    bucket = F.conv(F.substring(MAC, -3, 3), 16, 10).cast("int").alias("bucket")
    counted = macs.groupBy(bucket).agg(F.count(F.lit(1)).alias("subjects"))
    counts = [0] * MOST_BUCKETS
    for row in without_spark_text("counting subjects", counted.collect):
        if row["bucket"] is not None and 0 <= row["bucket"] < MOST_BUCKETS:
            counts[row["bucket"]] = row["subjects"]
    return counts


def _span(power: int) -> str:
    """
    Return the numbers of rows that a power of two stands for.

    Examples:
        >>> _span(0), _span(3)
        ('1', '8-15')
    """
    low = 2**power
    return str(low) if power == 0 else f"{low}-{2 * low - 1}"
