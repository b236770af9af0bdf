"""
The Spark shell: the only folder that imports PySpark.

`tokenise` is for a party's own workspace, `CleanRoom` for the room.
"""

from __future__ import annotations

from cleanroom_join.spark.release import Release
from cleanroom_join.spark.room import CleanRoom, GroupedJoin, Joined, MeasuredJoin
from cleanroom_join.spark.tokenise import Gold, TokenProfile, tokenise

__all__ = [
    "CleanRoom",
    "Gold",
    "GroupedJoin",
    "Joined",
    "MeasuredJoin",
    "Release",
    "TokenProfile",
    "tokenise",
]
