"""Figures for people that tell nothing about fewer than k of them."""

from __future__ import annotations

__all__ = ["band"]


def band(count: int, k: int) -> str:
    """
    Return *count* as the largest of 1, 2, 5, 10, … it reaches, or ``fewer than k``.

    Zero is *fewer than k* too: whether a thing is there at all may be about one
    person.

    >>> band(0, 100), band(99, 100), band(1234, 100)
    ('fewer than 100', 'fewer than 100', '1,000 or more')
    """
    if count < k:
        return f"fewer than {k:,}"
    reached = k
    power = 1
    while power <= count:
        for step in (1, 2, 5):
            if k <= step * power <= count:
                reached = step * power
        power *= 10
    return f"{reached:,} or more"
