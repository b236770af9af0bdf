"""
Erasure on Spark: rows deleted and purged, old files vacuumed, then everything searched.

Only a party's own workspace runs it.  No token is read here: subjects are known by
digests, and `revocation.erasure` decides whether bytes hold the token of one.
"""

from __future__ import annotations

from cleanroom_join.spark.revocation.erasure.erasure import erase

__all__ = ["erase"]
