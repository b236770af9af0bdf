"""
Perturbed figures: unbiased, never below k, the same for the same people, and secret.

Whether a cell is published is decided as without noise; the figures are held against a
second implementation that starts from rows.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import itertools
import random
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from statistics import correlation, fmean, pvariance

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, DifferencingAction, Policy, Protection
from cleanroom_join.contract import resolve as resolved
from cleanroom_join.disclosure import Rule, protect, rows_digest
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, ConfirmedHead, next_entry
from cleanroom_join.disclosure.perturbation.draw import Draw, Noise
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract_toml
from tests.reference.perturbed_reference import (
    cell_key_of,
    record_key,
    reference_figures,
    rows_by_cell,
)
from tests.reference.statistics import cells_of, items_of
from tests.support.examples import examples
from tests.support.noise_variance import realised_variance
from tests.support.plain_tables import items, query
from tests.support.row_tables import KINDS_OF_SUBJECT, QUESTION, TABLES, rows_of
from tests.unit.disclosure.test_differencing import (
    Room,
    assert_apart,
    people,
    signature_of,
)
from tests.unit.disclosure.test_release_sequences import changed

ROOT = Path(__file__).parents[3]
KEY = hashlib.sha256(b"key of the noise").digest()
PERTURBED = Policy(protection=Protection.PERTURBED)
KEYS = 2**32
MANY = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck)
)
GROUPED = {
    "group_by": ["region", "illness"],
    "domains": {"region": ["north", "south"], "illness": [1, 2]},
}
AMOUNT = {"column": "amount", "min": 0, "max": 1000, "scale": 2}
MEASURES = [
    {"name": "record_count", "function": "count"},
    {"name": "fraud_rate", "function": "rate", "column": "fraud"},
    {"name": "mean_amount", "function": "mean", **AMOUNT},
    {"name": "total_amount", "function": "sum", **AMOUNT},
    {"name": "shops", "function": "count_distinct", "column": "shop"},
]


def noise_of(policy=PERTURBED, key=KEY):
    """Return the noise of a policy."""
    return Noise.of(policy, key)


def policies():
    """Return a strategy of perturbed policies of every variance, bound, k and base."""
    return st.builds(
        Policy,
        protection=st.just(Protection.PERTURBED),
        perturbation_variance=st.decimals(1, 36, places=2),
        max_noise=st.integers(10, 16),
        min_cohort=st.integers(100, 112),
        count_base=st.sampled_from([1, 2, 5, 7, 10]),
    )


def guard(rows, policy=PERTURBED, key=KEY, asked=QUESTION):
    """Ask the guard about rows, with the cell keys of their cards."""
    cells = rows_by_cell(rows, **GROUPED)
    keyed = [
        dataclasses.replace(
            cell, cell_key=cell_key_of(r["card"] for r in cells[cell.labels])
        )
        for cell in cells_of(rows, asked, KINDS_OF_SUBJECT)
    ]
    return protect(keyed, asked, policy, noise_key=key)


def keyed_items(leaves, asked):
    """Return the statistics of sets of people by leaf, with fingerprints and keys."""
    signatures = {leaf: signature_of(who) for leaf, who in leaves.items()}
    counts = {leaf: len(who) for leaf, who in leaves.items()}
    return [
        dataclasses.replace(
            cell,
            cell_key=cell_key_of(
                person
                for leaf, who in leaves.items()
                if cell.labels in items_of(leaf, asked)
                for person in who
            ),
        )
        for cell in items(counts, asked, prints=signatures)
    ]


def draws_of(noise, count):
    """Return a draw and its weight for each noise of a count."""
    weights = [w for _, w in noise.table.weights(count)]
    starts = [0, *accumulate(weights)][:-1]
    return [
        (Draw(noise=start, rounding=0, within=0), weight)
        for start, weight in zip(starts, weights, strict=True)
        if weight
    ]


# --- what noise is ----------------------------------------------------------------


@MANY
@given(policies(), st.integers(0, 3000), st.integers(1, 500))
def test_counts_have_the_tables_mean_and_variance(policy, above, unit):
    """Exactly: zero bias, the declared variance, and nothing below the floor."""
    noise = noise_of(policy)
    count = noise.table.floor + above
    step = max(1, min(unit, above // policy.max_noise))
    steps = noise.table.floor + above // step

    found = [
        (noise.perturb_count(count, d, unit), w) for d, w in draws_of(noise, steps)
    ]

    assert sum(value * w for value, w in found) == count * KEYS
    assert min(value for value, _ in found) >= noise.table.floor
    assert max(abs(v - count) for v, _ in found) <= step * policy.max_noise
    variance = Fraction(sum((v - count) ** 2 * w for v, w in found), KEYS)
    assert variance == step**2 * realised_variance(noise.table, steps)
    if above // step >= policy.max_noise:
        declared = Fraction(policy.perturbation_variance)
        assert abs(variance / step**2 - declared) < declared / 10**6


@given(policies(), st.integers(100, 5000))
def test_rounding_adds_nothing_on_average(policy, count):
    """Each neighbour as often as it is near, to within one draw of 2**32."""
    noise = noise_of(policy)
    base, floor = noise.base, noise.table.floor

    def at(place):
        return noise.rounded(count, Draw(noise=0, rounding=place, within=0))

    if count < floor:
        assert {at(0), at(KEYS - 1)} == {floor}
        return
    rest = count % base
    ups = -(-rest * KEYS // base)
    assert at(KEYS - 1) == count - rest
    assert ups == 0 or at(ups - 1) == count - rest + base
    assert ups == KEYS or at(ups) == count - rest
    assert at(0) % base == 0
    assert at(KEYS - 1) >= floor


@MANY
@given(
    policies(),
    st.integers(-(10**9), 10**9),
    st.fractions(0, 10**6),
    st.fractions(0, 10**6),
)
def test_other_figures_have_symmetric_noise_inside_their_room(
    policy, value, room, unit
):
    """Exactly: zero bias, the declared variance in steps, and strictly inside."""
    noise = noise_of(policy)
    far = noise.table.floor + policy.max_noise
    step = min(unit, room / (policy.max_noise + 1))

    found = [
        (noise.perturb_magnitude(value, room, unit, d), w)
        for d, w in draws_of(noise, far)
    ]

    assert sum(v * w for v, w in found) == value * KEYS
    assert all(abs(v - value) < room or room == 0 for v, _ in found)
    variance = sum((v - value) ** 2 * w for v, w in found) / KEYS
    assert variance == step**2 * realised_variance(noise.table, far)


def test_draws_are_spread_as_the_table_says():
    """Over many cells: mean 0, variance 4; and two figures of a cell are unrelated."""
    noise = noise_of()
    rng = random.Random(1)
    cells = [rng.randrange(KEYS) for _ in range(4000)]

    sizes, rows = (
        [noise.perturb_count(1000, noise.draw(c, of, 1000)) - 1000 for c in cells]
        for of in (("subjects", "card"), ("rows", "payments"))
    )

    for found in (sizes, rows):
        assert abs(fmean(found)) < 0.15
        assert abs(pvariance(found) - 4) < 0.5
    assert abs(correlation(sizes, rows)) < 0.06
    share = sum((w / KEYS) ** 2 for _, w in noise.table.weights(1000))
    equal = fmean(one == other for one, other in zip(sizes, rows, strict=True))
    assert abs(equal - share) < 0.03


@given(st.integers(0, KEYS - 1), st.integers(100, 10**6))
def test_whatever_changes_moves_the_draw(cell_key, value):
    """Cell, quantity, value and key; each by itself."""
    one = noise_of().draw(cell_key, ("rows", "payments"), value)

    others = [
        noise_of().draw((cell_key + 1) % KEYS, ("rows", "payments"), value),
        noise_of().draw(cell_key, ("rows", "transfers"), value),
        noise_of().draw(cell_key, ("total", "payments"), value),
        noise_of().draw(cell_key, ("rows", "payments"), value + 1),
        noise_of(key=bytes(32)).draw(cell_key, ("rows", "payments"), value),
    ]

    assert one not in others
    assert len({(d.noise, d.rounding) for d in others}) == len(others)


# --- what the guard makes of it ---------------------------------------------------


@settings(MANY, max_examples=examples(300))
@given(TABLES, policies())
def test_the_figures_agree_with_the_reference(drawn, policy):
    """Figure by figure, from rows, in every cell that is published."""
    rows = rows_of(drawn)
    cells = rows_by_cell(rows, **GROUPED)
    table = noise_of(policy).table
    rounding = {"count": policy.count_base, "rate_digits": policy.rate_digits}

    for published in guard(rows, policy).published:
        expected = reference_figures(
            cells[published.labels],
            table,
            KEY,
            "payments",
            subjects=KINDS_OF_SUBJECT,
            measures=MEASURES,
            policy={"rounding": rounding},
        )
        assert tuple(map(Fraction, published.figures)) == expected


def test_the_comparison_above_compares():
    """The generated tables have cells that are published, with noise that is seen."""
    seen = []

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(TABLES)
    def look(drawn):
        rows = rows_of(drawn)
        plain = guard(rows, Policy())
        seen.extend(zip(guard(rows).published, plain.published, strict=True))

    look()
    assert len(seen) > 20
    for place in range(6):
        assert any(a.figures[place] != b.figures[place] for a, b in seen)


@settings(MANY, max_examples=examples(300))
@given(TABLES, policies())
def test_the_rules_decide_as_without_noise(drawn, policy):
    """Noise never publishes a cell, and never withholds one, or says another reason."""
    rows = rows_of(drawn)
    plain = dataclasses.replace(policy, protection=Protection.THRESHOLD)

    one, other = guard(rows, policy), guard(rows, plain)

    assert [c.labels for c in one.published] == [c.labels for c in other.published]
    assert one.suppressed == other.suppressed


@settings(MANY, max_examples=examples(300))
@given(TABLES, policies(), st.integers(0, 20))
def test_raising_k_never_publishes_more(drawn, policy, more):
    """What was withheld at k is withheld above it."""
    rows = rows_of(drawn)
    stricter = dataclasses.replace(policy, min_cohort=policy.min_cohort + more)

    less = {cell.labels for cell in guard(rows, stricter).published}

    assert less <= {cell.labels for cell in guard(rows, policy).published}


@MANY
@given(TABLES, policies(), st.binary(min_size=32, max_size=32))
def test_published_figures_are_possible_ones(drawn, policy, key):
    """Counts from k in multiples of the base, rates between 0 and 1, means in bounds."""
    for cell in guard(rows_of(drawn), policy, key).published:
        size, count, rate, mean, amount, shops = cell.figures
        for value in (size, count, shops):
            assert value >= policy.min_cohort
            assert value % policy.count_base == 0
        assert 0 < rate <= 1  # rounding may reach 1
        assert 0 < mean <= 1000
        assert amount > 0


@MANY
@given(TABLES, st.integers())
def test_the_order_of_rows_does_not_matter(drawn, seed):
    """Permuting rows changes not one byte."""
    rows = rows_of(drawn)
    shuffled = random.Random(seed).sample(rows, len(rows))

    one, other = guard(rows), guard(shuffled)

    assert one == other
    assert rows_digest(one.columns, one.rows) == rows_digest(other.columns, other.rows)


def test_the_same_people_have_the_same_size_in_every_output():
    """By whatever they are grouped, as a cell or as a total, and by any name."""
    who = people(0, 500)
    seen = set()
    for dims, totals, key in (
        ("a", "[]", ("a1",)),
        ("b", "[]", ("b1",)),
        ("ab", '[["a"]]', ("a1", "(all)")),
        ("ba", "[]", ("b1", "a1")),
    ):
        asked, _ = query(dims, totals)
        leaf = tuple(f"{d}1" for d in dims)
        table = protect(keyed_items({leaf: who}, asked), asked, PERTURBED, None, KEY)
        seen |= {c.figures for c in table.published if c.labels == key}

    assert len(seen) == 1


def test_what_is_told_twice_has_one_noise():
    """Subjects counted again, and rows where each subject has one, are the same."""
    measures = (
        'cards = { function = "count_distinct", column = "card" }\n'
        'n = { function = "count" }'
    )
    text = contract_toml(measures=measures, group_by=("age_band",)).replace(
        'table = "signals.payments"',
        'table = "signals.payments"\none_row_per = "card"',
    )
    contract = Contract.from_toml(text)
    asked = resolved(contract, contract.output("segments"))
    policy = dataclasses.replace(PERTURBED, count_base=1)
    plain = items({("a1",): 777}, query("a", "[]")[0])

    for cell_key in range(10):
        cells = [dataclasses.replace(plain[0], labels=("old",), cell_key=cell_key)]
        (cell,) = protect(cells, asked, policy, None, KEY).published
        assert len(set(cell.figures)) == 1


def test_who_has_many_rows_of_little_is_hidden_too():
    """One card has a fifth of the rows and almost nothing of the sum: it moves the mean."""
    rows = [
        {
            "card": "many" if i % 5 == 0 else f"c{i % 301}",
            "shop": f"s{i % 211}",
            "region": "north",
            "illness": i % 2 + 1,
            "fraud": i % 3 == 0,
            "amount": Decimal("0.01") if i % 5 == 0 else Decimal(20 + i % 7),
        }
        for i in range(1400)
    ]
    exact = {c.labels: c.figures for c in guard(rows, _exact()).published}
    rng = random.Random(5)
    cells = cells_of(rows, QUESTION, KINDS_OF_SUBJECT)
    means = {key: [] for key in exact}

    for _ in range(300):
        keyed = [dataclasses.replace(c, cell_key=rng.randrange(KEYS)) for c in cells]
        for cell in protect(keyed, QUESTION, PERTURBED, None, KEY).published:
            means[cell.labels].append(float(cell.figures[3]))

    assert len(exact) == 2
    for key, found in means.items():
        # As if two such cards came or left, within the distance to the bound.
        assert pvariance(found) ** 0.5 > float(exact[key][3]) / 7


def test_one_opt_out_moves_the_key_and_the_noise():
    """Whoever leaves, and whoever comes instead."""
    who = people(0, 300)
    noise = noise_of()
    draws = set()

    for gone in range(50):
        left = (who - {gone}) | {1000}
        draws.add(noise.draw(cell_key_of(left), ("subjects", "card"), 300).noise)

    draws.add(noise.draw(cell_key_of(who), ("subjects", "card"), 300).noise)
    assert len(draws) == 51
    assert cell_key_of(who - {7}) == (cell_key_of(who) - record_key(7)) % KEYS


def test_a_total_is_not_the_sum_of_its_cells():
    """It has its own noise, and the answer says so."""
    asked, _ = query("a", '"all"')
    leaves = {(f"a{i}",): people(1000 * i, 400 + i) for i in range(1, 6)}
    policy = dataclasses.replace(PERTURBED, count_base=1)

    table = protect(keyed_items(leaves, asked), asked, policy, None, KEY)

    sizes = {cell.labels[0]: cell.figures[0] for cell in table.published}
    assert sizes.pop("(all)") != sum(sizes.values())


def test_every_figure_is_right_on_average():
    """Counts, rates, means and sums alike, over many cells of the same figures."""
    rows = [
        {
            "card": f"c{i % 301}",
            "shop": f"s{i % 211}",
            "region": "north",
            "illness": i % 2 + 1,
            "fraud": i % 5 == 0,
            "amount": Decimal(i % 90) + Decimal("0.37"),
        }
        for i in range(1400)
    ]
    cells = cells_of(rows, QUESTION, KINDS_OF_SUBJECT)
    policy = dataclasses.replace(PERTURBED, rate_digits=6)
    exact = {c.labels: c.figures for c in protect(cells, QUESTION, _exact()).published}
    rng = random.Random(5)
    errors = {(key, place): [] for key in exact for place in range(6)}

    for _ in range(3000):
        keyed = [dataclasses.replace(c, cell_key=rng.randrange(KEYS)) for c in cells]
        for cell in protect(keyed, QUESTION, policy, None, KEY).published:
            for place, (noisy, true) in enumerate(
                zip(cell.figures, exact[cell.labels], strict=True)
            ):
                errors[cell.labels, place].append(float(noisy - true))

    assert len(exact) == 2
    for (key, place), found in errors.items():
        standard_error = (pvariance(found) / len(found)) ** 0.5
        assert standard_error > 0, (key, place)
        assert abs(fmean(found)) < 4 * standard_error, (key, place)


def _exact():
    """Return a policy that rounds as little as there is."""
    return Policy(count_base=1, rate_digits=6)


def test_two_figures_that_differ_by_one_person_hardly_tell_it():
    """Who knows that one came or left, and subtracts, is often wrong about which."""
    asked, _ = query("a", "[]")
    right = dict.fromkeys(Protection, 0)
    for number in range(300):
        left = number % 2 == 0
        start = 10_000 * number
        everybody = people(start, 200 + number % 7)
        now = everybody - {start} if left else everybody | {start + 9999}
        for protection in Protection:
            policy = Policy(protection=protection, count_base=1)
            before, after = (
                protect(keyed_items({("a1",): who}, asked), asked, policy, None, KEY)
                .published[0]
                .figures[0]
                for who in (everybody, now)
            )
            right[protection] += (before > after) == left

    assert right[Protection.THRESHOLD] == 300
    assert 150 < right[Protection.PERTURBED] < 225  # about 0.64 of 300


# --- without a key, and over time -------------------------------------------------


@pytest.mark.parametrize("missing", ["noise key", "cell key"])
def test_without_a_key_nothing_is_published(missing):
    """Noise that cannot be drawn is not left out: its figures are."""
    asked, _ = query("a", "[]")
    cells = keyed_items({("a1",): people(0, 300), ("a2",): people(1000, 50)}, asked)
    if missing == "cell key":
        cells = [dataclasses.replace(cell, cell_key=None) for cell in cells]
    key = None if missing == "noise key" else KEY

    table = protect(cells, asked, PERTURBED, None, key)

    assert table.published == ()
    assert [c.rule for c in table.suppressed] == [Rule.MISSING_NOISE, Rule.THRESHOLD]


def test_a_key_of_another_length_is_refused():
    """An empty key would be one that everybody knows."""
    with pytest.raises(InternalError):
        noise_of(key=b"")


def test_without_perturbation_a_key_changes_nothing():
    """The threshold's figures are rounded and nothing else."""
    asked, policy = query("a", "[]")
    cells = keyed_items({("a1",): people(0, 301)}, asked)

    assert protect(cells, asked, policy, None, KEY) == protect(cells, asked, policy)
    assert Noise.of(policy, KEY) is None


