"""What is left to an attacker where noise stops it: the guide's figures, in 200 worlds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cleanroom_join.attacks import ATTACKS, Mode, judge
from cleanroom_join.attacks.judge import against_policy
from cleanroom_join.contract import Policy

GUIDE = Path(__file__).parents[2] / "docs/howto/attack-your-policy.md"
LIMITS = [a for a in ATTACKS if a.limit is not None]


@pytest.fixture(autouse=True)
def many_games(monkeypatch):
    """Ten times as many as the suite plays, to see a little that is learned."""
    monkeypatch.setattr(judge, "SEEDS", 100)


def shares(variance):
    """Return in how many percent of worlds each attack is right, by mode."""
    policy = replace(Policy(), perturbation_variance=Decimal(variance))
    return {
        (a.id, mode): 50 * score.right / 100
        for mode in (Mode.PERTURBED, Mode.BOUNDED)
        for a in LIMITS
        if mode.includes(a.limit.stopped_by)
        for score in [against_policy(a, mode.applied(policy))]
    }


def guide():
    """Return the guide on one line."""
    return " ".join(GUIDE.read_text().split())


def percent(share):
    """Return a share as the guide writes it."""
    return f"{share + 0.01:.0f} %"  # half a percent is rounded upwards


def test_what_the_default_noise_leaves():
    """Nobody is right in more than 69 of 100."""
    left = shares(4)

    low, high = min(left.values()), max(left.values())
    assert f"right in {low + 0.01:.0f} to {percent(high)} of them" in guide()
    assert f"16b with noise alone in {percent(left['16b', Mode.PERTURBED])}" in guide()
    assert f"4d with *N* = 1 in {percent(left['4d', Mode.BOUNDED])}" in guide()


def test_what_the_least_noise_leaves():
    """It is no remedy for marked people."""
    left = shares(1)

    for text in (
        f"4d is then right in {percent(left['4d', Mode.BOUNDED])}",
        f"4c in {percent(left['4c', Mode.BOUNDED])}",
        f"with noise alone 16b in {percent(left['16b', Mode.PERTURBED])}",
    ):
        assert text in guide()
