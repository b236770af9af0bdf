"""
The verdict on a release, and the report on it that either company may read.

Facts of the run and published cells come in; no row, no suppressed cell and no Spark.
"""

from __future__ import annotations

from cleanroom_join.review.assess import assess, assess_terms, assess_tokens
from cleanroom_join.review.build_report import build_report, build_report_until_saved
from cleanroom_join.review.facts import ReleaseFacts
from cleanroom_join.review.next_steps import next_steps
from cleanroom_join.review.plain_language import (
    NO_COUNTS_BY_RULE,
    TERMS,
    DescribedRule,
    DescribedSetting,
)
from cleanroom_join.review.preflight import (
    JoinCounts,
    TableValues,
    TokenCounts,
    check_counts,
    check_values,
)
from cleanroom_join.review.report import (
    CoarserCell,
    Confirmed,
    Entered,
    FunnelStep,
    LedgerOutcome,
    MatchedOn,
    NotEntered,
    PublishedDetails,
    ReleaseComparison,
    ReleaseReport,
    SizeClass,
    SubjectCounts,
)
from cleanroom_join.review.summary import (
    comparison_text,
    coverage_text,
    share_text,
    size_class_text,
    step_text,
    summary,
    value_text,
)
from cleanroom_join.review.verdict import Check, Review, ReviewFinding, Verdict

__all__ = [
    "NO_COUNTS_BY_RULE",
    "TERMS",
    "Check",
    "CoarserCell",
    "Confirmed",
    "DescribedRule",
    "DescribedSetting",
    "Entered",
    "FunnelStep",
    "JoinCounts",
    "LedgerOutcome",
    "MatchedOn",
    "NotEntered",
    "PublishedDetails",
    "ReleaseComparison",
    "ReleaseFacts",
    "ReleaseReport",
    "Review",
    "ReviewFinding",
    "SizeClass",
    "SubjectCounts",
    "TableValues",
    "TokenCounts",
    "Verdict",
    "assess",
    "assess_terms",
    "assess_tokens",
    "build_report",
    "build_report_until_saved",
    "check_counts",
    "check_values",
    "comparison_text",
    "coverage_text",
    "next_steps",
    "share_text",
    "size_class_text",
    "step_text",
    "summary",
    "value_text",
]
