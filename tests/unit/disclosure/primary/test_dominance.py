"""Dominance: the share of the largest subjects, and the p% rule."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cleanroom_join.contract import Policy
from cleanroom_join.disclosure import Contributions
from cleanroom_join.disclosure.primary.dominance import is_dominated


@pytest.mark.parametrize(
    ("total", "largest", "second", "expected"),
    [
        (1000, 450, 450, True),  # two hold exactly 90 %
        (1000, 450, 449, False),
        (110, 91, 9, True),  # 100 of 110 is 90.9 %
        (1091, 900, 91, True),
        (1000, 800, 50, False),
        (1000, 860, 0, False),
        (1000, 880, 32, True),
        (100, 100, 0, True),
        (0, 0, 0, False),
    ],
)
def test_dominance(total, largest, second, expected):
    """At the default: 90 % for two, and all others hold 10 % of the largest."""
    assert (
        is_dominated(
            Contributions(total=total, largest=largest, second=second), Policy()
        )
        is expected
    )


def test_p_percent_alone():
    """The others must hold a tenth of the largest, even where the share passes."""
    loose = Policy(dominance_share=Decimal(1))

    assert (
        is_dominated(Contributions(total=1099, largest=1000, second=0), loose) is True
    )
    assert (
        is_dominated(Contributions(total=1100, largest=1000, second=0), loose) is False
    )
