"""The verdict on an output, and what may be told of it: functions of recorded facts."""

from __future__ import annotations

from cleanroom_join.review.assess import assess
from cleanroom_join.review.build_report import before_saving, build_report
from cleanroom_join.review.facts import ReleaseFacts
from cleanroom_join.review.plain_language import NEVER_BY_RULE, PolicyLine, RuleLine
from cleanroom_join.review.report import (
    Change,
    Merged,
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
    "Merged",
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
    "Verdict",
    "assess",
    "before_saving",
    "build_report",
    "cells_text",
    "change_text",
    "share_text",
    "size_text",
    "summary",
]
