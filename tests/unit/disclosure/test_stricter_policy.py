"""
Property 2 with totals, coarser cells and a history: a stricter policy publishes less.

`test_guard` asks every setting about single leaves.  Here some cells are suppressed as
complements of others (docs/adr/0020-monotone-for-primary-rules.md).
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
from tests.reference.levels import cells_containing
from tests.support.examples import examples
from tests.support.plain_tables import COUNT_AND_SUM, cells_from_counts, query_over
from tests.support.signatures import cells_from_sets, subjects

KEYS = tuple(itertools.product(("a1", "a2", "a4"), ("b1", "b2")))
SECONDARY = (Rule.COMPLEMENTARY, Rule.DIFFERENCING)


def counted(leaves, valued, query, *, signed):
    """Return the statistics of sets, of which the first so many have a value."""
    if not signed:
        counts = {leaf: len(own) for leaf, own in leaves.items()}
        return cells_from_counts(counts, query, valued=valued)
    columns = {}
    for leaf, own in leaves.items():
        values = dict.fromkeys(sorted(own)[: valued[leaf]], 10)
        columns[leaf] = dict.fromkeys(query.facet_columns, values)
    return cells_from_sets(leaves, query, valued=valued, columns=columns)


def history_after(cells, query, policy):
    """Return the history that begins with the release of some cells."""
    room = GuardedRoom(policy)
    room.release(query, cells)
    return history_of(room.entries)


@st.composite
def cases(draw):
    """Draw a table and a query, two policies, and perhaps a history."""
    totals = draw(st.sampled_from(["[]", "[[]]", "[]", '[["a"]]']))
    above = draw(st.sampled_from(["flat", "one step", "two steps"]))
    query, policy = query_over("ab", totals, parents=above, measures=COUNT_AND_SUM)
    size = st.sampled_from([0, 5, 60, 99, 100, 105, 110, 115, 120, 150, 300])
    keys = draw(st.sampled_from([KEYS[:4], KEYS[::2], KEYS[:3], KEYS]))
    leaves = {key: subjects(300 * i, draw(size)) for i, key in enumerate(keys)}
    valued = {
        key: min(len(who), draw(st.sampled_from([400, 400, 100, 104, 109, 113])))
        for key, who in leaves.items()
    }
    loose = replace(
        policy,
        min_cohort=draw(st.integers(100, 112)),
        min_opposite=draw(st.sampled_from([10, 10, 140])),
        differencing=draw(st.sampled_from(DifferencingAction)),
    )
    strict = replace(
        loose,
        min_cohort=loose.min_cohort + draw(st.integers(0, 12)),
        min_opposite=draw(st.sampled_from([loose.min_opposite, 160])),
    )
    before = None
    if draw(st.booleans()):
        cells = counted(leaves, valued, query, signed=True)
        before = history_after(
            cells, query, draw(st.sampled_from([loose, strict, policy]))
        )
        for key in draw(st.sets(st.sampled_from(keys), min_size=1, max_size=2)):
            left = draw(st.sampled_from([1, 6, 1, 100]))
            leaves[key] = frozenset(sorted(leaves[key])[left:])
            valued[key] = max(0, min(valued[key], len(leaves[key])))
    return leaves, valued, query, (loose, strict), before


@settings(max_examples=examples(500))
@given(cases())
def test_a_primary_suppression_stays_suppressed(case):
    """
    Under every stricter policy: not new, and not as a coarser cell.

    It is repeated only if an earlier release showed it under limits no less strict
    (docs/adr/0029-keep-decisions.md).
    """
    leaves, valued, query, policies, before = case
    cells = counted(leaves, valued, query, signed=before is not None)
    loose, strict = (protect(cells, query, p, before) for p in policies)

    shown = {cell.labels for cell in strict.published if not cell.repeated_from}
    refused = {c.labels for c in loose.suppressed if c.rule not in SECONDARY}
    assert refused.isdisjoint(shown)
    for key in {key for leaf in leaves for key in cells_containing(leaf, query)}:
        under = [leaf for leaf in leaves if key in cells_containing(leaf, query)]
        size = sum(len(leaves[leaf]) for leaf in under)
        having = sum(valued[leaf] for leaf in under)
        for policy, table in zip(policies, (loose, strict), strict=True):
            if min(size, having) < policy.min_cohort or having < policy.min_opposite:
                assert key not in shown
                if key in {cell.labels for cell in table.published}:
                    (earlier,) = before.releases
                    assert earlier.limits.is_as_strict_as(PrimaryLimits.of(policy))
    if len(query.levels) == 1 and before is None:
        assert shown <= {cell.labels for cell in loose.published}


@pytest.mark.slow
def test_the_drawn_cases_reach_every_reason():
    """They have cells that come back, and others that do not, for every reason here."""
    seen = Counter()
    wanted = [
        Rule.THRESHOLD,
        Rule.GROUP_DISCLOSURE,
        Rule.COMPLEMENTARY,
        Rule.DIFFERENCING,
        "more",
        "repeated",
    ]

    # A fixed seed: `derandomize` would draw other cases whenever this text changes.
    @seed(9)
    @settings(max_examples=80, database=None)
    @given(cases())
    def look(case):
        if all(seen[x] for x in wanted):
            return
        leaves, valued, query, policies, before = case
        cells = counted(leaves, valued, query, signed=before is not None)
        loose, strict = (protect(cells, query, p, before) for p in policies)
        more = {c.labels for c in strict.published} - {
            c.labels for c in loose.published
        }
        seen.update(["more"] if more else [])
        seen.update({c.rule for c in loose.suppressed})
        seen.update(
            ["repeated"] if any(c.repeated_from for c in strict.published) else []
        )

    look()
    assert all(seen[x] for x in wanted), seen


def test_a_complement_may_come_back():
    """The case of the decision record: with two cells suppressed, no third is needed."""
    query, policy = query_over("ab", "[[]]", measures=COUNT_AND_SUM)
    sizes = {KEYS[0]: 99, KEYS[1]: 110, KEYS[2]: 120, KEYS[3]: 300, KEYS[4]: 150}
    valued = sizes | {KEYS[2]: 105}
    cells = cells_from_counts(sizes, query, valued=valued)
    tables = [protect(cells, query, replace(policy, min_cohort=k)) for k in (100, 107)]

    suppressed = [{c.labels: c.rule for c in table.suppressed} for table in tables]
    assert suppressed == [
        {KEYS[0]: Rule.THRESHOLD, KEYS[1]: Rule.COMPLEMENTARY},
        {KEYS[0]: Rule.THRESHOLD, KEYS[2]: Rule.THRESHOLD},
    ]
