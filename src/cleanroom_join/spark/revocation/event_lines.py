"""
Lines of text in, the columns of consent events out, by native expressions.

No expression raises under ANSI: a text is converted only after a pattern has accepted
it.  Times are cast rather than parsed by a format, because a format means something
else under ``spark.sql.legacy.timeParserPolicy``; and to TIMESTAMP_LTZ, because a
session may take TIMESTAMP for a time without zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql.types import TimestampType

from cleanroom_join.contract.token_format import TOKEN_PATTERN
from cleanroom_join.revocation.event import Action, Scope, restrictiveness
from cleanroom_join.revocation.wire_format import (
    FIELDS,
    inferred_action,
)
from cleanroom_join.spark.revocation.flat_json import (
    decoded_strings,
    field_value,
    is_present,
    unreadable_reason,
)
from cleanroom_join.spark.revocation.line_faults import SEARCHED, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pyspark.sql import Column, DataFrame

__all__ = ["IDENTIFIER_TOKEN", "LINE_COLUMNS", "event_columns"]

LINE_COLUMNS = (
    "position",
    "event_id",
    "scope",
    "key",
    "key_id",
    "action",
    "event_time",
    "source_seq",
    "restrictiveness",
    "received_at",
    "ingested_at",
    "legal_basis",
    "jurisdiction",
    "evidence_digest",
    "schema_version",
    "quarantine",
)
"""The columns of an event that follow from its line, in the table's order."""

IDENTIFIER_TOKEN = "identifier_token"  # noqa: S105 - a column's name
"""The column that `event_columns` expects of its *tokenised*."""

_TIMES = ("event_time", "received_at")

_SHORTEST_SEARCHED = 6
"""Characters of the shortest identifier that other fields are searched for."""


def event_columns(
    lines: DataFrame,
    *,
    ingested_at: Column,
    parties: Collection[str],
    datasets: Collection[str],
    tokenised: Callable[[DataFrame], DataFrame] | None = None,
) -> DataFrame:
    """
    Return one row per line: an event, or why the line is in quarantine.

    The columns are `LINE_COLUMNS` with the types of `schemas.EVENT_COLUMNS`; the
    table's ``stream`` and ``batch`` are the caller's.  No column holds a token, an
    identifier or a value that has not the form of its field.

    - A good event has ``quarantine`` NULL.
    - An inferred event has a reason and an action: it excludes, at ``received_at``.
    - Any other line in quarantine has no effect: NULL in ``action``, ``event_time`` and
      ``restrictiveness``.

    ``event_id`` is empty if the line has none that is well-formed, ``source_seq`` is 0,
    and ``received_at`` the ingest time, so that nothing events are ordered by is NULL.

    Args:
        lines: One row per line: ``value`` STRING, which may be NULL, and ``position``
            STRING, where the line is at its source.
        ingested_at: When the job got the lines, TIMESTAMP and never NULL.
        parties: Aliases of the contract's parties.
        datasets: Names of the contract's assets.
        tokenised: What tokenises raw identifiers.  It gets a frame with the columns
            ``line`` (to be left as it is), ``identifier``, ``kind`` and ``subject``
            (STRING; NULL where a line has none), and returns the same rows with one
            more column `IDENTIFIER_TOKEN`: STRING, NULL where it refuses.  Under
            several keys it returns a line once per token.  Without it, lines with
            identifiers are in quarantine.
    """
    frame = _fields(lines, ingested_at)
    frame = _with_identifier_tokens(frame, tokenised)
    frame = _with_scope(frame)
    frame = _with_subject(frame, parties, datasets)
    frame = _with_times(frame)
    reason = first_reason(tokenises=tokenised is not None)
    frame = _with_effect(frame.withColumn("quarantine", reason))
    return frame.select(*LINE_COLUMNS)


def _fields(lines: DataFrame, ingested_at: Column) -> DataFrame:
    """Return every field: its value if it has its form, and whether it is malformed."""
    frame = lines.select(
        "position",
        ingested_at.cast(TimestampType()).alias("ingested_at"),
        "value",
        unreadable_reason(F.col("value")).alias("unreadable"),
    )
    text = F.when(F.col("unreadable").isNull(), F.col("value"))
    frame = frame.select("position", "ingested_at", "unreadable", text.alias("text"))
    text, decoded = F.col("text"), F.col("decoded")
    frame = frame.select("*", decoded_strings(text, FIELDS).alias("decoded"))
    frame = frame.select(
        "position",
        "ingested_at",
        "unreadable",
        *(field_value(text, decoded, f).alias(f.name) for f in FIELDS),
        *(_is_true(is_present(text, f.name)).alias(f"has_{f.name}") for f in FIELDS),
    )
    # The pattern leaves nothing that the cast refuses; what it did would be malformed.
    instants = {t: F.expr(f"try_cast(upper({t}) AS TIMESTAMP_LTZ)") for t in _TIMES}
    frame = frame.withColumns(instants)
    malformed = [
        (F.col(f"has_{f.name}") & F.col(f.name).isNull()).alias(f"bad_{f.name}")
        for f in FIELDS
    ]
    return frame.select("*", *malformed)


