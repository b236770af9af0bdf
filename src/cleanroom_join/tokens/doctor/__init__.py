"""The match doctor: two parties' cards in, ranked causes of missing matches out."""

from __future__ import annotations

from cleanroom_join.tokens.doctor.bisect import step_digests
from cleanroom_join.tokens.doctor.causes import Cause, Finding
from cleanroom_join.tokens.doctor.diagnose import Diagnosis, diagnose
from cleanroom_join.tokens.doctor.manifest import (
    MOST_BUCKETS,
    ROUNDING,
    ColumnManifest,
    PartManifest,
    TokenManifest,
    Trait,
)
from cleanroom_join.tokens.doctor.manifest_file import (
    read_manifest,
    save_manifest,
    write_manifest,
)
from cleanroom_join.tokens.doctor.overlap import FEWEST_BUCKETS, Overlap, estimate

__all__ = [
    "FEWEST_BUCKETS",
    "MOST_BUCKETS",
    "ROUNDING",
    "Cause",
    "ColumnManifest",
    "Diagnosis",
    "Finding",
    "Overlap",
    "PartManifest",
    "TokenManifest",
    "Trait",
    "diagnose",
    "estimate",
    "read_manifest",
    "save_manifest",
    "step_digests",
    "write_manifest",
]
