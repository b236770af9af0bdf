"""
The match doctor: two parties' token manifests in, ranked causes of mismatches out.

It reads manifests only: no table, no token, no key comes in.
"""

from __future__ import annotations

from cleanroom_join.tokens.doctor.bisect import step_digests
from cleanroom_join.tokens.doctor.causes import Finding, MismatchCause, percent
from cleanroom_join.tokens.doctor.diagnose import Diagnosis, Verdict, diagnose, worst
from cleanroom_join.tokens.doctor.manifest import (
    GROUPINGS,
    MOST_BUCKETS,
    ROUNDING,
    ColumnManifest,
    ComponentManifest,
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
    "GROUPINGS",
    "MOST_BUCKETS",
    "ROUNDING",
    "ColumnManifest",
    "ComponentManifest",
    "Diagnosis",
    "Finding",
    "MismatchCause",
    "Overlap",
    "TokenManifest",
    "Trait",
    "Verdict",
    "diagnose",
    "estimate",
    "percent",
    "read_manifest",
    "save_manifest",
    "step_digests",
    "worst",
    "write_manifest",
]
