"""The match doctor: two parties' cards in, ranked causes of missing matches out."""

from __future__ import annotations

from cleanroom_join.tokens.doctor.bisect import step_digests
from cleanroom_join.tokens.doctor.causes import Cause, Finding
from cleanroom_join.tokens.doctor.diagnose import Diagnosis, diagnose
from cleanroom_join.tokens.doctor.manifest import (
    MOST_BUCKETS,
    ROUNDING,
    Card,
    ColumnCard,
    PartCard,
    Trait,
)
from cleanroom_join.tokens.doctor.manifest_file import read_card, save_card, write_card
from cleanroom_join.tokens.doctor.overlap import FEWEST_BUCKETS, Overlap, estimate

__all__ = [
    "FEWEST_BUCKETS",
    "MOST_BUCKETS",
    "ROUNDING",
    "Card",
    "Cause",
    "ColumnCard",
    "Diagnosis",
    "Finding",
    "Overlap",
    "PartCard",
    "Trait",
    "diagnose",
    "estimate",
    "read_card",
    "save_card",
    "step_digests",
    "write_card",
]
