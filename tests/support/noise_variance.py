"""The exact variance of noise, from the weights of a ptable."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.disclosure.perturbation.ptable import PTable


def realised_variance(table: PTable, count: int) -> Fraction:
    """Return the exact variance of the noise that *count* gets."""
    return Fraction(sum(v * v * w for v, w in table.weights(count)), 2**32)
