"""
Contributions are compared as subjects are: one case per way to hide one of them.

In each case the subjects of the cell are the same, or k or more of them came or left, so
that the set of subjects does not reveal the change.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from tests.support.plain_tables import COUNT_AND_SUM, cells_from_counts, query_over
from tests.support.signatures import signature_of, subjects
from tests.support.watched_room import WatchedRoom

LEAF = ("a1",)


def opened(action=DifferencingAction.SUPPRESS, measures=COUNT_AND_SUM):
    """Return a room that has released 300 subjects."""
    query, policy = query_over("a", "[]", measures=measures)
    room = WatchedRoom(query, replace(policy, differencing=action))
    room.release({LEAF: subjects(0, 300)})
    return room


def is_new(table):
    """Return whether the cell is published, and its figures are of today."""
    return [c.repeated_from is None for c in table.published] == [True]


@pytest.mark.parametrize("what", [{"rows": 2}, {"value": 2}, {"value": None}])
@pytest.mark.parametrize(
    ("changed", "new"), [(0, True), (1, False), (99, False), (150, True)]
)
def test_few_changed_contributions_are_as_few_who_left(what, changed, new):
    """Of none and of more than k: today's figures; of few: none, or the earlier ones."""
    for action in DifferencingAction:
        room = opened(action)
        room.change(subjects(0, changed), **what)

        table = room.release({LEAF: subjects(0, 300)})

        assert is_new(table) is new
        assert bool(table.published) is (new or action is DifferencingAction.REPEAT)


def test_many_changes_in_one_column_hide_none_in_another():
    """All subjects have another number of rows, and one has another value."""
    room = opened()
    room.change(subjects(0, 300), rows=2)
    room.change([7], value=2)

    table = room.release({LEAF: subjects(0, 300)})

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_subjects_without_values_who_leave_hide_nobody():
    """120 without a value leave, and one with a value: the sum is about that one."""
    query, policy = query_over("a", "[]", measures=COUNT_AND_SUM)
    policy = replace(policy, differencing=DifferencingAction.SUPPRESS)
    room = WatchedRoom(query, policy)
    room.change(subjects(0, 120), value=None)
    room.release({LEAF: subjects(0, 400)})

    table = room.release({LEAF: subjects(121, 279)})

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


@pytest.mark.parametrize(("changed", "new"), [(0, True), (1, False)])
def test_another_output_that_reads_the_same_column_is_compared(changed, new):
    """And the rows of one that reads no column."""
    for what in ({"rows": 2}, {"value": 2}):
        room = opened()
        more = COUNT_AND_SUM + '\nrate = { function = "mean", column = "amount" }'
        room.query, _ = query_over("a", "[]", measures=more)
        room.change(subjects(0, changed), **what)

        assert is_new(room.release({LEAF: subjects(0, 300)})) is new


def test_a_column_that_only_one_of_two_outputs_reads_is_not_compared():
    """The first published nothing of it."""
    room = opened(measures='n = { function = "count" }')
    room.change([7], value=2)
    room.query, _ = query_over("a", "[]", measures=COUNT_AND_SUM)

    assert is_new(room.release({LEAF: subjects(0, 300)}))


def test_a_cell_without_contents_is_not_published_again():
    """A cell that cannot be compared is suppressed."""
    room = opened()
    cells = cells_from_counts(
        {LEAF: 300},
        room.query,
        signatures={
            LEAF: signature_of(
                subjects(0, 300), {t: {} for t in room.query.facet_columns}
            )
        },
    )
    bare = [replace(cell, contents=None) for cell in cells]

    table = protect(
        bare, room.query, room.guarded.policy, history_of(room.guarded.entries)
    )

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]
