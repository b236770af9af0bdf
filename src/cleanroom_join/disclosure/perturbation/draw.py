"""
Noise of published figures: drawn from who is in a cell and what is told of them.

A draw is a code over the cell's key, the name of the quantity and its true value,
under a key that exists only inside the room.  So one quantity about the same people
has the same noise in every output, release and row order; another quantity of the
same cell, or the same one after anybody came, left or changed, has noise that tells
nothing of the first.  The name is that of a quantity, not of an output's column: what
two columns both tell has one noise, or else their average would have less.

A cell's key has 32 bits.  Without a secret key, who knew a dozen true figures of a
cell could find it by trial, and with it all other noise of the cell.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import Protection
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure.perturbation.ptable import ptable
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy
    from cleanroom_join.disclosure.perturbation.ptable import PTable

__all__ = ["Draw", "Noise"]

_KEY_BYTES = 32
_WORD = 4
"""Bytes of one number of 0..2**32-1, which is what a `PTable` looks up."""

_FINE = 8
"""Bytes of the place within a step: steps of sums have more than 2**32 places."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Draw:
    """The numbers that decide one quantity's noise and its rounding; secret."""

    noise: int
    """0..2**32-1, looked up in the table."""
    rounding: int
    """0..2**32-1, independent of the other."""
    within: int
    """0..2**64-1, the place within a step; independent of both."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Noise:
    """The table of noise and the key that it is looked up with; shows neither."""

    table: PTable
    base: int
    """Counts are published as multiples of it; the table's floor is one."""
    _key: bytes

    @classmethod
    def of(cls, policy: Policy, key: bytes | None) -> Noise | None:
        """Return the noise that a policy asks for; None if none, or without a key."""
        if policy.protection is not Protection.PERTURBED or key is None:
            return None
        if len(key) != _KEY_BYTES:
            raise InternalError.of("the key of the noise has another length")
        base = policy.count_base
        table = ptable(
            variance=policy.perturbation_variance,
            bound=policy.max_noise,
            floor=-(-policy.min_cohort // base) * base,
        )
        return cls(table=table, base=base, _key=key)

    def draw(self, cell_key: int, quantity: tuple[str, str], value: int) -> Draw:
        """
        Return the draw of one quantity.

        Args:
            cell_key: Key of the cell that it is of.
            quantity: What it is, whatever its column and output are called.
            value: Its true value.
        """
        message = {"cell": cell_key, "of": list(quantity), "value": str(value)}
        code = hmac.digest(self._key, canonical_bytes(message), "sha256")
        return Draw(
            noise=int.from_bytes(code[:_WORD], "big"),
            rounding=int.from_bytes(code[_WORD : 2 * _WORD], "big"),
            within=int.from_bytes(code[2 * _WORD : 2 * _WORD + _FINE], "big"),
        )

    def perturb_count(self, count: int, draw: Draw, unit: int = 1) -> int:
        """
        Return *count* with noise: a multiple of *unit* of mean zero, never below k.

        A count between k and the next multiple of the base stays: rounding lifts
        all of them to that multiple anyway.

        Args:
            count: A count of at least k.
            draw: Its draw.
            unit: What one step of noise is worth.  The table's bound times as much
                may be more than there is above the floor; then it is worth less.
        """
        floor = self.table.floor
        if count < floor:
            return count
        step = max(1, min(unit, (count - floor) // self.table.bound))
        steps_above = (count - floor) // step
        return count + step * self.table.noise(draw.noise, floor + steps_above)

    def perturb_bounded(self, value: int, step: int, draw: Draw) -> Fraction:
        """
        Return a quantity with noise that covers what one subject may contribute to it.

        The noise is one of the table's, in steps of a fixed size, and a place within
        the step that is as likely as any other: by steps alone, the rest of the value
        divided by the step would show.  It is symmetric, and neither its size nor its
        shape depends on any data.

        Args:
            value: The true quantity.
            step: The most that one subject adds to it or takes from it.
            draw: Its draw.
        """
        table = self.table
        steps = table.noise(draw.noise, table.floor + table.bound)
        place = (draw.within * step >> 8 * _FINE) - Fraction(step - 1, 2)
        return value + step * steps + place

    def rounded(self, count: int | Fraction, draw: Draw) -> int:
        """
        Return *count* as one of the two multiples of the base around it, without bias.

        The nearer one is the likelier, so that on average nothing is added: random
        rounding, as in Statistics Canada's censuses, here by the draw.  A count below
        the first multiple that is at least k becomes that multiple.
        """
        if count < self.table.floor:
            return self.table.floor
        low = count // self.base * self.base
        up = draw.rounding * self.base < (count - low) * 2 ** (8 * _WORD)
        return low + (self.base if up else 0)

    def perturb_magnitude(
        self, value: int, room: Fraction, unit: Fraction, draw: Draw
    ) -> Fraction:
        """
        Return a figure that is no count, with symmetric noise of mean zero.

        Args:
            value: The true figure.
            room: How far it is from the nearest value that it cannot have.
            unit: What one step of noise is worth; less, if the table's bound times as
                much would leave no room.
            draw: Its draw.
        """
        table = self.table
        step = min(unit, room / (table.bound + 1))
        return value + step * table.noise(draw.noise, table.floor + table.bound)
