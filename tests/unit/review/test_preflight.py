"""The match rate: noise decides close to the contract's, and one error names all causes."""

from __future__ import annotations

import hashlib
import itertools
from decimal import Decimal
from statistics import mean

import pytest

from cleanroom_join.attacks import Mode
from cleanroom_join.contract import Policy, resolve
from cleanroom_join.disclosure.perturbation.match_count import perturbed_matches
from cleanroom_join.errors import NoOverlap
from cleanroom_join.review import JoinCounts, TokenCounts, check_counts
from cleanroom_join.testing import contract

QUERY = resolve(contract(), contract().output("segments"))
KEY = hashlib.sha256(b"noise").digest()
K, MOST = 100, 25
HALF = Policy(min_match_rate=Decimal("0.5"))


def counts(matched, record_key=1, subjects=1000):
    """Return counts of two tables of so many subjects."""
    tables = tuple(
        TokenCounts(
            asset=asset.name,
            column="card_token",
            malformed=0,
            raw_like=0,
            tokens=subjects,
            repeated=0,
            first_key_id="k1",
            last_key_id="k1",
        )
        for asset in QUERY.assets
    )
    return JoinCounts(joined=tables, others=(), matched=matched, record_key=record_key)


def refused(policy, key=KEY, **joined):
    """Return the text with which counts are refused; None if they are not."""
    try:
        check_counts(counts(**joined), QUERY, policy, ["k1"], key)
    except NoOverlap as error:
        return str(error)
    return None


@pytest.mark.parametrize("mode", Mode)
def test_far_from_the_rate_noise_decides_nothing(mode):
    """In every mode: noise is a quarter of k at most."""
    policy = mode.applied(HALF)
    for record_key in range(200):
        assert refused(policy, matched=500 + MOST, record_key=record_key) is None
        assert (
            refused(policy, matched=500 - MOST - 1, record_key=record_key) is not None
        )


def test_one_subject_changes_the_probability_by_little():
    """From none to all over k / 2 subjects, so that no one of them decides."""
    shares = [
        mean(refused(HALF, matched=m, record_key=r) is None for r in range(1000))
        for m in range(500 - MOST - 1, 500 + MOST + 1)
    ]

    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(abs(b - a) < 0.08 for a, b in itertools.pairwise(shares))


def test_the_same_matches_are_always_judged_alike():
    """Asking again averages nothing; as many other matches are judged anew."""
    drawn = {r: perturbed_matches(500, r, HALF, KEY) for r in range(300)}

    assert drawn == {r: perturbed_matches(500, r, HALF, KEY) for r in range(300)}
    assert (min(drawn.values()), max(drawn.values())) == (500 - MOST, 500 + MOST)
    assert len(set(drawn.values())) == 2 * MOST + 1
    others = [perturbed_matches(500, r, HALF, b"x" * 32) for r in drawn]
    assert sum(a == b for a, b in zip(drawn.values(), others, strict=True)) < 30


def test_without_a_key_the_rate_is_exact():
    """Only a rehearsal has none, and whoever rehearses owns both tables."""
    assert refused(HALF, None, matched=500) is None
    assert refused(HALF, None, matched=499) is not None


def test_with_bounded_contributions_a_small_table_is_the_same_error():
    """Or whoever knows a table of k - 1 subjects would learn whether it has one more."""
    bounded = Mode.BOUNDED.applied(Policy())

    small = [refused(bounded, matched=50, subjects=n) for n in (0, K - 1, K, 1000)]

    assert len(set(small)) == 1
    assert "E310" in small[0]
    assert "E303" in refused(Policy(), matched=50, subjects=K - 1)


@pytest.mark.parametrize("mode", Mode)
def test_too_few_and_too_rare_are_one_error(mode):
    """Telling them apart would tell how many match."""
    policy = mode.applied(HALF)

    assert refused(policy, matched=K - 1) == refused(policy, matched=K + 1)


def test_a_contract_without_a_rate_draws_no_noise():
    """Only k decides."""
    assert refused(Policy(), matched=K) is None
    assert refused(Policy(), matched=K - 1) is not None
