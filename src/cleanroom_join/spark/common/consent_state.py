"""
The consent state of a party: what it says, and a table without the excluded subjects.

A subject's key is the SHA-256 of its token's text (`subject_key`): the state outlives
an erasure, so no token is in it.  Whoever the state does not clearly permit is out.
"""

from __future__ import annotations

import datetime as dt
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import Asset, state_name
from cleanroom_join.errors import ConsentRefused
from cleanroom_join.revocation import Action, Scope
from cleanroom_join.revocation.gate import StateFacts, Suspended
from cleanroom_join.revocation.schemas import HEARTBEAT, STATE_COLUMNS
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pyspark.sql import Column, DataFrame

__all__ = [
    "KEY",
    "check_state",
    "consent_asset",
    "excluded",
    "facts_query",
    "read_facts",
    "subject_key",
    "without_excluded",
]

KEY = "key"
"""Column of a subject's key."""

NEEDED = ("scope", "key", "key_id", "action", "event_time")
"""What a run reads of a state; a view that is shared may have no more."""

_OUT = "(excluded)"
"""No shared column has such a name."""

_LAST_SECOND = 253_402_300_799
"""Of the year 9999: Python has no later time."""

_BROADCAST = 1_000_000
"""
Excluded subjects up to which their keys are sent to every executor, about 100 MB.

Spark estimates the size of a filtered table too high, and would sort the large table.
"""


def consent_asset(party: str, table: str) -> Asset:
    """Return a consent state as an asset."""
    return Asset(name=state_name(party), party=party, table=table, columns={})


def check_state(frame: DataFrame, party: str) -> None:
    """
    Refuse a table that is no consent state.

    Raises:
        ConsentRefused: If it lacks a column, or has one of another type (E612).
    """
    schema = without_spark_text(
        f"reading the columns of the consent state of {party}", lambda: frame.schema
    )
    found = [(field.name, field.dataType.simpleString()) for field in schema.fields]
    types = dict(column.split(" ") for column in STATE_COLUMNS.split(", "))
    if any(found.count((name, types[name])) != 1 for name in NEEDED):
        raise ConsentRefused.other_columns(party, NEEDED)


def subject_key(token: Column) -> Column:
    """Return the key of a subject, 64 lower-case digits; NULL where no token is."""
    return F.sha2(token.cast("string"), 256)


def excluded(state: DataFrame) -> DataFrame:
    """
    Return the keys of the subjects who are out.

    Whoever has no plain permission is: a row of an unknown scope or action counts.

    Args:
        state: A consent state with checked columns.

    Returns:
        One column, `KEY`.
    """
    return state.where(_is_subject() & _is_out()).select(F.col(KEY).alias(KEY))


def without_excluded(
    frame: DataFrame,
    token_columns: Sequence[str],
    keys: DataFrame,
    count: int | None = None,
) -> DataFrame:
    """
    Return the rows of a table that are about no excluded subject.

    A row is left out if any of its tokens is an excluded subject's; rows without a
    token stay.

    Args:
        frame: The table.
        token_columns: Every column of tokens, those of retiring keys included.
        keys: One column, `KEY`.
        count: How many there are, if that is known.
    """
    out = keys.select(F.col(KEY).alias(_OUT))
    if count is not None and count <= _BROADCAST:
        out = F.broadcast(out)
    return reduce(
        lambda rows, name: rows.join(
            out, subject_key(column_named(name)) == column_named(_OUT), "left_anti"
        ),
        token_columns,
        frame,
    )


def facts_query(
    state: DataFrame, names: Collection[Suspended], accepted: Sequence[str]
) -> DataFrame:
    """
    Return the query for what a run must know of a state: one row, no subject in it.

    Args:
        state: A consent state with checked columns.
        names: Parties and tables whose suspension matters.
        accepted: Key ids that the contract accepts.
    """
    keys = state.groupBy("scope", KEY).agg(
        F.max(_is_odd()).alias("odd"),
        F.max(_is_out()).alias("out"),
        F.max("key_id").alias("key_id"),
        F.max(F.col("event_time").cast("bigint")).alias("time"),
        F.count(F.lit(1)).alias("rows"),
    )
    out = F.col("out") & _is_subject()
    time = F.when(F.col("scope") == HEARTBEAT, F.col("time"))
    accepts = F.col("key_id").isin(list(accepted))
    flags = {
        "odd": F.col("odd") | (F.col("rows") > 1),
        "other": out & ~F.coalesce(accepts, F.expr("false")),
        **{f"key{i}": out & (F.col("key_id") == k) for i, k in enumerate(accepted)},
        **{
            f"suspended{i}": F.col("out")
            & (F.col("scope") == name.scope.value)
            & (F.lower(KEY) == name.name.lower())
            for i, name in enumerate(names)
        },
    }
    return keys.agg(
        F.greatest(F.lit(0), F.least(F.max(time), F.lit(_LAST_SECOND))).alias("time"),
        F.max(time).isNotNull().alias("alive"),
        F.count(F.when(out, 1)).alias("excluded"),
        *(
            F.coalesce(F.max(f), F.expr("false")).alias(name)
            for name, f in flags.items()
        ),
    )


def read_facts(
    party: str,
    row: Mapping[str, object],
    names: Collection[Suspended],
    accepted: Sequence[str],
) -> tuple[StateFacts, int]:
    """Return what a row of `facts_query` says, and how many subjects are out."""
    time = None
    if row["alive"] is True:
        time = dt.datetime.fromtimestamp(require_int(row["time"]), dt.timezone.utc)
    facts = StateFacts(
        party=party,
        heartbeat=time,
        suspended=tuple(n for i, n in enumerate(names) if row[f"suspended{i}"]),
        has_odd_rows=bool(row["odd"]),
        excluded_key_ids=frozenset(k for i, k in enumerate(accepted) if row[f"key{i}"]),
        has_other_key_ids=bool(row["other"]),
    )
    return facts, require_int(row["excluded"])


def _is_subject() -> Column:
    """Return whether a row is about a subject, as far as it is about nothing else."""
    others = [HEARTBEAT, Scope.PARTY.value, Scope.DATASET.value]
    return ~F.coalesce(F.col("scope").isin(others), F.expr("false"))


def _is_out() -> Column:
    """Return whether a row permits nothing; an unknown action does not."""
    permits = F.when(_is_subject(), Action.OPT_IN.value).otherwise(Action.RESUME.value)
    return ~F.col("action").eqNullSafe(permits)


def _is_odd() -> Column:
    """Return whether no revocation job writes such a row."""
    scope, key, action = F.col("scope"), F.col(KEY), F.col("action")
    fitting = {
        each: action.isin([a.value for a in Action if a.fits(each)]) for each in Scope
    }
    digest = key.rlike(r"\A[0-9a-f]{64}\z") & F.col("key_id").isNotNull()
    sound = (
        F.when(scope == HEARTBEAT, key == "")
        .when(scope == Scope.SUBJECT.value, fitting[Scope.SUBJECT] & digest)
        .when(scope == Scope.PARTY.value, fitting[Scope.PARTY] & (key != ""))
        .when(scope == Scope.DATASET.value, fitting[Scope.DATASET] & (key != ""))
    )
    return ~F.coalesce(sound, F.expr("false"))
