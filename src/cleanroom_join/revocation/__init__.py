"""
Consent events, the order that makes them one state, and what follows from it.

Plain Python: `spark.revocation` applies what is decided here.  No table, no token and
no session may come in, and nothing here knows who a subject is: a subject is the
SHA-256 of a token (ADR 46).
"""

from __future__ import annotations

from cleanroom_join.revocation.event import (
    Action,
    ConsentEvent,
    Scope,
    latest,
    order_key,
    restrictiveness,
)

__all__ = [
    "Action",
    "ConsentEvent",
    "Scope",
    "latest",
    "order_key",
    "restrictiveness",
]
