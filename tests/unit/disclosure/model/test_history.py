"""A query has one history, in any order of the builder's calls."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import Contract, DifferencingAction, Output, resolve
from cleanroom_join.disclosure import Rule
from cleanroom_join.room import CleanRoom
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples
from tests.support.signatures import cells_from_sets, subjects

_HOMES = """
[assets.homes]
party = "globex"
table = "risk.homes"
one_row_per = "card"
[assets.homes.columns]
card_token = { subject = "card", source = "card_number" }
area = { dimension = ["town", "country"] }
"""


CONTRACT = Contract.from_toml(
    contract_toml(
        accounts='sector = { dimension = ["s1", "s2", "s3"] }\n'
        'balance = { measure = "int", min = -50, max = 200 }'
    )
    + _HOMES
)


JOIN = ("payments", "accounts", "homes")
GROUP_BY = ("age_band", "sector", "area")
MEASURES = (
    ("count", None),
    ("count_distinct", "card"),
    ("rate", "fraud"),
    ("mean", "amount"),
    ("sum", "amount"),
    ("sum", "balance"),
)


def some(of, least=1):
    """Return a strategy of some of these, in any order, none twice."""
    return st.lists(st.sampled_from(of), unique=True, min_size=least)


MEASURED = some(MEASURES)


def built(join, group_by, measures, names="m"):
    """Return a query as a notebook builds it, by calls in the order given."""
    grouped = CleanRoom(None, CONTRACT).join(*join).group_by(*group_by)
    for number, (function, column) in enumerate(measures):
        grouped = grouped.measure(f"{names}{number}", function, column)
    return grouped._output


def with_totals(output, kept):
    """Return a query with totals, which only the contract can ask for."""
    return replace(output, totals=tuple(kept))


def resolved(output: Output):
    """Return a query resolved."""
    return resolve(CONTRACT, output)


@settings(max_examples=examples(1000))
@given(some(GROUP_BY), MEASURED, st.data())
def test_neither_order_nor_names_matter(group_by, measures, data):
    """Those of tables, dimensions, measures and totals, all permuted at once."""
    kept = data.draw(
        some([k for n in (0, 1, 2) for k in itertools.combinations(group_by, n)], 0)
    )
    kept = [k for k in kept if len(k) < len(group_by)]
    one = with_totals(built(JOIN, group_by, measures), kept)

    other = with_totals(
        built(
            data.draw(st.permutations(JOIN)),
            data.draw(st.permutations(group_by)),
            data.draw(st.permutations([*measures, *data.draw(some(measures, 0))])),
            names="another_name_",
        ),
        [
            tuple(data.draw(st.permutations(k)))
            for k in data.draw(st.permutations(kept))
        ],
    )

    assert resolved(one).identity == resolved(other).identity


QUERIES = st.tuples(some(GROUP_BY), MEASURED, st.booleans(), st.booleans())


@settings(max_examples=examples(1000))
@given(QUERIES, QUERIES)
def test_another_query_has_another_identity(one, other):
    """Another dimension, measure, column, table or total is another query."""
    identities, meant = [], []
    for group_by, measures, total, shorter in (one, other):
        needed = "area" in group_by
        join = JOIN[:2] if shorter and not needed else JOIN
        output = with_totals(built(join, group_by, measures), [()] if total else [])
        identities.append(resolved(output).identity)
        meant.append((len(join), set(group_by), set(measures), total))

    assert (identities[0] == identities[1]) == (meant[0] == meant[1])


LEAVES = {
    ("young", "s1"): subjects(0, 300),
    ("old", "s1"): subjects(1000, 250),
    ("young", "s2"): subjects(2000, 400),
    ("old", "s3"): subjects(3000, 180),
}


def sets_of(query):
    """Return the leaves of a query over age and sector, with its order of labels."""
    names = [dimension.name for dimension in query.dimensions]
    return {
        tuple(dict(zip(GROUP_BY, leaf, strict=False))[name] for name in names): own
        for leaf, own in LEAVES.items()
    }


def labelled(query, table):
    """Return each published row by names, its figures by function and column."""
    names = [d.name for d in query.dimensions]
    return {
        frozenset(zip(names, cell.labels, strict=True)): (
            dict(zip(query.figure_ids, cell.figures, strict=True)),
            cell.repeated_from and cell.repeated_from.run,
        )
        for cell in table.published
    }


@pytest.mark.parametrize("action", DifferencingAction)
@settings(max_examples=examples(100))
@given(some([m for m in MEASURES if m[0] != "rate"]), st.data())
def test_the_query_in_another_order_meets_its_history(action, measures, data):
    """Three subjects left one cell: the figures of run 1 are repeated, or none."""
    first = resolved(built(JOIN[:2], GROUP_BY[:2], measures))
    room = GuardedRoom(replace(CONTRACT.policy, differencing=action))
    before = labelled(
        first, room.release(first, cells_from_sets(sets_of(first), first))
    )
    left = data.draw(st.sampled_from(sorted(LEAVES)))
    again = resolved(
        built(
            data.draw(st.permutations(JOIN[:2])),
            data.draw(st.permutations(GROUP_BY[:2])),
            data.draw(st.permutations(measures)),
            names="another_name_",
        )
    )
    leaves = {
        leaf: frozenset(sorted(own)[3:]) if own is LEAVES[left] else own
        for leaf, own in sets_of(again).items()
    }

    table = room.release(again, cells_from_sets(leaves, again))

    changed = frozenset(zip(GROUP_BY, left, strict=False))
    repeat = action is DifferencingAction.REPEAT
    after = labelled(again, table)
    assert len(before) == len(LEAVES)
    assert after.pop(changed, None) == ((before[changed][0], 1) if repeat else None)
    assert after == {cell: f for cell, f in before.items() if cell != changed}
    assert [cell.rule for cell in table.suppressed] == (
        [] if repeat else [Rule.DIFFERENCING]
    )
