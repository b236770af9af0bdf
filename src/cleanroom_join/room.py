"""
The clean room's front door: shared tables in, guarded statistics out.

Loads no key, no tokeniser and nothing of `cleanroom_join.party`.
"""

from __future__ import annotations

from cleanroom_join.spark.ledger.entry_rows import LedgerEnd
from cleanroom_join.spark.room.clean_room import CleanRoom
from cleanroom_join.spark.room.deferred_release import DeferredRelease
from cleanroom_join.spark.room.query_builder import GroupedJoin, Joined, MeasuredJoin
from cleanroom_join.spark.room.release import Release
from cleanroom_join.spark.room.saved_release import SavedRelease

__all__ = [
    "CleanRoom",
    "DeferredRelease",
    "GroupedJoin",
    "Joined",
    "LedgerEnd",
    "MeasuredJoin",
    "Release",
    "SavedRelease",
]
