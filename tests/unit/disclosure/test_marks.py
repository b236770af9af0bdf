"""
What people contribute is compared as they are: one case per way to hide one of them.

In each, the people of the cell are the same or a crowd came or left, so that who is in it
does not tell.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure import ROWS, SUBJECTS, Rule, protect
from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.encoding import FORM, form_of, write_entry
from cleanroom_join.errors import InternalError
from tests.support.fingerprint_unions import together
from tests.support.plain_tables import items, query
from tests.unit.disclosure.test_differencing import people, signature_of
from tests.unit.disclosure.test_release_sequences import SUMS, Sequence

K = 100
LEAF = ("a1",)


def opened(action=DifferencingAction.SUPPRESS, measures=SUMS):
    """Return a sequence that has released 300 people."""
    asked, policy = query("a", "[]", measures=measures)
    sequence = Sequence(asked, replace(policy, differencing=action))
    sequence.release({LEAF: people(0, 300)})
    return sequence


def is_new(table):
    """Return whether the cell's figures are shown, and are of today."""
    return [c.repeated_from is None for c in table.published] == [True]


@pytest.mark.parametrize("what", [{"rows": 2}, {"value": 2}, {"value": None}])
@pytest.mark.parametrize(
    ("changed", "new"), [(0, True), (1, False), (99, False), (150, True)]
)
def test_few_who_contribute_something_else_are_as_few_who_left(what, changed, new):
    """Nobody and a crowd: today's figures; others: none, or the earlier ones."""
    for action in DifferencingAction:
        sequence = opened(action)
        sequence.change(people(0, changed), **what)

        table = sequence.release({LEAF: people(0, 300)})

        assert is_new(table) is new
        assert bool(table.published) is (new or action is DifferencingAction.REPEAT)


def test_a_crowd_that_changes_elsewhere_hides_nobody():
    """Everybody has another number of rows, and one another value: column by column."""
    sequence = opened()
    sequence.change(people(0, 300), rows=2)
    sequence.change([7], value=2)

    table = sequence.release({LEAF: people(0, 300)})

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_a_crowd_without_values_that_leaves_hides_nobody():
    """120 who have none leave, and one who has some: the sum is about that one."""
    asked, policy = query("a", "[]", measures=SUMS)
    policy = replace(policy, differencing=DifferencingAction.SUPPRESS)
    sequence = Sequence(asked, policy)
    sequence.change(people(0, 120), value=None)
    sequence.release({LEAF: people(0, 400)})

    table = sequence.release({LEAF: people(121, 279)})

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


@pytest.mark.parametrize(("changed", "new"), [(0, True), (1, False)])
def test_another_output_that_reads_the_same_column_is_compared(changed, new):
    """And the rows of one that reads none."""
    for what in ({"rows": 2}, {"value": 2}):
        sequence = opened()
        more = SUMS + '\nrate = { function = "mean", column = "amount" }'
        sequence.asked, _ = query("a", "[]", measures=more)
        sequence.change(people(0, changed), **what)

        assert is_new(sequence.release({LEAF: people(0, 300)})) is new


def test_a_column_that_only_one_of_two_outputs_reads_is_not_compared():
    """The first knew nothing of it."""
    sequence = opened(measures='n = { function = "count" }')
    sequence.change([7], value=2)
    sequence.asked, _ = query("a", "[]", measures=SUMS)

    assert is_new(sequence.release({LEAF: people(0, 300)}))


def test_who_changes_alike_in_two_cells_leaves_a_trace():
    """No word of the sum differs, but the sum of the hashes does."""
    one, two = (dict.fromkeys(people(200 * i, 200), 1) for i in (0, 1))

    def sum_with(rows):
        return together([signature_of(cell | {999: rows}) for cell in (one, two)])

    before, now = sum_with(1), sum_with(2)

    assert before.facets[ROWS].words == now.facets[ROWS].words
    assert before.facets[SUBJECTS] == now.facets[SUBJECTS]
    assert trace_of(before).is_close(trace_of(now), K)
    assert not trace_of(before).is_close(trace_of(sum_with(1)), K)


def test_what_is_left_of_a_total_is_compared_too():
    """One of the rest has another row: not of the parts taken away."""
    part, rest = (dict.fromkeys(people(200 * i, 200), 1) for i in (0, 1))

    def left(rows):
        return trace_of(signature_of(part | rest | {300: rows})) - trace_of(
            signature_of(part)
        )

    assert (left(1) - trace_of(signature_of(rest))).is_zero
    assert left(1).is_close(left(2), K)
    assert not left(1).is_close(trace_of(signature_of(rest)), K)


def trace_of(signature):
    """Return the trace of people's rows."""
    return FingerprintSum.alone(signature.facets[ROWS])


def test_a_cell_without_contents_is_not_published_again():
    """What cannot be compared is not shown."""
    sequence = opened()
    cells = items(
        {LEAF: 300},
        sequence.asked,
        prints={
            LEAF: signature_of(
                people(0, 300), {t: {} for t in sequence.asked.facet_columns}
            )
        },
    )
    bare = [replace(cell, contents=None) for cell in cells]

    table = protect(bare, sequence.asked, sequence.policy, history_of(sequence.entries))

    assert [c.rule for c in table.suppressed] == [Rule.DIFFERENCING]


def test_contents_of_other_columns_are_a_bug():
    """A cell has all aspects of the question, or none."""
    asked, policy = query("a", "[]", measures=SUMS)
    counted, _ = query("a", "[]")
    (cell,) = items({LEAF: 300}, counted, prints={LEAF: signature_of(people(0, 300))})

    with pytest.raises(InternalError):
        protect([replace(cell, contents={})], counted, policy)
    assert set(asked.facet_columns) == {"payments.amount decimal 0 to 100000 by 1e-2"}


def test_an_entry_says_its_form():
    """An entry of the first form said none."""
    header, *_ = write_entry(opened().entries[0])

    assert form_of(header) == FORM
    assert form_of(b'{"run":1}') is None
    assert form_of(b"[]") is None