def _with_identifier_tokens(
    frame: DataFrame, tokenised: Callable[[DataFrame], DataFrame] | None
) -> DataFrame:
    """Return the frame with the tokens of raw identifiers, NULL where there is none."""
    if tokenised is None:
        return frame.withColumn(IDENTIFIER_TOKEN, F.lit(None).cast("string"))
    # A malformed kind must not become the one that is meant where none is named.
    clear = ~F.col("bad_kind") & ~F.col("bad_subject")
    handed = frame.select(
        F.struct("*").alias("line"),
        F.when(clear, F.col("identifier")).alias("identifier"),
        "kind",
        "subject",
    )
    token = F.col(IDENTIFIER_TOKEN)
    checked = F.when(token.rlike(rf"\A(?:{TOKEN_PATTERN})\z"), token)
    return tokenised(handed).select("line.*", checked.alias(IDENTIFIER_TOKEN))


def _with_scope(frame: DataFrame) -> DataFrame:
    """Return the frame with the token and the scope that a line means, if any."""
    token = F.coalesce("token", IDENTIFIER_TOKEN)
    # Where the scope is unknown, a token says that the line is about a subject.
    is_subject = ~F.col("bad_scope") | token.isNotNull()
    scope = F.coalesce("scope", F.when(is_subject, Scope.SUBJECT.value))
    return frame.select(
        *(name for name in frame.columns if name not in ("scope", "token")),
        token.alias("token"),
        F.when(F.col("unreadable").isNull(), scope).alias("scope"),
    )


def _with_subject(
    frame: DataFrame, parties: Collection[str], datasets: Collection[str]
) -> DataFrame:
    """Return the frame with key, key id, and the action if it fits the scope."""
    of = {scope: F.col("scope") == scope.value for scope in Scope}
    party, dataset, action = F.col("party"), F.col("dataset"), F.col("action")
    key = (
        F.when(of[Scope.SUBJECT], F.sha2("token", 256))
        .when(of[Scope.PARTY] & party.isin(sorted(parties)), party)
        .when(of[Scope.DATASET] & dataset.isin(sorted(datasets)), dataset)
    )
    key_id = F.when(of[Scope.SUBJECT], F.substring_index("token", ":", 1))
    fitting = F.coalesce(
        *(
            F.when(
                of[scope] & action.isin([a.value for a in Action if a.fits(scope)]),
                action,
            )
            for scope in Scope
        )
    )
    return frame.select(
        "*",
        key.alias("key"),
        key_id.alias("key_id"),
        fitting.alias("fitting"),
        F.coalesce(*(F.when(of[s], inferred_action(s).value) for s in Scope)).alias(
            "inferred"
        ),
    )


def _with_times(frame: DataFrame) -> DataFrame:
    """Return the frame with the time of receipt, and what the rules ask of a line."""
    received, ingested = F.col("received_at"), F.col("ingested_at")
    permissions = [action.value for action in Action if not action.excludes]
    return frame.withColumns(
        {
            "received_at": F.when(received <= ingested, received).otherwise(ingested),
            "is_permission": _is_true(F.col("fitting").isin(permissions)),
            **{f"repeats_{name}": _repeats(F.col(name)) for name in SEARCHED},
        }
    )


def _repeats(text: Column) -> Column:
    """Return whether a text has the token's digits, or the identifier, in it."""
    digits = F.substring_index("token", ":", -1)
    identifier = F.col("identifier")
    searched = F.when(F.length(identifier) >= _SHORTEST_SEARCHED, F.lower(identifier))
    text = F.lower(text)
    return _is_true(text.contains(digits)) | _is_true(text.contains(searched))


def _is_true(condition: Column) -> Column:
    """Return whether a condition holds: false, not NULL, where it is unknown."""
    return F.coalesce(condition, F.lit(False))  # noqa: FBT003 - a literal of Spark


def _with_effect(frame: DataFrame) -> DataFrame:
    """Return the frame with the effect of each line, and only what may be stored."""
    good = F.col("quarantine").isNull()
    excludes = F.col("key").isNotNull() & ~F.col("is_permission")
    action = F.when(good, F.col("fitting")).when(
        excludes, F.coalesce("fitting", "inferred")
    )
    # Not the time of receipt, which a platform may state as a day: an exclusion would
    # count from midnight, before a permission of the same day.
    not_future = F.least("event_time", "ingested_at")
    inferred = F.greatest(
        "received_at", F.when(F.col("event_time").isNotNull(), not_future)
    )
    time = F.when(good, not_future).when(excludes, inferred)
    frame = frame.withColumns({"action": action, "event_time": time})
    stored = {n: F.when(~F.col(f"repeats_{n}"), F.col(n)) for n in SEARCHED}
    restricts = F.coalesce(
        *(F.when(F.col("action") == a.value, restrictiveness(a)) for a in Action)
    )
    return frame.withColumns(
        {
            **stored,
            "event_id": F.coalesce(stored["event_id"], F.lit("")),
            "source_seq": F.coalesce("source_seq", F.lit(0).cast("bigint")),
            "schema_version": F.col("schema_version").cast("int"),
            "restrictiveness": restricts,
        }
    )
