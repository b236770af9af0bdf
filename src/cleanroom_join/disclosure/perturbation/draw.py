"""
Keyed draws of noise, and the mechanisms that add it to a quantity.

A draw is an HMAC over the cell key, the name of the quantity and its true value, under
a key that exists only inside the room.  So one quantity about the same subjects has the
same noise in every output, release and row order.  Another quantity of the same cell
has independent noise, and so has the same quantity after a subject came, left or
changed.  The name is that of the quantity, not of an output's column: two columns with
the same quantity share one noise draw; otherwise averaging them would cancel noise.

A cell key has 32 bits.  Without the secret key, whoever knows a dozen true figures of a
cell could find its cell key by trial, and with it all other noise of the cell.
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
_WORD_BYTES = 4
"""Bytes of a number of 0..2**32-1, which a `PTable` looks up."""

_FRACTION_BYTES = 8
"""Bytes of the position within a step: steps of sums have more than 2**32 units."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Draw:
    """Three independent numbers for the noise and rounding of a quantity; secret."""

    noise: int
    """0..2**32-1, looked up in the ptable."""
    rounding: int
    """0..2**32-1, decides between the two multiples around a count."""
    within: int
    """0..2**64-1, the position within a step."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Noise:
    """The ptable and the key of the draws; ``repr`` shows neither."""

    table: PTable
    base: int
    """Counts are published as multiples of it; the ptable's floor is one of these."""
    _key: bytes

    @classmethod
    def of(cls, policy: Policy, key: bytes | None) -> Noise | None:
        """
        Return the noise that a policy asks for; None if it asks for none, or no key.

        Raises:
            InternalError: If the key does not have 32 bytes.
        """
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
            cell_key: The cell key.
            quantity: Kind and name of the quantity, whatever the output calls it.
            value: Its true value.
        """
        message = {"cell": cell_key, "of": list(quantity), "value": str(value)}
        code = hmac.digest(self._key, canonical_bytes(message), "sha256")
        return Draw(
            noise=int.from_bytes(code[:_WORD_BYTES], "big"),
            rounding=int.from_bytes(code[_WORD_BYTES : 2 * _WORD_BYTES], "big"),
            within=int.from_bytes(
                code[2 * _WORD_BYTES : 2 * _WORD_BYTES + _FRACTION_BYTES], "big"
            ),
        )

    def perturb_count(self, count: int, draw: Draw, unit: int = 1) -> int:
        """
        Return *count* with noise: a multiple of *unit* of mean zero, never below k.

        A count between k and the next multiple of the base stays: rounding lifts it to
        that multiple anyway.

        Args:
            count: A count of at least k.
            draw: Its draw.
            unit: Size of one step of noise.  Steps are smaller if the largest noise
                would exceed the distance of the count from the floor.
        """
        floor = self.table.floor
        if count < floor:
            return count
        step = max(1, min(unit, (count - floor) // self.table.bound))
        steps_above = (count - floor) // step
        return count + step * self.table.noise(draw.noise, floor + steps_above)

    def perturb_bounded(self, value: int, step: int, draw: Draw) -> Fraction:
        """
        Return a quantity with noise that hides what one subject may contribute to it.

        The noise is a number of steps from the ptable, plus a uniform position within a
        step: with whole steps alone, the remainder of the value by the step would show.
        It is symmetric, and neither its size nor its shape depends on any data.

        Args:
            value: The true quantity.
            step: The most that one subject adds to it or takes from it.
            draw: Its draw.
        """
        table = self.table
        steps = table.noise(draw.noise, table.floor + table.bound)
        position = (draw.within * step >> 8 * _FRACTION_BYTES) - Fraction(step - 1, 2)
        return value + step * steps + position

    def rounded(self, count: int | Fraction, draw: Draw) -> int:
        """
        Return *count* as one of the two multiples of the base around it, without bias.

        The nearer multiple is the likelier one, so that the mean stays: random rounding
        as in Statistics Canada's censuses, decided by the draw.  A count below the
        floor becomes the floor.
        """
        if count < self.table.floor:
            return self.table.floor
        low = count // self.base * self.base
        up = draw.rounding * self.base < (count - low) * 2 ** (8 * _WORD_BYTES)
        return low + (self.base if up else 0)

    def perturb_magnitude(
        self, value: int, room: Fraction, unit: Fraction, draw: Draw
    ) -> Fraction:
        """
        Return a total with symmetric noise of mean zero.

        Args:
            value: The true total.
            room: Its distance from the nearest value that it cannot have.
            unit: Size of one step of noise; steps are smaller if the largest noise
                would exceed the room.
            draw: Its draw.
        """
        table = self.table
        step = min(unit, room / (table.bound + 1))
        return value + step * table.noise(draw.noise, table.floor + table.bound)
