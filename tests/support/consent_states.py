"""Consent states as tests write them down."""

from __future__ import annotations

import datetime as dt
import hashlib

from pyspark.sql import functions as F

from cleanroom_join.contract import Contract
from cleanroom_join.revocation.schemas import STATE_COLUMNS
from cleanroom_join.testing import contract_toml
from tests.support.frames import local_frame

__all__ = [
    "SECTION",
    "consent_row",
    "consent_state",
    "heartbeat",
    "opted_out",
    "state_frame",
    "with_revocation",
]

SECTION = """[revocation]
max_age_hours = 24
tables = { acme = "consent.consent_state", globex = "consent.consent_state" }
"""


def with_revocation(text: str | None = None) -> Contract:
    """Return a contract whose runs ask the consent states of both parties."""
    text = contract_toml() if text is None else text
    return Contract.from_toml(text.replace("[tokens]", f"{SECTION}\n[tokens]", 1))


def consent_row(scope, key, action, *, key_id=None, at=None) -> tuple:
    """Return one row of a state, as the revocation job writes it."""
    at = now() - 7200 if at is None else at
    return (scope, key, key_id, action, at, 0, 0, "event", at)


def heartbeat(hours=1.0) -> tuple:
    """Return the row that says how old a state is."""
    at = now() - int(3600 * hours)
    return consent_row("heartbeat", "", None, at=at)


def now() -> int:
    """Return the seconds since 1970, UTC."""
    return int(dt.datetime.now(dt.timezone.utc).timestamp())


def opted_out(token, action="OPT_OUT") -> tuple:
    """Return the row of a subject who opted out, by its token."""
    key = hashlib.sha256(token.encode()).hexdigest()
    return consent_row("subject", key, action, key_id=token.partition(":")[0])


def consent_state(spark, *rows, hours=1.0):
    """Return a state that is so many hours old."""
    return state_frame(spark, [heartbeat(hours), *rows])


def state_frame(spark, rows):
    """Return rows of a state as a frame."""
    columns = [column.split(" ") for column in STATE_COLUMNS.split(", ")]
    frame = local_frame(spark, rows, STATE_COLUMNS.replace("timestamp", "bigint"))
    return frame.select(*(F.col(name).cast(kind) for name, kind in columns))
