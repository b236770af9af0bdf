"""What is left of a sum obeys the rules of a cell that is published."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import protect
from cleanroom_join.disclosure.suppression.residuals import ResidualCheck
from cleanroom_join.testing import contract_toml
from tests.reference.attackers import Adder
from tests.reference.split_tables import MEAN, RATE, SHOP, ask, cells, people, rated
from tests.support.plain_tables import items

ONE, TWO, THREE = ("a1", "b1"), ("a2", "b1"), ("a3", "b1")


def is_sensitive(measures, groups, **more):
    """Return whether some groups of people would not be published as one cell."""
    asked, policy = ask("ab", measures, **more)
    leaves = dict(zip((ONE, TWO, THREE), groups, strict=False))
    counted = {cell.labels: cell for cell in cells(leaves, asked)}
    return ResidualCheck(counted, asked, policy).is_sensitive(frozenset(leaves))


@pytest.mark.parametrize(
    ("groups", "is_weak"),
    [
        ([], False),
        ([rated(500, 500)], True),
        ([rated(30, 30), rated(20, 20)], False),
        ([rated(30, 30), rated(20, 19)], True),
        ([rated(300, 0), rated(0, 300)], False),
        ([rated(300, 4), rated(300, 5)], True),
        ([rated(300, 5), rated(300, 5)], False),
        ([rated(49, 50, 100), rated(0, 0, 100)], True),
    ],
)
def test_a_rest_is_asked_like_a_cell(groups, is_weak):
    """Nothing tells nothing; one cell is known; of others k people, m on each side."""
    assert is_sensitive(RATE, groups) is is_weak


def test_both_bounds_of_a_mean_are_asked():
    """Nine are above the lowest value, or below the highest."""
    for end, other in ((-2, 3), (3, -2)):
        assert is_sensitive(
            MEAN, [people({end: 200, other: 4}), people({end: 200, other: 5})]
        )
        assert not is_sensitive(
            MEAN, [people({end: 200, other: 5}), people({end: 99, other: 5})]
        )


def test_other_subjects_may_be_the_same_in_all():
    """Sixty shops here and sixty there are sixty, if they are the same."""
    assert is_sensitive(RATE, [rated(200, 200, 0, range(60))] * 2, **SHOP)
    assert not is_sensitive(RATE, [rated(200, 200, 0, range(120))] * 2, **SHOP)


def test_one_illness_does_not_follow_from_the_totals():
    """
    Everybody of two regions has one illness.

    All people less those of the other regions, and the same of that illness alone.
    """
    text = contract_toml(
        accounts='a = { dimension = ["a1", "a2", "a3", "a4"] }\n'
        'ill = { dimension = ["1", "2", "3"], sensitive = true }',
        group_by=("a", "ill"),
        totals='"all"',
        measures='n = { function = "count" }',
    )
    contract = Contract.from_toml(text)
    asked = resolve(contract, contract.output("segments"))
    counts = {("a1", "1"): 500, ("a2", "1"): 450} | {
        (a, i): 300 + int(i) for a in ("a3", "a4") for i in ("1", "2", "3")
    }

    table = protect(items(counts, asked), asked, contract.policy)

    shown = {cell.labels for cell in table.published}
    rows = [("(all)", "(all)"), ("a3", "(all)"), ("a4", "(all)")]
    assert not shown.issuperset(rows)
    assert not shown.issuperset((row, "1") for row, _ in rows)
    # Nor does the one follow from others while the other is known to be the same.
    attacker = Adder(table, list(counts), asked)
    both = [leaf for leaf in [("a1", "1"), ("a2", "1")] if leaf in attacker.unknown]
    assert len(both) == 2
    assert not attacker.knows(both)
