"""
Bounded contributions: nobody changes more than the bound, and noise covers as much.

Counted by the suite's plain Python, which tests/spark hold to Spark; held against a
second implementation that works in fractions.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from statistics import pstdev

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Policy, Protection, resolve
from cleanroom_join.disclosure import Contributions, Rule, protect
from cleanroom_join.disclosure.perturbation.contribution_bound import (
    largest_sum,
    most_rows,
    scaled,
)
from cleanroom_join.disclosure.perturbation.draw import Draw, Noise
from cleanroom_join.disclosure.perturbation.noisy_cell import NoisyCell
from cleanroom_join.disclosure.primary.dominance import is_dominated
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract_toml
from tests.reference.bounded_reference import Noisy, people_by_item, quantities
from tests.support.examples import examples

KEY = hashlib.sha256(b"key of the noise").digest()
MEASURES = """
record_count = { function = "count" }
cards = { function = "count_distinct", column = "card" }
fraud_rate = { function = "rate", column = "fraud" }
mean_amount = { function = "mean", column = "amount" }
total_balance = { function = "sum", column = "balance" }
mean_balance = { function = "mean", column = "balance" }
"""
_BALANCE = 'balance = { measure = "int", min = -50, max = 20 }'


def query(**more):
    """Return a question over payments with balances."""
    contract = Contract.from_toml(
        contract_toml(payments=_BALANCE, measures=MEASURES, **more)
    )
    return resolve(contract, contract.output("segments"))


ASKED = query(
    accounts='tier = { dimension = ["t1", "t2"], parents = { t1 = "any", t2 = "any" } }',
    group_by=("region", "tier"),
    totals='"all"',
)
FLAT = query(group_by=("region",))
"""For cells of many people, with nothing above them."""
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def bounded_policy(rows=3, **more):
    """Return a policy that bounds contributions."""
    return Policy(protection=Protection.PERTURBED, contribution_rows=rows, **more)


ROW = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["north", "south", "elsewhere", None]),
        "fraud": st.sampled_from([True, False, None]),
        "amount": st.sampled_from([None, Decimal(0), Decimal("3.37"), Decimal(2000)]),
        "balance": st.sampled_from([None, -900, -50, -7, 0, 11, 20]),
    }
)
PERSON = st.tuples(
    st.lists(st.tuples(ROW, st.integers(1, 15)), min_size=1, max_size=3),
    st.sampled_from(["t1", "t2", "t9", None]),
)


def rows_of(people):
    """Return the rows of drawn people, each row as often as was drawn."""
    return [
        row | {"card_token": f"c{i}", "tier": tier}
        for i, (own, tier) in enumerate(people)
        for row, times in own
        for _ in range(times)
    ]


def by_key(rows, policy, asked=ASKED):
    """Return the statistics of every item."""
    return {cell.labels: cell for cell in count(rows, asked, b"key", policy)}


# --- the scale function --------------------------------------------------------------


@given(
    st.integers(-(10**15), 10**15),
    st.integers(1, 10**7),
    st.integers(1, 1000),
    st.integers(0, 2**32 - 1),
)
def test_scaling_is_the_mean_times_the_bound(total, rows, most, place):
    """To one of the whole numbers around it; untouched where nothing is over the bound."""
    found = scaled(total, rows, most, place)
    exact = Fraction(total, rows) * most

    if rows <= most:
        assert found == total
    else:
        assert found == floor(exact + Fraction(place % rows, rows))
        assert abs(found - exact) < 1


@given(st.integers(-(10**6), 10**6), st.integers(2, 300), st.integers(1, 299))
def test_rounding_adds_nothing_on_average(total, rows, most):
    """Over all places exactly; a rate of people who are true now and then stays a rate."""
    most = min(most, rows - 1)

    assert sum(scaled(total, rows, most, p) for p in range(rows)) == total * most


@given(st.integers(-1000, 1000), st.integers(0, 2000), st.integers(1, 300), st.data())
def test_scaled_sums_are_sums_of_values_within_bounds(low, width, rows, data):
    """So nobody's contribution exceeds the bound times the largest value."""
    total = data.draw(st.integers(low * rows, (low + width) * rows))
    most, place = data.draw(st.integers(1, 300)), data.draw(st.integers(0, 2**32 - 1))
    held = min(rows, most)

    assert low * held <= scaled(total, rows, most, place) <= (low + width) * held


