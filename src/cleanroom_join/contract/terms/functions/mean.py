"""Output function ``mean``."""

from __future__ import annotations

from cleanroom_join.contract.terms.columns import MeasureType
from cleanroom_join.contract.terms.functions.function import (
    Argument,
    OutputFunction,
    OutputType,
)

__all__ = ["FUNCTION"]

FUNCTION = OutputFunction(
    meaning="Mean of a number, clamped to its bounds, over rows that have one.",
    argument=Argument.MEASURE,
    types=(MeasureType.INT, MeasureType.DECIMAL),
    result=OutputType.FIGURE,
    figure=lambda quantities, column: quantities.mean(column),
)
