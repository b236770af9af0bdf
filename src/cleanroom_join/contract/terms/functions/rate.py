"""Output function ``rate``."""

from __future__ import annotations

from cleanroom_join.contract.terms.columns import MeasureType
from cleanroom_join.contract.terms.functions.function import (
    Argument,
    OutputFunction,
    OutputType,
)

__all__ = ["FUNCTION"]

FUNCTION = OutputFunction(
    meaning="Share of rows where a boolean is true, of those where it is not NULL.",
    argument=Argument.MEASURE,
    types=(MeasureType.BOOLEAN,),
    result=OutputType.FIGURE,
    figure=lambda quantities, column: quantities.mean(column),
)