# --- what one person changes ---------------------------------------------------------


@MANY
@given(st.lists(PERSON, min_size=1, max_size=6), st.integers(1, 12))
def test_nobody_changes_more_than_the_bound(people, most):
    """Whoever comes or leaves, in every cell, coarser cell and total, before noise."""
    policy = bounded_policy(most)
    others = rows_of(people[:-1])
    without, with_them = by_key(others, policy), by_key(rows_of(people), policy)

    assert without.keys() <= with_them.keys()
    for key, cell in with_them.items():
        before = without.get(key)
        label = ASKED.subjects[0].label
        was = before.subjects[label].subjects if before else 0
        assert cell.subjects[label].subjects - was in (0, 1)
        assert 0 <= cell.rows - (before.rows if before else 0) <= most
        for name, column in ASKED.columns.items():
            now = cell.columns[name]
            then = dataclasses.asdict(before.columns[name]) if before else Counter()
            assert 0 <= now.rows - then["rows"] <= most
            assert 0 <= now.clamped - then["clamped"] <= most
            assert abs(now.total - then["total"]) <= largest_sum(column, most)
        if before == cell:
            continue
        assert cell.subjects[label].rows.largest <= most


@MANY
@given(st.lists(PERSON, min_size=1, max_size=6), st.integers(1, 12), st.randoms())
def test_counting_agrees_with_fractions_in_any_order(people, most, rng):
    """Every item's quantities; the order of rows changes not one of them."""
    rows = rows_of(people)
    expected = people_by_item(rows, ASKED, "card_token")
    shuffled = rng.sample(rows, len(rows))

    found = by_key(rows, bounded_policy(most))

    assert found == by_key(shuffled, bounded_policy(most))
    assert found.keys() == expected.keys()
    for key, cell in found.items():
        subjects, n, columns = quantities(expected[key], ASKED, most)
        assert (cell.subjects["card"].subjects, cell.rows) == (subjects, n)
        assert {name: (c.rows, c.total) for name, c in cell.columns.items()} == columns


@MANY
@given(st.lists(PERSON, min_size=1, max_size=6))
def test_a_bound_that_nobody_reaches_changes_nothing(people):
    """Nor does one without noise, which no contract has."""
    rows = rows_of(people)
    unbounded = by_key(rows, None)

    assert by_key(rows, bounded_policy(1000)) == unbounded
    assert by_key(rows, Policy(contribution_rows=1)) == unbounded


def test_where_tables_have_one_row_per_subject_the_bound_is_one():
    """Noise for rows that nobody can have would be for nothing."""
    text = contract_toml().replace(
        'table = "signals.payments"', 'table = "signals.payments"\none_row_per = "card"'
    )
    contract = Contract.from_toml(text)
    asked = resolve(contract, contract.output("segments"))

    assert most_rows(asked, bounded_policy(7)) == 1
    assert most_rows(ASKED, bounded_policy(7)) == 7
    assert most_rows(ASKED, Policy()) is None


# --- what noise covers ---------------------------------------------------------------


def noise_of(policy):
    """Return the noise of a policy."""
    return Noise.of(policy, KEY)


def distribution(noise, step):
    """Return how likely each noise of a quantity is, of all draws."""
    found = Counter()
    start = 0
    for _, weight in noise.table.weights(noise.table.floor + noise.table.bound):
        for place in range(step if weight else 0):
            within = ceil(Fraction(place * 2**64, step))
            draw = Draw(noise=start, rounding=0, within=within)
            found[noise.perturb_bounded(0, step, draw)] += Fraction(
                weight, 2**32 * step
            )
        start += weight
    return found


