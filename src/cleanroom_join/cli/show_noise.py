"""The noise of a perturbed contract as bars of text: what its ptable gives a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import Protection
from cleanroom_join.disclosure.perturbation.ptable import ptable

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy

__all__ = ["noise_lines"]

_LONGEST = 40
"""Characters of the longest bar."""

_LEAST = 0.001
"""Probability below which noise has no bar of its own."""


def noise_lines(policy: Policy) -> tuple[str, ...]:
    """
    Return the distribution of the noise, a line for each step; nothing without noise.

    It is that of counts of at least k plus the largest noise, which all share.
    """
    if policy.protection is not Protection.PERTURBED:
        return ()
    k, bound = policy.min_cohort, policy.max_noise
    table = ptable(variance=policy.perturbation_variance, bound=bound, floor=k)
    weights = dict(table.weights(k + bound))
    total, most = sum(weights.values()), max(weights.values())
    drawn = {v: w for v, w in weights.items() if w >= _LEAST * total}
    rest = 1 - sum(drawn.values()) / total
    return (
        f"noise of counts from {k + bound:,}, in steps of one subject, unrounded:",
        *(
            f"{v:4d} {w / total:6.1%} {'█' * round(_LONGEST * w / most)}"
            for v, w in drawn.items()
        ),
        f"other noise, down to -{bound} and up to {bound}: {rest:.2%}",
    )
