"""Steps of hashes of telephone numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds.hashed.hash_steps import hash_steps
from cleanroom_join.tokens.tables import ASCII_DIGITS

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step

__all__ = ["hashes_of_numbers"]

_TEN, _ELEVEN = 10, 11


def hashes_of_numbers(*, plus: str, base64: bool) -> tuple[Step, ...]:
    """
    Return the steps of a column that holds hashes of telephone numbers.

    Args:
        plus: What the form writes before the calling code, if anything.
        base64: Whether the form is also published in base64.
    """
    stand_ins = (
        f"{plus}{code}{digit * length}"
        for digit in ASCII_DIGITS
        for code, length in (("", _TEN), ("", _ELEVEN), ("1", _TEN))
    )
    return hash_steps(*stand_ins, base64=base64)
