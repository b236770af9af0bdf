"""The attacker's problem, against programs that ask for every limit by itself."""

from __future__ import annotations

import random
from functools import cache
from math import inf

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure.model.layout import layout_of
from cleanroom_join.disclosure.suppression import feasibility
from cleanroom_join.disclosure.suppression.feasibility import (
    Directions,
    intervals_of,
    rows_of,
    too_narrow,
)
from cleanroom_join.disclosure.suppression.known_sums import known_sums
from cleanroom_join.disclosure.suppression.narrow_set import narrow_set
from cleanroom_join.disclosure.suppression.solver import Program
from tests.reference.levels import cells_containing, contains
from tests.support.equations import limits, marginal_equations
from tests.support.examples import examples
from tests.support.plain_tables import leaves_of, query_over

NEAR = 1e-3


def decided(rows, values, targets, needed):
    """Return the intervals that are too short, of unknowns of at least zero."""
    program = Program(rows, values, 0.0 * values, np.full(len(values), inf))
    reached = np.zeros(len(needed)), np.zeros(len(needed))
    return too_narrow(program, targets, np.array(needed, dtype=float), reached, values)


def expected(rows, values, targets, needed):
    """Return by quantity what its interval lacks."""
    ends = [limits(rows, values, weights) for weights in targets.toarray()]
    return [
        least - (high - low) for (low, high), least in zip(ends, needed, strict=True)
    ]


@cache
def marginal_problem(seed):
    """Return a table's attacker's problem, and what each interval lacks."""
    values, rows = marginal_equations(seed)
    draws = random.Random(seed)
    several = [sorted(draws.sample(range(len(values)), 3)) for _ in range(8)]
    targets = rows_of([*([i] for i in range(len(values))), *several], len(values))
    needed = [draws.choice([10, 100, 150]) for _ in range(targets.shape[0])]
    return rows, values, targets, needed, expected(rows, values, targets, needed)


@pytest.mark.parametrize("singly", [0, 8, 1000])
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 6))]
)
def test_intervals_are_as_wide_together_as_alone(seed, singly, monkeypatch):
    """In any company: whether many are solved together, some or none."""
    monkeypatch.setattr(feasibility, "_MAX_SOLVED_SINGLY", singly)
    rows, values, targets, needed, lacking = marginal_problem(seed)

    found, _ = decided(rows, values, targets, needed)

    gaps = {each.target: each.gap for each in found}
    assert 8 < len(gaps) < len(needed) - 8
    for number, gap in enumerate(lacking):
        if abs(gap) > NEAR:
            assert (number in gaps) is (gap > 0)
        if number in gaps:
            assert gaps[number] == pytest.approx(gap, abs=NEAR)


@pytest.mark.parametrize("seed", range(4))
def test_subtracted_unknowns_count(seed):
    """In two tables, every sum of two unknowns is an unknown of the other table."""
    draws = random.Random(seed)
    values, rows = [], []
    for i in range(6):
        pair = draws.randint(0, 200), draws.randint(0, 200)
        values += [*pair, sum(pair)]
        rows.append({3 * i: 1.0, 3 * i + 1: 1.0, 3 * i + 2: -1.0})
    for offset in range(3):
        lines = (range(0, 6, 2), range(1, 6, 2), range(4))
        rows += [{3 * i + offset: 1.0 for i in line} for line in lines]
    values = np.array(values, dtype=float)
    targets = rows_of([[i] for i in range(len(values))], len(values))
    needed = [draws.choice([50, 200, 400]) for _ in values]

    found, _ = decided(rows, values, targets, needed)

    too_certain = {each.target for each in found}
    lacking = expected(rows, values, targets, needed)
    assert 0 < len(too_certain) < len(needed)
    for number, gap in enumerate(lacking):
        if abs(gap) > NEAR:
            assert (number in too_certain) is (gap > 0)


def test_what_directions_have_shown_is_not_asked_again():
    """They are ways to other tables, and some intervals are long enough by them."""
    rows, values, targets, needed, _ = marginal_problem(0)
    everything = np.arange(len(values))
    seen = Directions(len(values))
    first, found = decided(rows, values, targets, needed)
    for direction in found:
        seen.add(everything, direction)
    sums = rows_of([sorted(row) for row in rows], len(values))
    reached = intervals_of(seen.remaining(sums, everything), targets)
    program = Program(rows, values, 0.0 * values, np.full(len(values), inf))

    again, more = too_narrow(program, targets, np.array(needed), reached, values)

    assert len(seen.remaining(sums, everything)) == len(found)
    assert [each.target for each in again] == [each.target for each in first]
    rounds = feasibility._MAX_IDLE_ROUNDS + len(first)
    assert len(more) <= 2 * rounds < len(found)


@settings(max_examples=examples(100), deadline=None)
@given(st.randoms())
def test_directions_that_remain_move_no_sum_and_no_published_leaf(draws):
    """A direction stays one for every table in which it moves what is suppressed."""
    leaves = 8
    seen = Directions(leaves)
    added = []
    for _ in range(30):
        one, other = draws.sample(range(leaves), 2)
        direction = np.zeros(leaves)
        direction[[one, other]] = draws.choice([(5.0, -5.0), (5.0, 5.0)])
        added.append(direction)
        seen.add(np.arange(leaves), direction)
    suppressed = sorted(draws.sample(range(leaves), 5))
    known = [draws.sample(range(5), draws.randint(1, 5)) for _ in range(2)]

    found = seen.remaining(rows_of(known, 5), np.array(suppressed))

    may_stay = [
        direction[suppressed].tolist()
        for direction in added
        if set(np.flatnonzero(direction)) <= set(suppressed)
        and all(sum(direction[suppressed][i] for i in row) == 0 for row in known)
    ]
    assert found.tolist() == may_stay


