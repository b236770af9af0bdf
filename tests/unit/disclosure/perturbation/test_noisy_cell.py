"""A cell with bounded noise knows how large its noise must be, or is refused."""

from __future__ import annotations

import pytest

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Policy, Protection
from cleanroom_join.disclosure.perturbation.noisy_cell import NoisyCell
from cleanroom_join.errors import InternalError
from tests.support.noise import FLAT, noise_of, payments


def test_figures_without_a_bound_are_refused():
    """Without a declared bound the size of the noise is not known."""
    policy = Policy(protection=Protection.PERTURBED)
    (cell,) = count(payments(), FLAT, b"key", policy)

    with pytest.raises(InternalError):
        NoisyCell(cell, FLAT, policy, noise_of(policy))
