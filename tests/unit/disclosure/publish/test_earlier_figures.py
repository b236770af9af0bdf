"""A figure with noise that the ledger holds is shown as it was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import Policy, Protection
from tests.support.plain_tables import COUNT_AND_SUM, query_over
from tests.support.signatures import cells_from_sets, subjects

KEY = b"k" * 32
QUERY, _ = query_over("a", "[]", measures=COUNT_AND_SUM)
PERTURBED = Policy(protection=Protection.PERTURBED, count_base=1)
BOUNDED = replace(PERTURBED, contribution_rows=1)
LEAVES = {(f"a{i}",): subjects(1000 * i, 290 + i) for i in range(1, 4)}


def released(room, query=QUERY, leaves=LEAVES):
    """Release sets of subjects; return the published figures by labels."""
    table = room.release(query, cells_from_sets(leaves, query))
    return {cell.labels: cell.figures for cell in table.published}


@pytest.mark.parametrize("policy", [PERTURBED, BOUNDED], ids=["perturbed", "bounded"])
def test_other_noise_in_a_revision_changes_no_figure(policy):
    """Whatever variance and largest noise it has; elsewhere it changes some."""
    room = GuardedRoom(policy, KEY)
    first = released(room)
    fresh = []
    for variance, bound in ((1, 10), (9, 12), (25, 25), (36, 30)):
        room.policy = replace(
            policy, perturbation_variance=Decimal(variance), max_noise=bound
        )
        assert released(room) == first
        fresh.append(released(GuardedRoom(room.policy, KEY)))

    assert len(first) == len(LEAVES)
    assert any(figures != first for figures in fresh)


def test_a_figure_of_another_query_is_shown_as_it_was():
    """Its cell has another label and another query; its subjects are the same."""
    room = GuardedRoom(PERTURBED, KEY)
    first = released(room)
    room.policy = replace(PERTURBED, perturbation_variance=Decimal(36), max_noise=30)
    query, _ = query_over("b", "[]", measures='n = { function = "count" }')

    sizes = released(room, query, {("b1",): LEAVES["a3",]})

    assert sizes["b1",][0] == first["a3",][0]


def test_a_coarser_rounding_rounds_the_earlier_figure():
    """What is shown follows from the earlier figure alone, so it discloses nothing."""
    room = GuardedRoom(PERTURBED, KEY)
    first = released(room)
    room.policy = replace(
        PERTURBED, count_base=10, perturbation_variance=Decimal(36), max_noise=30
    )

    for labels, (size, *_) in released(room).items():
        assert size % 10 == 0
        assert abs(size - first[labels][0]) <= 5


def test_other_subjects_get_noise_of_the_revision():
    """Of k or more that came and left."""
    room = GuardedRoom(PERTURBED, KEY)
    released(room)
    room.policy = replace(PERTURBED, perturbation_variance=Decimal(36), max_noise=30)
    others = {c: frozenset(s + 9000 for s in own) for c, own in LEAVES.items()}

    assert released(room, leaves=others) == released(
        GuardedRoom(room.policy, KEY), leaves=others
    )


def test_exact_figures_are_computed():
    """Without noise there is nothing to average, and rounding hides nothing."""
    room = GuardedRoom(
        replace(PERTURBED, protection=Protection.THRESHOLD, count_base=5)
    )
    coarse = released(room)
    room.policy = replace(room.policy, count_base=1)

    assert released(room) != coarse
