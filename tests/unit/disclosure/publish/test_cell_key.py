"""
Figures with cell-key noise: unbiased, the same for the same subjects, and secret.

The rules decide which cells are published as without noise.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
from decimal import Decimal
from statistics import fmean, pvariance

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import (
    Contract,
    DifferencingAction,
    Policy,
    Protection,
    resolve,
)
from cleanroom_join.disclosure import SUBJECTS, protect, rows_digest
from cleanroom_join.disclosure.perturbation.draw import Noise
from cleanroom_join.testing import contract_toml
from tests.reference.perturbed_reference import cell_key_of, record_key
from tests.support.counting import cells_of
from tests.support.examples import examples
from tests.support.noise import (
    EXACT,
    KEY,
    KEYS,
    PERTURBED,
    guard,
    noise_of,
    perturbed_policies,
)
from tests.support.plain_tables import cells_from_counts, query_over
from tests.support.row_tables import KINDS_OF_SUBJECT, QUERY, TABLES, rows_of
from tests.support.signatures import cells_from_sets, subjects
from tests.support.watched_room import WatchedRoom, next_day

MANY = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck)
)


@settings(MANY, max_examples=examples(300))
@given(TABLES, perturbed_policies())
def test_the_rules_decide_as_without_noise(drawn, policy):
    """Noise publishes no cell, suppresses none, and changes no reason."""
    rows = rows_of(drawn)
    plain = dataclasses.replace(policy, protection=Protection.THRESHOLD)

    one, other = guard(rows, policy), guard(rows, plain)

    assert [c.labels for c in one.published] == [c.labels for c in other.published]
    assert one.suppressed == other.suppressed


@MANY
@given(TABLES, st.integers())
def test_the_order_of_rows_does_not_matter(drawn, number):
    """Permuting rows changes no byte."""
    rows = rows_of(drawn)
    shuffled = random.Random(number).sample(rows, len(rows))

    one, other = guard(rows), guard(shuffled)

    assert one == other
    assert rows_digest(one.columns, one.rows) == rows_digest(other.columns, other.rows)


def test_the_same_subjects_have_the_same_size_in_every_output():
    """Grouped by any dimension, as a cell or as a total, and under any name."""
    own = subjects(0, 500)
    seen = set()
    for dims, totals, labels in (
        ("a", "[]", ("a1",)),
        ("b", "[]", ("b1",)),
        ("ab", '[["a"]]', ("a1", "(all)")),
        ("ba", "[]", ("b1", "a1")),
    ):
        query, _ = query_over(dims, totals)
        leaf = tuple(f"{d}1" for d in dims)
        table = protect(
            cells_from_sets({leaf: own}, query), query, PERTURBED, None, KEY
        )
        seen |= {c.figures for c in table.published if c.labels == labels}

    assert len(seen) == 1


def test_a_quantity_in_two_columns_has_one_noise():
    """Subjects counted again, and rows where each subject has one, are one quantity."""
    measures = (
        'cards = { function = "count_distinct", column = "card" }\n'
        'n = { function = "count" }'
    )
    text = contract_toml(measures=measures, group_by=("age_band",)).replace(
        'table = "signals.payments"',
        'table = "signals.payments"\none_row_per = "card"',
    )
    contract = Contract.from_toml(text)
    query = resolve(contract, contract.output("segments"))
    policy = dataclasses.replace(PERTURBED, count_base=1)
    (plain,) = cells_from_counts({("a1",): 777}, query_over("a", "[]")[0])

    for cell_key in range(10):
        cells = [dataclasses.replace(plain, labels=("old",), cell_key=cell_key)]
        (cell,) = protect(cells, query, policy, None, KEY).published
        assert len(set(cell.figures)) == 1


def cards_with_amounts(amount, card=None, fraud=3):
    """Return 1,400 rows of two cells."""
    return [
        {
            "card": card(i) if card else f"c{i % 301}",
            "shop": f"s{i % 211}",
            "region": "north",
            "illness": i % 2 + 1,
            "fraud": i % fraud == 0,
            "amount": amount(i),
        }
        for i in range(1400)
    ]


def test_a_subject_with_many_rows_of_little_is_hidden_too():
    """One card has a fifth of the rows and almost none of the sum: it moves the mean."""
    rows = cards_with_amounts(
        lambda i: Decimal("0.01") if i % 5 == 0 else Decimal(20 + i % 7),
        card=lambda i: "many" if i % 5 == 0 else f"c{i % 301}",
    )
    exact = {c.labels: c.figures for c in guard(rows, EXACT).published}
    rng = random.Random(5)
    cells = cells_of(rows, QUERY, KINDS_OF_SUBJECT)
    means = {labels: [] for labels in exact}

    for _ in range(300):
        keyed = [dataclasses.replace(c, cell_key=rng.randrange(KEYS)) for c in cells]
        for cell in protect(keyed, QUERY, PERTURBED, None, KEY).published:
            means[cell.labels].append(float(cell.figures[3]))

    assert len(exact) == 2
    for labels, found in means.items():
        # As if two such cards joined or left, within the distance to the bound.
        assert pvariance(found) ** 0.5 > float(exact[labels][3]) / 7


def test_one_opt_out_moves_the_cell_key_and_the_noise():
    """Any subject that leaves, and any that joins instead."""
    own = subjects(0, 300)
    noise = noise_of()
    draws = set()

    for leaving in range(50):
        left = (own - {leaving}) | {1000}
        draws.add(noise.draw(cell_key_of(left), ("subjects", "card"), 300).noise)

    draws.add(noise.draw(cell_key_of(own), ("subjects", "card"), 300).noise)
    assert len(draws) == 51
    assert cell_key_of(own - {7}) == (cell_key_of(own) - record_key(7)) % KEYS


def test_a_total_is_not_the_sum_of_its_cells():
    """It has its own noise."""
    query, _ = query_over("a", '"all"')
    leaves = {(f"a{i}",): subjects(1000 * i, 400 + i) for i in range(1, 6)}
    policy = dataclasses.replace(PERTURBED, count_base=1)

    table = protect(cells_from_sets(leaves, query), query, policy, None, KEY)

    sizes = {cell.labels[0]: cell.figures[0] for cell in table.published}
    assert sizes.pop("(all)") != sum(sizes.values())


@pytest.mark.slow
def test_every_figure_is_right_on_average():
    """Counts, rates, means and sums alike, over many cells of the same figures."""
    rows = cards_with_amounts(lambda i: Decimal(i % 90) + Decimal("0.37"), fraud=5)
    cells = cells_of(rows, QUERY, KINDS_OF_SUBJECT)
    policy = dataclasses.replace(PERTURBED, rate_digits=6)
    exact = {c.labels: c.figures for c in protect(cells, QUERY, EXACT).published}
    rng = random.Random(5)
    errors = {(labels, index): [] for labels in exact for index in range(6)}

    for _ in range(3000):
        keyed = [dataclasses.replace(c, cell_key=rng.randrange(KEYS)) for c in cells]
        for cell in protect(keyed, QUERY, policy, None, KEY).published:
            for index, (noisy, true) in enumerate(
                zip(cell.figures, exact[cell.labels], strict=True)
            ):
                errors[cell.labels, index].append(float(noisy - true))

    assert len(exact) == 2
    for (labels, index), found in errors.items():
        standard_error = (pvariance(found) / len(found)) ** 0.5
        assert standard_error > 0, (labels, index)
        assert abs(fmean(found)) < 4 * standard_error, (labels, index)


@pytest.mark.slow
def test_two_figures_that_differ_by_one_subject_hardly_reveal_it():
    """An attacker that knows of one change, and subtracts, is often wrong about which."""
    query, _ = query_over("a", "[]")
    right = dict.fromkeys(Protection, 0)
    for number in range(300):
        left = number % 2 == 0
        start = 10_000 * number
        before = subjects(start, 200 + number % 7)
        now = before - {start} if left else before | {start + 9999}
        for protection in Protection:
            policy = Policy(protection=protection, count_base=1)
            one, other = (
                protect(
                    cells_from_sets({("a1",): own}, query), query, policy, None, KEY
                )
                .published[0]
                .figures[0]
                for own in (before, now)
            )
            right[protection] += (one > other) == left

    assert right[Protection.THRESHOLD] == 300
    assert 150 < right[Protection.PERTURBED] < 225  # about 0.64 of 300


def test_without_perturbation_a_key_changes_no_figure():
    """The figures of threshold mode are rounded, and have no noise."""
    query, policy = query_over("a", "[]")
    cells = cells_from_sets({("a1",): subjects(0, 301)}, query)

    assert protect(cells, query, policy, None, KEY) == protect(cells, query, policy)
    assert Noise.of(policy, KEY) is None


@pytest.mark.parametrize("action", DifferencingAction)
def test_small_changes_repeat_the_published_figures(action):
    """If none left, the same noise; if one left, old figures or none; if 150, new ones."""
    query, _ = query_over("a", "[]")
    policy = dataclasses.replace(PERTURBED, differencing=action, count_base=1)
    leaves = {("a1",): subjects(0, 400), ("a2",): subjects(1000, 400)}
    room = GuardedRoom(policy, KEY)
    first = room.release(query, cells_from_sets(leaves, query))
    before = {cell.labels: cell.figures for cell in first.published}

    def after(leaving):
        changed = leaves | {("a1",): subjects(leaving, 400 - leaving)}
        table = room.guard(query, cells_from_sets(changed, query))
        return {cell.labels: cell.figures for cell in table.published}

    repeated = before if action is DifferencingAction.REPEAT else {}
    assert after(0) == before
    assert after(1).get(("a1",)) == repeated.get(("a1",))
    assert after(1)["a2",] == before["a2",]
    assert abs(after(150)["a1",][0] - 250) <= policy.max_noise
    assert after(150)["a2",] == before["a2",]


@pytest.mark.slow
@pytest.mark.parametrize("action", DifferencingAction)
def test_twenty_perturbed_releases_reveal_no_subject(action):
    """Joins, opt-outs and moves between them: noise follows the set of subjects."""
    rng = random.Random(11)
    query, _ = query_over("ab", '"all"')
    policy = dataclasses.replace(PERTURBED, differencing=action, count_base=1)
    room = WatchedRoom(query, policy, KEY)
    keys = list(itertools.product(("a1", "a2", "a3"), ("b1", "b2")))
    leaves = {
        key: set(subjects(700 * i, rng.randint(50, 700))) for i, key in enumerate(keys)
    }
    spare = itertools.count(5000)
    figures = {}

    for run in range(1, 21):
        table = room.release(leaves)
        published = room.shown[SUBJECTS][run].sets
        for cell in table.published:
            own = published[cell.labels]
            assert figures.setdefault(own, cell.figures) == cell.figures
            assert abs(cell.figures[0] - own.bit_count()) <= policy.max_noise
            assert cell.figures[0] >= policy.min_cohort
        leaves = next_day(rng, leaves, spare)

    assert room.pairs == 190  # each compared by `WatchedRoom.release`
    assert len(figures) > len(leaves)


def test_asking_again_averages_no_noise_away():
    """Under other names, in other orders and with other totals, the noise is the same."""
    policy = dataclasses.replace(PERTURBED, count_base=1)
    noises = []
    for size in range(440, 450):
        published = set()
        for dims in itertools.permutations("abc"):
            query, _ = query_over("".join(dims), "[[]]")
            leaf = tuple(f"{d}1" for d in dims)
            cells = cells_from_sets({leaf: subjects(0, size)}, query)
            table = protect(cells, query, policy, None, KEY)
            published |= {cell.figures[0] for cell in table.published}
        (one,) = published
        noises.append(one - size)

    assert len(set(noises)) > 2