def test_nothing_of_the_noise_has_a_repr():
    """Who knows a draw can take the noise away."""
    noise = noise_of()

    for secret in (noise, noise.draw(1, ("subjects", "card"), 200)):
        shown = repr(secret).split(" at 0x")[0]
        assert not any(character.isdigit() for character in shown)


@pytest.mark.parametrize("action", DifferencingAction)
def test_small_changes_repeat_what_was_published(action):
    """Nobody left: the same noise; one left: the old figures or none; 150: new ones."""
    asked, _ = query("a", "[]")
    policy = dataclasses.replace(PERTURBED, differencing=action, count_base=1)
    leaves = {("a1",): people(0, 400), ("a2",): people(1000, 400)}
    first_cells = keyed_items(leaves, asked)
    first = protect(first_cells, asked, policy, None, KEY)
    entry = next_entry(
        GENESIS,
        asked,
        first,
        {cell.labels: cell.signature for cell in first_cells},
        contract_sha256="0" * 64,
        as_of=dt.date(2030, 1, 1),
    )
    before = {cell.labels: cell.figures for cell in first.published}

    def after(gone):
        changed = leaves | {("a1",): people(gone, 400 - gone)}
        cells = keyed_items(changed, asked)
        table = protect(cells, asked, policy, history_of([entry]), KEY)
        return {cell.labels: cell.figures for cell in table.published}

    repeated = before if action is DifferencingAction.REPEAT else {}
    assert after(0) == before
    assert after(1).get(("a1",)) == repeated.get(("a1",))
    assert after(1)["a2",] == before["a2",]
    assert abs(after(150)["a1",][0] - 250) <= policy.max_noise
    assert after(150)["a2",] == before["a2",]


