"""The verdict on an output, and what may be told of it: functions of recorded facts."""

from __future__ import annotations

from cleanroom_join.review.assess import assess, assess_terms
from cleanroom_join.review.build_report import before_saving, build_report
from cleanroom_join.review.facts import ReleaseFacts
from cleanroom_join.review.plain_language import NEVER_BY_RULE, PolicyLine, RuleLine
from cleanroom_join.review.preflight import (
    JoinCounts,
    TableValues,
    TokenCounts,
    check_counts,
    check_values,
)
from cleanroom_join.review.report import (
    Change,
    Confirmed,
    Entered,
    LedgerOutcome,
    Merged,
    NotEntered,
    Published,
    ReleaseReport,
    SizeBand,
    Sizes,
    Step,
)
from cleanroom_join.review.summary import (
    cells_text,
    change_text,
    share_text,
    size_text,
    summary,
)
from cleanroom_join.review.verdict import Check, Review, ReviewFinding, Verdict

__all__ = [
    "NEVER_BY_RULE",
    "Change",
    "Check",
    "Confirmed",
    "Entered",
    "JoinCounts",
    "LedgerOutcome",
    "Merged",
    "NotEntered",
    "PolicyLine",
    "Published",
    "ReleaseFacts",
    "ReleaseReport",
    "Review",
    "ReviewFinding",
    "RuleLine",
    "SizeBand",
    "Sizes",
    "Step",
    "TableValues",
    "TokenCounts",
    "Verdict",
    "assess",
    "assess_terms",
    "before_saving",
    "build_report",
    "cells_text",
    "change_text",
    "check_counts",
    "check_values",
    "share_text",
    "size_text",
    "summary",
]
