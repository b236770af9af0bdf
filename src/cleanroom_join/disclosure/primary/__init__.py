"""
One module per rule; each is a function ``(cell, question, policy) -> Finding | None``.

A rule may only withhold.  It reads figures of one cell (`diversity`: of a line of
cells) and knows nothing of rows, Spark or other rules.
"""

from __future__ import annotations

from cleanroom_join.disclosure.primary.clamping import bounds
from cleanroom_join.disclosure.primary.dominance import dominance
from cleanroom_join.disclosure.primary.group_disclosure import homogeneous
from cleanroom_join.disclosure.primary.l_diversity import uniform_lines
from cleanroom_join.disclosure.primary.threshold import cohort

__all__ = ["bounds", "cohort", "dominance", "homogeneous", "uniform_lines"]