@pytest.mark.parametrize("variance", ["1", "4", "36"])
@pytest.mark.parametrize("step", [1, 2, 5, 12])
def test_whether_one_person_is_there_is_hidden_as_declared(variance, step):
    """Whatever they contribute: nobody tells both worlds apart more often than this."""
    noise = noise_of(bounded_policy(perturbation_variance=Decimal(variance)))
    chances = distribution(noise, step)
    _, top = max(
        noise.table.weights(noise.table.floor + noise.table.bound), key=lambda w: w[1]
    )

    assert sum(chances.values()) == 1
    assert sum(value * chance for value, chance in chances.items()) == 0
    assert all(chances[-value] == chance for value, chance in chances.items())
    for shift in range(1, step + 1):
        places = {*chances, *(value + shift for value in chances)}
        apart = sum(abs(chances[v] - chances[v - shift]) for v in places) / 2
        assert apart <= Fraction(top, 2**32)
    assert apart == Fraction(top, 2**32)  # the whole step, which is the declared bound


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.integers(1, 10**12))
def test_noise_is_within_the_bound_and_as_fine_as_the_quantity(place, within, step):
    """So that no remainder shows: every place within a step is one noise."""
    noise = noise_of(bounded_policy())
    draw = Draw(noise=place, rounding=0, within=within)

    found = noise.perturb_bounded(7, step, draw) - 7

    assert abs(found) <= step * noise.table.bound + Fraction(step - 1, 2)
    assert (found + Fraction(step - 1, 2)).denominator == 1


def crowd(size=300, rows=2, name="c", **facts):
    """Return so many people with so many rows each in one cell."""
    ordinary = {"region": "north", "age_band": "old", "balance": 5}
    return [
        ordinary
        | {
            "card_token": f"{name}{i}",
            "fraud": (i + j) % 3 == 0,
            "amount": Decimal(i % 90),
        }
        | facts
        for i in range(size)
        for j in range(rows)
    ]


def one_cell(rows, policy, cell_key=1):
    """Return the guarded figures of the only cell, or why there are none."""
    return shown(count(rows, FLAT, b"key", policy), policy, cell_key)


def shown(cells, policy, cell_key):
    """Return what the guard makes of the only cell, with another key."""
    (cell,) = (dataclasses.replace(cell, cell_key=cell_key) for cell in cells)
    table = protect([cell], FLAT, policy, None, KEY)
    return table.published[0].figures if table.published else table.suppressed[0].rule


def figures_of(rows, policy, cell_keys):
    """Return the figures of the only cell with each of some keys."""
    cells = count(rows, FLAT, b"key", policy)
    return [shown(cells, policy, cell_key) for cell_key in cell_keys]


