"""
The Spark shell: the only folder that imports PySpark.

`tokenise` and `token_card` are for a party's own workspace, `CleanRoom` for the room.
"""

from __future__ import annotations

from cleanroom_join.spark.builder import GroupedJoin, Joined, MeasuredJoin
from cleanroom_join.spark.card import token_card
from cleanroom_join.spark.gold import Gold, TokenProfile
from cleanroom_join.spark.release import Release
from cleanroom_join.spark.room import CleanRoom
from cleanroom_join.spark.saved import SavedRelease
from cleanroom_join.spark.sealed import SealedRelease
from cleanroom_join.spark.tokenise import tokenise

__all__ = [
    "CleanRoom",
    "Gold",
    "GroupedJoin",
    "Joined",
    "MeasuredJoin",
    "Release",
    "SavedRelease",
    "SealedRelease",
    "TokenProfile",
    "token_card",
    "tokenise",
]