class NoisyRoom(Room):
    """Releases with noise, one after another, and the true sets beside."""

    def release(self, leaves, asked=None):
        """Release a table of sets of people by leaf; return the guarded table."""
        asked = asked or self.asked
        cells = keyed_items(leaves, asked)
        table = protect(cells, asked, self.policy, history_of(self.entries), KEY)
        entry = next_entry(
            self.end,
            asked,
            table,
            {cell.labels: cell.signature for cell in cells},
            contract_sha256="0" * 64,
            as_of=dt.date(2030, 1, 1),
        )
        self.entries.append(entry)
        self.end = ConfirmedHead(run=entry.run, head="0" * 64)
        self._remember(entry.run, leaves, asked, table)
        return table


@pytest.mark.parametrize("action", DifferencingAction)
def test_twenty_perturbed_releases_tell_of_nobody(action):
    """Joins, opt-outs and moves between them: the rules hold, and noise follows people."""
    rng = random.Random(11)
    asked, _ = query("ab", '"all"')
    policy = dataclasses.replace(PERTURBED, differencing=action, count_base=1)
    room = NoisyRoom(asked, policy)
    keys = list(itertools.product(("a1", "a2", "a3"), ("b1", "b2")))
    leaves = {
        key: set(people(10_000 * i, rng.randint(50, 700))) for i, key in enumerate(keys)
    }
    spare = itertools.count(1_000_000)
    figures = {}

    for _ in range(20):
        table = room.release(leaves)
        _, shown, _ = room.shown[-1]
        for cell in table.published:
            who = shown[cell.labels]
            assert figures.setdefault(who, cell.figures) == cell.figures
            assert abs(cell.figures[0] - len(who)) <= policy.max_noise
            assert cell.figures[0] >= policy.min_cohort
        leaves = changed(rng, leaves, spare)

    assert_apart(room)
    assert len(figures) > len(leaves)


def test_asking_again_averages_nothing_away():
    """Asking again under other names, orders and totals shows one noise only."""
    policy = dataclasses.replace(PERTURBED, count_base=1)
    noises = []
    for size in range(440, 450):
        shown = set()
        for dims in itertools.permutations("abc"):
            asked, _ = query("".join(dims), "[[]]")
            leaf = tuple(f"{d}1" for d in dims)
            cells = keyed_items({leaf: people(0, size)}, asked)
            table = protect(cells, asked, policy, None, KEY)
            shown |= {cell.figures[0] for cell in table.published}
        (one,) = shown
        noises.append(one - size)

    assert len(set(noises)) > 2
