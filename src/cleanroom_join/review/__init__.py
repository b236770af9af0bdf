"""The verdict on an output: pure functions of recorded facts."""

from __future__ import annotations

from cleanroom_join.review.assess import assess
from cleanroom_join.review.facts import ReleaseFacts
from cleanroom_join.review.verdict import Check, Review, ReviewFinding, Verdict

__all__ = ["Check", "ReleaseFacts", "Review", "ReviewFinding", "Verdict", "assess"]