def test_the_latest_directions_are_kept(monkeypatch):
    """The others are found again if they are needed."""
    monkeypatch.setattr(feasibility, "_KEPT", 3)
    seen = Directions(2)

    for size in range(1, 6):
        seen.add(np.arange(2), np.array([size, -size], dtype=float))

    sums = rows_of([[0, 1]], 2)
    left = seen.remaining(sums, np.arange(2))
    assert left.tolist() == [[3, -3], [4, -4], [5, -5]]
    assert [x.tolist() for x in intervals_of(left, rows_of([[0], [1]], 2))] == [
        [0, -5],
        [5, 0],
    ]


SHAPES = st.sampled_from([(5,), (6,), (2, 2), (2, 3), (3, 3), (2, 2, 2)])


class Audited:
    """A small table of which some cells are published, and its narrow intervals."""

    def __init__(self, counts, is_published):
        self.query, _ = query_over("abc"[: len(next(iter(counts)))])
        self.counts = {leaf: n for leaf, n in counts.items() if n}
        cells = {c for leaf in self.counts for c in cells_containing(leaf, self.query)}
        self.layout = layout_of(cells, self.query)
        self.published = {c for c in sorted(cells, key=repr) if is_published(c)}
        self.values = np.array([float(n) for n in self.counts.values()])

    def narrow_ones(self):
        """Yield suppressed leaves that are too certain, each with what discloses it."""
        known = known_sums(self.layout, self.published, self.layout.aggregates)
        here = list(known.limited)
        if not here:
            return
        values = np.array([float(self.counts[leaf]) for leaf in here])
        rows = [dict.fromkeys(row, 1.0) for row in known.rows]
        targets = rows_of([[i] for i in range(len(here))], len(here))
        found, _ = decided(rows, values, targets, [100.0] * len(here))
        position = {leaf: i for i, leaf in enumerate(self.layout.leaves)}
        true = np.array([float(self.counts[leaf]) for leaf in self.layout.leaves])
        for each in found:
            yield (
                here[each.target],
                narrow_set(
                    each, known, [true], position, here[each.target], frozenset()
                ),
            )

    def width(self, leaf, published):
        """Return the interval of a leaf for those who know some cells."""
        leaves = list(self.counts)
        rows = [
            {i: 1.0 for i, x in enumerate(leaves) if contains(cell, x, self.query)}
            for cell in sorted(published, key=repr)
        ]
        weights = [float(x == leaf) for x in leaves]
        low, high = limits(rows, self.values, weights)
        return high - low


def drawn(draws, shape):
    """Return a small table with most of its totals and some of its leaves."""
    sizes = [0, 5, 10, 20, 30, 60, 150, 400]
    counts = {leaf: draws.choice(sizes) for leaf in leaves_of(shape)}
    assume(any(counts.values()))
    return Audited(
        counts, lambda cell: draws.random() < (0.6 if cell in counts else 0.8)
    )


def test_shares_are_what_each_cell_could_add():
    """Five and five are between 0 and 10; suppressed, 30 would add a third of 90."""
    sizes = {"a1": 5, "a2": 5, "a3": 30, "a4": 40, "a5": 50, "a6": 200}
    audited = Audited(
        {(a,): n for a, n in sizes.items()}, lambda c: sizes.get(c[0]) != 5
    )

    found = dict(audited.narrow_ones())

    assert found.keys() == {("a1",), ("a2",)}
    for each in found.values():
        shares = {cell[0]: share for cell, share in each.shares.items()}
        assert shares == pytest.approx(
            {"(all)": 1, "a3": 30 / 90, "a4": 40 / 90, "a5": 50 / 90, "a6": 1}
        )
        for suppressed in ({("a4",), ("a3",)}, {("a4",), ("a5",)}):
            width = audited.width(("a1",), audited.published - suppressed)
            assert each.is_met(suppressed) == (width >= 100 - NEAR)


@settings(
    max_examples=examples(400), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.randoms(use_true_random=False), SHAPES)
def test_a_leaf_is_too_certain_unless_what_discloses_it_is_met(draws, shape):
    """
    Whatever else is suppressed, as long as the suppressed shares stay below 1.

    So no choice that the covering problem rules out would have been safe.
    """
    audited = drawn(draws, shape)
    for leaf, found in audited.narrow_ones():
        assert found.is_met(audited.published)
        for _ in range(3):
            suppressed = set()
            for cell in draws.sample(
                sorted(audited.published, key=repr), len(audited.published)
            ):
                if draws.random() < 0.7 and not found.is_met({*suppressed, cell}):
                    suppressed.add(cell)
            assert audited.width(leaf, audited.published - suppressed) < 100 - 1e-6


@settings(
    max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.randoms(use_true_random=False), SHAPES)
def test_the_cells_of_a_disclosing_set_disclose_by_themselves(draws, shape):
    """No other published cell is needed, however many there are."""
    audited = drawn(draws, shape)
    for leaf, found in audited.narrow_ones():
        assert found.shares.keys() <= audited.published
        assert audited.width(leaf, found.shares.keys()) < 100 - 1e-6
