"""
One module per rule; each is a function ``(cell, question, policy) -> Finding | None``.

A rule may only withhold.  It reads figures of one cell (`diversity`: of a line of
cells) and knows nothing of rows, Spark or other rules.
"""

from __future__ import annotations

from cleanroom_join.disclosure.rules.bounds import bounds
from cleanroom_join.disclosure.rules.cohort import cohort
from cleanroom_join.disclosure.rules.diversity import uniform_lines
from cleanroom_join.disclosure.rules.dominance import dominance
from cleanroom_join.disclosure.rules.homogeneous import homogeneous

__all__ = ["bounds", "cohort", "dominance", "homogeneous", "uniform_lines"]
