"""The policy: limits, the floor of k, and the strictest of all wishes."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import (
    COHORT_FLOOR,
    Contract,
    Policy,
    PolicyOverrides,
    Protection,
    strictest,
)
from cleanroom_join.contract.terms.settings import SETTINGS, Stricter
from cleanroom_join.disclosure.perturbation.ptable import ptable
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml


def test_the_policy_has_a_floor_in_code():
    """No way of making a policy sets k below 100."""
    with pytest.raises(ContractError) as caught:
        Policy(min_cohort=COHORT_FLOOR - 1)

    assert [p.code for p in caught.value.problems] == ["E114"]


def overrides():
    """Return a strategy of one party's wishes."""
    values = {
        s.name: st.integers(int(s.limits.minimum), int(s.limits.maximum))
        if s.limits.whole
        else st.decimals(s.limits.minimum, s.limits.maximum, places=2)
        for s in SETTINGS
    }
    wishes = st.fixed_dictionaries({}, optional=values)
    return st.builds(
        lambda w, p: PolicyOverrides(values=tuple(w.items()), protection=p),
        wishes,
        st.none() | st.sampled_from(Protection),
    )


@given(st.lists(overrides(), max_size=4), st.randoms())
def test_the_order_of_the_parties_does_not_matter(wishes, random):
    """The strictest policy is the same in any order of wishes, and if one is repeated."""
    shuffled = [*wishes, *wishes[:1]]
    random.shuffle(shuffled)

    assert strictest(Policy(), wishes) == strictest(Policy(), shuffled)


@given(overrides(), overrides())
def test_the_effective_policy_grants_every_wish(one, other):
    """Setting by setting it is at least as strict as the wish of each party."""
    policy = strictest(Policy(), [one, other])

    for setting in SETTINGS:
        for wish in (one, other):
            wished = dict(wish.values).get(setting.name)
            effective = getattr(policy, setting.name)
            if wished is not None:
                higher = setting.stricter is Stricter.HIGHER
                assert effective >= wished if higher else effective <= wished
    noise = Protection.PERTURBED in (one.protection, other.protection)
    assert (policy.protection is Protection.PERTURBED) == noise


def test_a_partys_stricter_wish_wins():
    """The policy of a party in the contract file is part of the effective policy."""
    text = contract_toml(policy="min_cohort = 120").replace(
        'role = "collaborator"',
        'role = "collaborator"\npolicy = { min_cohort = 150, rounding = { rate_digits = 2 }, dominance = { share = 0.95 } }',
    )

    policy = Contract.from_toml(text).policy

    assert (policy.min_cohort, policy.rate_digits, policy.dominance_share) == (
        150,
        2,
        Decimal("0.90"),
    )


@pytest.mark.parametrize(
    ("shared", "wished", "effective"),
    [
        ("threshold", "threshold", Protection.THRESHOLD),
        ("threshold", "perturbed", Protection.PERTURBED),
        ("perturbed", "threshold", Protection.PERTURBED),
        ("perturbed", "perturbed", Protection.PERTURBED),
    ],
)
def test_noise_is_the_stricter_protection(shared, wished, effective):
    """Either party gets it by wishing for it."""
    text = contract_toml(policy=f'protection = "{shared}"')
    wish = f'policy = {{ protection = "{wished}" }}'

    for role in ("creator", "collaborator"):
        asked = text.replace(f'role = "{role}"', f'role = "{role}"\n{wish}')
        assert Contract.from_toml(asked).policy.protection is effective


def test_the_larger_noise_is_the_stricter_one():
    """The variance of one party and the bound of the other hold together."""
    text = contract_toml(policy="perturbation = { variance = 2.5 }")
    for role, wish in (("creator", "variance = 9"), ("collaborator", "max_noise = 12")):
        policy = f"policy = {{ perturbation = {{ {wish} }} }}"
        text = text.replace(f'role = "{role}"', f'role = "{role}"\n{policy}')

    policy = Contract.from_toml(text).policy

    assert (policy.perturbation_variance, policy.max_noise) == (9, 12)
    assert Contract.from_toml(contract_toml()).policy.perturbation_variance == 4
    assert Contract.from_toml(contract_toml()).policy.protection is Protection.THRESHOLD


BOUNDED = 'protection = "perturbed"\ncontribution = { rows = 5 }'


def test_either_party_may_bound_contributions():
    """One asks for the noise, the other for the bound; the larger bound holds."""
    text = contract_toml(policy="contribution = { rows = 3 }")
    for role, wish in (
        ("creator", 'protection = "perturbed"'),
        ("collaborator", "contribution = { rows = 7 }"),
    ):
        text = text.replace(
            f'role = "{role}"', f'role = "{role}"\npolicy = {{ {wish} }}'
        )

    policy = Contract.from_toml(text).policy

    assert policy.contribution_bounded
    assert policy.contribution_rows == 7


def test_a_bound_is_part_of_the_digest():
    """A bound of 0 is no bound, and another document than one without a bound."""
    noise = Contract.from_toml(contract_toml(policy='protection = "perturbed"'))
    bounds = [
        Contract.from_toml(contract_toml(policy=BOUNDED.replace("5", rows)))
        for rows in ("0", "5", "6")
    ]

    assert len({agreed.digest for agreed in (noise, *bounds)}) == 4
    assert [agreed.policy.contribution_bounded for agreed in (noise, *bounds)] == [
        False,
        False,
        True,
        True,
    ]
    assert not Policy(contribution_rows=5).contribution_bounded


def test_where_contributions_are_bounded_only_joined_subjects_are_counted():
    """Nothing bounds what another kind of subject contributes, so it is refused."""
    shops = {
        "subjects": '[subjects.shop]\nkind = "account"',
        "payments": 'shop_token = { subject = "shop" }',
    }
    Contract.from_toml(contract_toml(policy='protection = "perturbed"', **shops))

    with pytest.raises(ContractError) as caught:
        Contract.from_toml(contract_toml(policy=BOUNDED, **shops))

    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("E121", "outputs.segments.join")
    assert '"payments" has subjects "shop" too' in problem


def test_more_variance_and_more_room_are_less_certain():
    """Entropy rises with both up to their limits, so the larger wish protects more."""
    limits = {s.name: (s.limits.minimum, s.limits.maximum) for s in SETTINGS}
    low, high = limits["perturbation_variance"]
    bounds = [int(x) for x in limits["max_noise"]]

    def entropy(variance, bound):
        table = ptable(variance=variance, bound=bound, floor=100)
        shares = [w / 2**32 for _, w in table.weights(1000) if w]
        return -sum(share * math.log2(share) for share in shares)

    by_variance = [entropy(v, bounds[0]) for v in (low, Decimal(4), Decimal(16), high)]
    by_bound = [entropy(high, b) for b in (bounds[0], 20, bounds[1])]
    assert by_variance == sorted(set(by_variance))
    assert by_bound == sorted(set(by_bound))
