"""Edges of m under bounded contributions: noise decides, the same that is published."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import mean

import pytest

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Policy, Protection, resolve
from cleanroom_join.disclosure import Rule
from cleanroom_join.disclosure.perturbation.noisy_cell import NoisyCell
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.primary.rule import RuleContext
from cleanroom_join.testing import contract_toml
from tests.support.noise import (
    FLAT,
    bounded_distribution,
    bounded_policy,
    figures_of,
    noise_of,
    payments,
)

M = Policy().min_opposite
BOUND = Policy().max_noise
ENOUGH = M + BOUND
KEYS = range(200)


def some_true(many, rows=1, size=300):
    """Return cards of which *many* have a true value."""
    return [
        *payments(many, rows, name="t", fraud=True, amount=Decimal(40)),
        *payments(size - many, rows, fraud=False, amount=Decimal(40)),
    ]


def some_at_bound(many, rows=1):
    """Return cards of which *many* are off the upper bound of an amount."""
    return [
        *payments(many, rows, name="t"),
        *payments(300 - many, rows, amount=Decimal(1000)),
    ]


def passed(rule, rows, query, policy):
    """Return the share of cell keys with which a rule lets the cells of rows pass."""
    cells = count(rows, query, b"key", policy)
    context = RuleContext(query=query, policy=policy, noise=noise_of(policy))
    return mean(
        not PRIMARY_RULES[rule].sensitive_cells(
            [replace(c, cell_key=1000 * i + key) for i, c in enumerate(cells)], context
        )
        for key in KEYS
    )


@pytest.mark.parametrize("rows", [1, 3], ids=["one row", "many rows"])
@pytest.mark.parametrize("few", [some_true, some_at_bound], ids=["rate", "mean"])
def test_no_subject_decides_at_the_edge_of_m(few, rows):
    """From never to always over twice the noise; one subject more changes little."""
    policy = bounded_policy(rows)
    shares = {
        n: passed(Rule.GROUP_DISCLOSURE, few(n, rows), FLAT, policy)
        for n in range(M - 2, ENOUGH + BOUND + 2)
    }

    assert shares[M - 2] == shares[M - 1] == shares[M] == 0
    assert shares[ENOUGH + BOUND] == 1
    steps = [shares[n + 1] - shares[n] for n in range(M - 2, ENOUGH + BOUND)]
    # One subject more decides with the probability of one noise.
    likely = float(max(bounded_distribution(noise_of(policy), 1).values()))
    assert max(steps) <= likely + 4 * math.sqrt(likely * (1 - likely) / len(KEYS))


def test_without_a_bound_the_edge_is_exact():
    """As the limits say of the other modes."""
    policy = Policy(protection=Protection.PERTURBED)

    assert [
        passed(Rule.GROUP_DISCLOSURE, some_true(n), FLAT, policy) for n in (M - 1, M)
    ] == [0, 1]


def test_the_guard_asks_the_rule():
    """A cell whose noise is too low is suppressed by it, and others are not."""
    found = figures_of(some_true(ENOUGH), bounded_policy(1), range(30))

    assert {f for f in found if isinstance(f, Rule)} == {Rule.GROUP_DISCLOSURE}
    assert any(not isinstance(f, Rule) for f in found)


@pytest.mark.parametrize("cell_key", range(50))
def test_the_noise_that_decides_about_a_rate_is_the_published_one(cell_key):
    """Two noises of one number of trues would have a smaller average."""
    policy = bounded_policy(1, count_base=1, rate_digits=6)
    rows = some_true(150)
    (cell,) = count(rows, FLAT, b"key", policy)
    noisy = NoisyCell(replace(cell, cell_key=cell_key), FLAT, policy, noise_of(policy))

    above, below = noisy.subjects_off_bounds("fraud")

    with_value, total = noisy.column("fraud")
    assert above == total
    assert below == with_value - total


def test_subjects_off_a_bound_have_noise_of_their_own():
    """Of a mean, and of a rate over several rows: nothing published is that number."""
    policy = bounded_policy(3)
    (cell,) = count(some_true(150, rows=2), FLAT, b"key", policy)
    noisy = NoisyCell(cell, FLAT, policy, noise_of(policy))
    own = cell.subjects[FLAT.subjects[0].label].columns

    for name in ("fraud", "amount", "balance"):
        above, below = noisy.subjects_off_bounds(name)
        again = NoisyCell(cell, FLAT, policy, noise_of(policy))
        assert (above, below) == again.subjects_off_bounds(name)
        assert abs(above - own[name].subjects_above) <= BOUND
        assert abs(below - own[name].subjects_below) <= BOUND
        assert {type(above), type(below)} == {Fraction}


# --- l-diversity -------------------------------------------------------------------

_DIVERSE = contract_toml(
    payments='illness = { dimension = ["yes", "no"], sensitive = true }',
    group_by=("region", "illness"),
    measures='n = { function = "count" }',
)
ILL = Contract.from_toml(_DIVERSE)
BY_ILLNESS = resolve(ILL, ILL.output("segments"))


def line(ill, healthy=300):
    """Return cards of one region, of which some have the other illness."""
    return [
        *payments(ill, 1, name="i", illness="yes"),
        *payments(healthy, 1, name="h", illness="no"),
    ]


def test_no_subject_decides_about_a_line():
    """A value counts once its noisy number of subjects is far enough above m."""
    policy = bounded_policy(1)
    shares = {
        ill: passed(Rule.L_DIVERSITY, line(ill), BY_ILLNESS, policy)
        for ill in range(M - 1, ENOUGH + BOUND + 1)
    }

    assert shares[M - 1] == shares[M] == 0
    assert shares[ENOUGH + BOUND] == 1
    assert max(shares[n + 1] - shares[n] for n in list(shares)[:-1]) < 0.3