@given(st.integers(1, 6), st.sampled_from([1, 5]), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_figures_agree_with_the_reference(most, base, cell_key):
    """Figure by figure, from rows."""
    rows = crowd(rows=4) + crowd(20, 60, balance=-50, amount=Decimal("700.25"))
    policy = bounded_policy(most, count_base=base)
    noisy = Noisy(noise_of(policy).table, KEY, cell_key, most, policy)
    people = people_by_item(rows, FLAT, "card_token")["north",]
    subjects, n, columns = quantities(people, FLAT, most)
    found = {
        name: noisy.column(
            column, f"payments.{name}", columns[name], "card", "payments"
        )
        for name, column in FLAT.columns.items()
    }
    expected = (
        noisy.subjects(subjects, "card"),
        noisy.published(*noisy.rows(n, "card", "payments")),
        noisy.subjects(subjects, "card"),
        noisy.figure(found["fraud"][1] / found["fraud"][0]),
        noisy.figure(found["amount"][1] / found["amount"][0]),
        noisy.figure(found["balance"][1]),
        noisy.figure(found["balance"][1] / found["balance"][0]),
    )

    assert tuple(map(Fraction, one_cell(rows, policy, cell_key))) == tuple(
        map(Fraction, expected)
    )


def test_where_everybody_counts_for_one_row_rows_are_subjects():
    """With one noise, or else their average would have less."""
    policy = bounded_policy(1)

    for size, rows, cards, *_ in figures_of(crowd(rows=7), policy, range(50)):
        assert size == rows == cards


def test_noise_does_not_tell_who_is_there():
    """Its deviation is the same in a cell of little and with one extreme person."""
    policy = bounded_policy(4, count_base=1, rate_digits=6)
    usual = crowd(rows=1, amount=Decimal(1)) + crowd(30, 1, amount=Decimal(2))
    marked = [*usual, *crowd(1, 500, name="target", amount=Decimal(1000))]
    spreads = []
    for rows in (usual, marked):
        found = figures_of(rows, policy, range(400))
        spreads.append([pstdev(float(f[i]) for f in found) for i in (0, 1, 3)])

    for plain, with_target in zip(*spreads, strict=True):
        assert abs(plain - with_target) < 0.12 * plain


def test_other_bounds_have_other_noise():
    """Two revisions of a contract with one draw would show the exact figure."""
    rows = crowd(rows=1)
    small, large = (bounded_policy(n, count_base=1) for n in (2, 4))

    errors = [
        [figures[1] - 300 for figures in figures_of(rows, policy, range(200))]
        for policy in (small, large)
    ]

    exact = [2 * one - other for one, other in zip(*errors, strict=True)]
    assert sum(abs(x) <= 4 for x in exact) < 100  # all of them, were it one draw


# --- what rules decide ---------------------------------------------------------------


def test_nobody_is_made_dominant():
    """Neither by rows nor by a value; the same person withholds the cell otherwise."""
    heavy = crowd(1, 9000, name="target", amount=Decimal(1000))
    one_value = crowd(1, 1, name="target", amount=Decimal(1000))
    poor = crowd(amount=Decimal(0)) + crowd(20, 1, "r", amount=Decimal("0.01"))

    for marked in (heavy, one_value):
        plain = one_cell([*poor, *marked], Policy())
        perturbed = one_cell([*poor, *marked], Policy(protection=Protection.PERTURBED))
        assert plain == perturbed
        assert plain is Rule.DOMINANCE
        for most in (1, 10):
            assert isinstance(one_cell([*poor, *marked], bounded_policy(most)), tuple)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_spread_is_dominated_where_noise_covers_it(largest, second, rest):
    """In a cell, and in what is left of a total."""
    second, largest = sorted((largest, second))
    spread = Contributions(
        total=largest + second + rest, largest=largest, second=second
    )

    assert not is_dominated(spread, bounded_policy())


def test_nobody_is_marked_by_values_outside_the_bounds():
    """One person's do not withhold a cell; those of a crowd do."""
    outside = crowd(1, 50, name="target", amount=Decimal(99_999))
    large = crowd(3000, 3) + crowd(1500, 3, "r", amount=Decimal(99_999))

    assert one_cell([*crowd(), *outside], Policy()) is Rule.CLAMPING
    for found in figures_of([*crowd(), *outside], bounded_policy(20), range(40)):
        assert isinstance(found, tuple)
    for found in figures_of(large, bounded_policy(3), range(40)):
        assert found is Rule.CLAMPING


def test_the_rules_about_people_stay():
    """Fewer than k, and all but m alike."""
    assert one_cell(crowd(99), bounded_policy()) is Rule.THRESHOLD
    alike = one_cell(crowd(fraud=True), bounded_policy())
    assert alike is Rule.GROUP_DISCLOSURE


# --- the edge of k --------------------------------------------------------------------


@settings(MANY, max_examples=examples(300))
@given(
    st.integers(95, 125),
    st.integers(0, 30),
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
)
def test_a_cell_is_there_if_its_noisy_count_is_far_enough(size, without, most, key):
    """For subjects, and for those with a value: with that of rows, if one each."""
    rows = crowd(size, 2) + crowd(without, 2, "v", amount=None)
    policy = bounded_policy(most)
    noisy = Noisy(noise_of(policy).table, KEY, key, most, policy)
    everybody, valued = size + without, size
    blurred = [everybody + noisy.noise(noisy.digits("subjects", "card", everybody), 1)]
    if without:
        own = ("valued", "payments.amount") if most > 1 else ("subjects", "card")
        digits = noisy.digits(*own, valued)
        blurred.append(valued + noisy.noise(digits, 1))

    found = one_cell(rows, policy, key)

    assert isinstance(found, tuple) == (valued >= 100 and min(blurred) >= 110)
    if not isinstance(found, tuple):
        assert found is Rule.THRESHOLD


@settings(MANY, max_examples=examples(300))
@given(st.integers(100, 140), st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_raising_k_never_publishes_more(size, more, key):
    """Property 2: the noise of a count does not depend on k, so no cell comes back."""
    rows = crowd(size, 1)
    strict = bounded_policy(2, min_cohort=100 + more)

    if isinstance(one_cell(rows, strict, key), tuple):
        assert isinstance(one_cell(rows, bounded_policy(2), key), tuple)


@pytest.mark.parametrize("variance", ["1", "4", "36"])
def test_whether_a_cell_is_there_tells_little_of_one_person(variance):
    """At every size; below k it is never there, and just above it hardly ever."""
    policy = bounded_policy(perturbation_variance=Decimal(variance), max_noise=30)
    noise = noise_of(policy)
    chances = distribution(noise, 1)
    top = max(chances.values())
    there = [
        sum(chance for value, chance in chances.items() if size + value >= 130)
        for size in range(90, 175)
    ]

    assert set(there[:10]) == {0}
    assert there[10] < Fraction(1, 10**6)  # k people
    assert set(there[-14:]) == {1}
    assert max(b - a for a, b in itertools.pairwise(there)) == top
    assert there == sorted(there)


def test_the_published_count_is_the_one_that_decided():
    """So that whether a cell is there tells nothing that its count does not."""
    policy = bounded_policy(count_base=1)

    found = figures_of(crowd(112), policy, range(300))
    shown = [figures for figures in found if isinstance(figures, tuple)]

    assert 0 < len(shown) < 300
    assert min(size for size, *_ in shown) == 110


@pytest.mark.parametrize("missing", ["noise key", "cell key"])
def test_without_a_key_nothing_is_published(missing):
    """Bounds without noise hide nobody."""
    policy = bounded_policy()
    cells = [
        dataclasses.replace(cell, cell_key=None if missing == "cell key" else 1)
        for cell in count(crowd(), FLAT, b"key", policy)
    ]
    key = None if missing == "noise key" else KEY

    table = protect(cells, FLAT, policy, None, key)

    assert table.published == ()
    assert {c.rule for c in table.suppressed} == {Rule.MISSING_NOISE}


def test_figures_without_a_bound_are_refused():
    """Noise of a size that nobody declared is no noise."""
    policy = Policy(protection=Protection.PERTURBED)
    (cell,) = count(crowd(), FLAT, b"key", policy)

    with pytest.raises(InternalError):
        NoisyCell(cell, FLAT, policy, noise_of(policy))


@settings(MANY, max_examples=examples(300))
@given(st.integers(100, 140), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_published_figures_are_possible_ones(size, most, cell_key):
    """Counts from k in multiples of the base, rates from 0 to 1, means within bounds."""
    figures = one_cell(crowd(size, 3), bounded_policy(most), cell_key)
    if not isinstance(figures, tuple):
        assert figures is Rule.THRESHOLD
        assert size < 120  # k, and twice the bound
        return
    people, rows, cards, rate, amount, total, balance = figures

    for counted in (people, rows, cards):
        assert counted >= 100
        assert counted % 5 == 0
    assert 0 <= rate <= 1
    assert 0 <= amount <= 1000
    assert -50 <= balance <= 20
    assert total * balance >= 0


def test_figures_are_right_on_average_far_from_their_limits():
    """Counts and sums, over many cells of the same figures."""
    rng = random.Random(3)
    policy = bounded_policy(2, count_base=1, rate_digits=6)
    rows = crowd(2000, 2)
    exact = (2000, 4000, 20_000)
    found = figures_of(rows, policy, [rng.randrange(2**32) for _ in range(600)])

    for place, true in zip((0, 1, 5), exact, strict=True):
        errors = [float(f[place]) - true for f in found]
        assert abs(sum(errors) / 600) < 4 * pstdev(errors) / 600**0.5
