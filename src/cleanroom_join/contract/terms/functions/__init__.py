"""
The output functions, one file each: argument, types, result, and the figure.

Nothing else in the package knows a function by name.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.functions.function import Function, OutputFunction
from cleanroom_join.members import load_members

__all__ = ["FUNCTIONS"]

FUNCTIONS = load_members(Function, __name__, "FUNCTION", OutputFunction)
"""Every output function by its member."""
