"""Output function ``count_distinct``."""

from __future__ import annotations

from cleanroom_join.contract.terms.functions.function import (
    Argument,
    OutputFunction,
    OutputType,
)

__all__ = ["FUNCTION"]

FUNCTION = OutputFunction(
    meaning="Number of distinct subjects of a kind.",
    argument=Argument.SUBJECT,
    result=OutputType.COUNT,
    figure=lambda quantities, label: quantities.subjects(label),
)
