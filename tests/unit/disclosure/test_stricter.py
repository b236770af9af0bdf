"""
Property 2 with totals, coarser cells and a history: what a stricter policy takes away.

For single leaves `test_guard_properties` says it of every setting.  Here some cells are
withheld for the sake of others (docs/adr/0020-monotone-for-primary-rules.md).
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import DifferencingAction
from cleanroom_join.disclosure import ROWS, Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, next_entry
from tests.examples import examples
from tests.reference.plain_tables import items, query
from tests.reference.statistics import items_of
from tests.unit.disclosure.test_differencing import DAY, people, signature_of

MEASURES = 'n = { function = "count" }\ntotal = { function = "sum", column = "amount" }'
KEYS = tuple(itertools.product(("a1", "a2", "a4"), ("b1", "b2")))
FOR_OTHERS = (Rule.COMPLEMENTARY, Rule.DIFFERENCING)


def counted(leaves, valued, asked, *, marked):
    """Return the statistics of sets of people, the first so many of whom have a value."""
    signatures = {}
    for leaf, who in leaves.items() if marked else ():
        values = dict.fromkeys(sorted(who)[: valued[leaf]], 10)
        signatures[leaf] = signature_of(who, dict.fromkeys(asked.facet_columns, values))
        assert ROWS in signatures[leaf].facets
    counts = {leaf: len(who) for leaf, who in leaves.items()}
    prints = {"prints": signatures} if marked else {}
    return items(counts, asked, valued=valued, **prints)


def entered(cells, asked, policy):
    """Return the history that begins with the release of some cells."""
    table = protect(cells, asked, policy)
    prints = {cell.labels: cell.signature for cell in cells}
    entry = next_entry(
        GENESIS, asked, table, prints, contract_sha256="0" * 64, as_of=DAY
    )
    return history_of([entry])


@st.composite
def cases(draw):
    """Draw a table with what it is asked for, two policies, and perhaps a history."""
    totals = draw(st.sampled_from(["[]", "[[]]", "[]", '[["a"]]']))
    above = draw(st.sampled_from(["flat", "one step", "two steps"]))
    asked, policy = query("ab", totals, parents=above, measures=MEASURES)
    size = st.sampled_from([0, 5, 60, 99, 100, 105, 110, 115, 120, 150, 300])
    keys = draw(st.sampled_from([KEYS[:4], KEYS[::2], KEYS[:3], KEYS]))
    leaves = {key: people(300 * i, draw(size)) for i, key in enumerate(keys)}
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
        cells = counted(leaves, valued, asked, marked=True)
        before = entered(cells, asked, draw(st.sampled_from([loose, strict, policy])))
        for key in draw(st.sets(st.sampled_from(keys), min_size=1, max_size=2)):
            left = draw(st.sampled_from([1, 6, 1, 100]))
            leaves[key] = frozenset(sorted(leaves[key])[left:])
            valued[key] = max(0, min(valued[key], len(leaves[key])))
    return leaves, valued, asked, (loose, strict), before


@settings(max_examples=examples(500))
@given(cases())
def test_what_a_rule_withholds_by_itself_stays_withheld(case):
    """Under every stricter policy: not new, not repeated, not as a coarser cell."""
    leaves, valued, asked, policies, before = case
    cells = counted(leaves, valued, asked, marked=before is not None)
    loose, strict = (protect(cells, asked, p, before) for p in policies)

    shown = {cell.labels for cell in strict.published}
    refused = {c.labels for c in loose.suppressed if c.rule not in FOR_OTHERS}
    assert refused.isdisjoint(shown)
    for key in {key for leaf in leaves for key in items_of(leaf, asked)}:
        under = [leaf for leaf in leaves if key in items_of(leaf, asked)]
        size = sum(len(leaves[leaf]) for leaf in under)
        having = sum(valued[leaf] for leaf in under)
        for policy in policies:
            if min(size, having) < policy.min_cohort or having < policy.min_opposite:
                assert key not in shown
    if len(asked.levels) == 1 and before is None:
        assert shown <= {cell.labels for cell in loose.published}


def test_the_cases_above_have_all_of_it():
    """Cells that come back, and such as do not, for every reason there is here."""
    seen = Counter()

    @settings(max_examples=150, database=None, derandomize=True)
    @given(cases())
    def look(case):
        leaves, valued, asked, policies, before = case
        cells = counted(leaves, valued, asked, marked=before is not None)
        loose, strict = (protect(cells, asked, p, before) for p in policies)
        more = {c.labels for c in strict.published} - {
            c.labels for c in loose.published
        }
        seen.update(["more"] if more else [])
        seen.update({c.rule for c in loose.suppressed})
        seen.update(
            ["repeated"] if any(c.repeated_from for c in strict.published) else []
        )

    look()
    rules = (
        Rule.THRESHOLD,
        Rule.GROUP_DISCLOSURE,
        Rule.COMPLEMENTARY,
        Rule.DIFFERENCING,
    )
    assert min(seen[x] for x in (*rules, "more", "repeated")) > 0, seen


def test_a_companion_may_come_back():
    """The case of the decision record: with two cells missing, no third is needed."""
    asked, policy = query("ab", "[[]]", measures=MEASURES)
    sizes = {KEYS[0]: 99, KEYS[1]: 110, KEYS[2]: 120, KEYS[3]: 300, KEYS[4]: 150}
    valued = sizes | {KEYS[2]: 105}
    cells = items(sizes, asked, valued=valued)
    tables = [protect(cells, asked, replace(policy, min_cohort=k)) for k in (100, 107)]

    suppressed = [{c.labels: c.rule for c in table.suppressed} for table in tables]
    assert suppressed == [
        {KEYS[0]: Rule.THRESHOLD, KEYS[1]: Rule.COMPLEMENTARY},
        {KEYS[0]: Rule.THRESHOLD, KEYS[2]: Rule.THRESHOLD},
    ]
