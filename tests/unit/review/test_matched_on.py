"""What a report says of several kinds of subject: steps, and nothing that adds up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.review import MatchedOn, SubjectCounts
from cleanroom_join.review.matched_on import matched_on_texts

K = 100


def texts(first, later, unmatched=0, shown=None):
    """Return what a report says of a match on card, else person."""
    kinds = (("card", first), ("person", later))
    found = MatchedOn(kinds=kinds, unmatched=unmatched)
    return matched_on_texts(found, K, first + later if shown is None else shown)


def test_a_few_are_as_good_as_none():
    """No report tells zero from 99."""
    assert len({texts(1000, few, few) for few in (0, 1, 99)}) == 1
    assert texts(1000, 0, 0)[1:] == (
        "on person: fewer than 100",
        "not matched, although a token is in both tables: fewer than 100",
    )


def test_the_rest_is_no_small_number():
    """Nearly all were matched on person: nobody learns how few on card."""
    assert len({texts(few, 2005 - few) for few in range(100)}) == 1
    assert texts(5, 2000)[1] == "on person: 1,000 or more"


def test_a_small_join_states_nothing():
    """Below 2 k either kind has fewer than k, and the report does not say which."""
    assert len({texts(few, 150 - few) for few in range(151)}) == 1


@given(later=st.integers(0, 10**6), total=st.integers(2 * K, 10**6))
def test_beside_an_exact_total_no_kind_is_a_few(later, total):
    """The step of the later kinds is k away from all subjects, or below k."""
    later = min(later, total)

    said = texts(total - later, later)[1].removeprefix("on person: ")

    if said != "fewer than 100":
        step = int(said.removesuffix(" or more").replace(",", ""))
        assert step <= min(later, total - K)


def test_what_is_not_shown_moves_no_step():
    """Not by who is in suppressed cells, nor by who left while figures are repeated."""
    assert len({texts(199, few, shown=195) for few in (0, 1, 40)}) == 1
    assert len({texts(0, now, shown=295) for now in (300, 299)}) == 1


def test_an_entry_gives_back_what_it_got():
    """A deferred release tells later what the run found."""
    plain = SubjectCounts(tables=(("payments", 900), ("accounts", 800)), matched=700)
    kinds = (("card", 500), ("person", 200))
    both = SubjectCounts(
        tables=plain.tables,
        matched=700,
        matched_on=MatchedOn(kinds=kinds, unmatched=3),
    )

    assert plain.document == (("payments", 900), ("accounts", 800), ("", 700))
    assert SubjectCounts.read(plain.document) == plain
    assert SubjectCounts.read(both.document) == both
