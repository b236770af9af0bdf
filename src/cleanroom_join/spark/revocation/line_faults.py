"""When a line that can be read is in quarantine, by the columns of `event_lines`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.event import Scope
from cleanroom_join.revocation.wire_format import (
    FIELDS,
    SCHEMA_VERSIONS,
    QuarantineReason,
)

if TYPE_CHECKING:
    from pyspark.sql import Column

__all__ = ["SEARCHED", "first_reason"]

SEARCHED = ("event_id", "legal_basis", "evidence_digest")
"""Fields that are stored and have room for a token's digits or an identifier."""

_ABOUT = ("token", "identifier", "party", "dataset")
"""What a line can be about; of these it has exactly one."""


def first_reason(*, tokenises: bool) -> Column:
    """Return the first reason for quarantine in the enum's order, or NULL."""
    conditions = {
        **_malformed_fields(),
        **_unclear_subjects(tokenises=tokenises),
        **_refused_events(),
    }
    found = F.when(F.col("unreadable").isNotNull(), F.col("unreadable"))
    for reason in QuarantineReason:
        if reason in conditions:
            found = found.when(conditions[reason], reason.value)
    return found


def _malformed_fields() -> dict[QuarantineReason, Column]:
    """Return the faults of single fields."""
    conditions = {}
    for field in FIELDS:
        if field.fault is not None:
            is_bad = F.col(f"bad_{field.name}")
            if field.obligatory:
                is_bad |= ~F.col(f"has_{field.name}")
            conditions[field.fault] = is_bad
    is_known = F.col("schema_version").isin(list(SCHEMA_VERSIONS))
    conditions[QuarantineReason.UNKNOWN_VERSION] |= ~is_known
    conditions[QuarantineReason.UNKNOWN_ACTION] |= F.col("fitting").isNull()
    return conditions


def _unclear_subjects(*, tokenises: bool) -> dict[QuarantineReason, Column]:
    """Return the faults of what a line is about."""
    no_key = F.col("key").isNull()
    has_token, has_identifier = F.col("has_token"), F.col("has_identifier")
    is_subject, is_party, is_dataset = (F.col("scope") == s.value for s in Scope)
    named = (is_party & F.col("has_party")) | (is_dataset & F.col("has_dataset"))
    raw_reason = (
        QuarantineReason.REFUSED_IDENTIFIER
        if tokenises
        else QuarantineReason.RAW_IDENTIFIER
    )
    count = F.lit(0)
    for name in _ABOUT:
        count += F.col(f"has_{name}").cast("int")
    return {
        QuarantineReason.MALFORMED_TOKEN: no_key & is_subject & has_token,
        raw_reason: no_key & is_subject & has_identifier,
        QuarantineReason.UNKNOWN_NAME: no_key & named,
        QuarantineReason.NO_SUBJECT: no_key,
        QuarantineReason.SEVERAL_SUBJECTS: count > 1,
    }


def _refused_events() -> dict[QuarantineReason, Column]:
    """Return the faults of lines whose fields are all well-formed."""
    repeats = [F.col(f"repeats_{name}") for name in SEARCHED]
    permits = F.col("is_permission")
    return {
        QuarantineReason.REPEATED_SUBJECT: F.greatest(*repeats),
        QuarantineReason.NO_EVIDENCE: permits & F.col("evidence_digest").isNull(),
        QuarantineReason.FUTURE_PERMISSION: (
            permits & (F.col("event_time") > F.col("received_at"))
        ),
    }
