"""The cheapest cells that cover all conditions, against every choice of cells."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure.suppression.disclosing_set import DisclosingSet
from cleanroom_join.disclosure.suppression.set_cover import (
    cheapest_addition,
    least_cover,
)
from tests.support.examples import examples

CELLS = [(f"a{i}",) for i in range(7)]
SHARES = st.dictionaries(
    st.sampled_from(CELLS), st.sampled_from([0.25, 0.5, 0.75, 1.0]), min_size=1
).filter(lambda shares: sum(shares.values()) >= 1)


@st.composite
def disclosing_sets(draw):
    """Draw published cells that disclose something about some suppressed ones."""
    shares = draw(SHARES)
    others = [cell for cell in CELLS if cell not in shares]
    unless = draw(st.sets(st.sampled_from(others), max_size=2)) if others else set()
    return DisclosingSet(shares, frozenset(unless))


SETS = st.lists(disclosing_sets(), min_size=1, max_size=6)
LOSSES = st.lists(st.integers(0, 40), min_size=7, max_size=7).map(
    lambda sizes: dict(zip(CELLS, sizes, strict=True))
)


def is_met(each, suppressed):
    """Return whether enough is suppressed, or one cell that it is about is not."""
    enough = sum(s for cell, s in each.shares.items() if cell in suppressed) >= 1
    return enough or any(cell not in suppressed for cell in each.unless)


def lost(suppressed, loss):
    """Return what is lost: subjects, and one for the cell itself."""
    return sum(loss[cell] + 1 for cell in suppressed)


@settings(max_examples=examples(300), deadline=None)
@given(SETS, LOSSES)
def test_no_choice_that_covers_all_conditions_loses_less(sets, loss):
    """Each set keeps its uncertainty, unless a cell that it is about is published."""
    choices = (
        frozenset(some)
        for n in range(len(CELLS) + 1)
        for some in itertools.combinations(CELLS, n)
    )
    least = min(
        lost(some, loss) for some in choices if all(is_met(s, some) for s in sets)
    )

    found = least_cover(sets, loss)

    assert all(is_met(each, found) for each in sets)
    assert lost(found, loss) == least


@settings(max_examples=examples(300), deadline=None)
@given(SETS, LOSSES, st.sets(st.sampled_from(CELLS), max_size=3))
def test_cheap_cells_are_added_until_all_conditions_are_covered(sets, loss, before):
    """What is suppressed already stays so, and nothing is added if it is enough."""
    found = cheapest_addition(sets, frozenset(before), loss)

    assert before <= found
    assert all(is_met(each, found) for each in sets)
    if all(is_met(each, before) for each in sets):
        assert found == before


@settings(max_examples=examples(100), deadline=None)
@given(SETS, LOSSES)
def test_the_order_of_conditions_does_not_matter(sets, loss):
    """Where two choices lose the same, the order of the cells decides."""
    loss = dict.fromkeys(loss, 5)

    assert least_cover(sets[::-1], loss) == least_cover(sets, loss)
