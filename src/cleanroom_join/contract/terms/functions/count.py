"""Output function ``count``."""

from __future__ import annotations

from cleanroom_join.contract.terms.functions.function import (
    Argument,
    OutputFunction,
    OutputType,
)

__all__ = ["FUNCTION"]

FUNCTION = OutputFunction(
    meaning="Number of joined rows.",
    argument=Argument.NONE,
    result=OutputType.COUNT,
    figure=lambda quantities, _: quantities.rows(),
)
