"""
Advice on a contract: which single changes of it would publish more, in words.

Pure: no Spark and no rows, only the statistics of a rehearsal.  Nothing of the clean
room may load this folder: advice says which rule suppressed what, and no release does.
"""

from __future__ import annotations

from cleanroom_join.advice.change import Change, ChangeKind, RawChange
from cleanroom_join.advice.changes import advice_without_trials, possible_changes
from cleanroom_join.advice.effect import (
    Advice,
    Answered,
    Effect,
    Suppression,
    Utility,
    floored,
    suppressions,
    utility,
)
from cleanroom_join.advice.facts import DimensionFacts, Facts, facts_of, wider_bounds
from cleanroom_join.advice.reuse import reused_cells
from cleanroom_join.advice.texts import advice_lines, suppression_lines

__all__ = [
    "Advice",
    "Answered",
    "Change",
    "ChangeKind",
    "DimensionFacts",
    "Effect",
    "Facts",
    "RawChange",
    "Suppression",
    "Utility",
    "advice_lines",
    "advice_without_trials",
    "facts_of",
    "floored",
    "possible_changes",
    "reused_cells",
    "suppression_lines",
    "suppressions",
    "utility",
    "wider_bounds",
]
