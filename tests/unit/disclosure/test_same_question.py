"""Whatever the order of the builder's calls, it is one question: it has one history."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, DifferencingAction, Output, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, next_entry
from cleanroom_join.room import CleanRoom
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples
from tests.support.plain_tables import items
from tests.unit.disclosure.test_differencing import DAY, people, signature_of

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
    """Return a question as a notebook builds it, by calls in the order given."""
    grouped = CleanRoom(None, CONTRACT).join(*join).group_by(*group_by)
    for number, (function, column) in enumerate(measures):
        grouped = grouped.measure(f"{names}{number}", function, column)
    return grouped._output


def with_totals(output, kept):
    """Return a question with totals, which only the contract can ask for."""
    return replace(output, totals=tuple(kept))


def asked(output: Output):
    """Return a question resolved."""
    return resolve(CONTRACT, output)


@settings(max_examples=examples(1000))
@given(some(GROUP_BY), MEASURED, st.data())
def test_neither_order_nor_names_matter(group_by, measures, data):
    """Of tables, dimensions, measures and totals, all permuted at once."""
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

    assert asked(one).identity == asked(other).identity


QUESTIONS = st.tuples(some(GROUP_BY), MEASURED, st.booleans(), st.booleans())


@settings(max_examples=examples(1000))
@given(QUESTIONS, QUESTIONS)
def test_another_question_has_another_identity(one, other):
    """Another dimension, measure, column, table or total is another question."""
    identities, meant = [], []
    for group_by, measures, total, shorter in (one, other):
        needed = "area" in group_by
        join = JOIN[:2] if shorter and not needed else JOIN
        output = with_totals(built(join, group_by, measures), [()] if total else [])
        identities.append(asked(output).identity)
        meant.append((len(join), set(group_by), set(measures), total))

    assert (identities[0] == identities[1]) == (meant[0] == meant[1])


LEAVES = {
    ("young", "s1"): people(0, 300),
    ("old", "s1"): people(1000, 250),
    ("young", "s2"): people(2000, 400),
    ("old", "s3"): people(3000, 180),
}


def released(output, leaves, history, action):
    """Return a question, what the guard publishes of it, and the marks of all cells."""
    query = asked(output)
    by_name = [dict(zip(("age_band", "sector"), leaf, strict=True)) for leaf in leaves]
    keyed = dict(
        zip(
            [tuple(labels[d.name] for d in query.dimensions) for labels in by_name],
            leaves.values(),
            strict=True,
        )
    )
    signatures = {
        key: signature_of(who, {t: dict.fromkeys(who, 10) for t in query.facet_columns})
        for key, who in keyed.items()
    }
    cells = items({k: len(who) for k, who in keyed.items()}, query, prints=signatures)
    policy = replace(CONTRACT.policy, differencing=action)
    return query, cells, protect(cells, query, policy, history)


def labelled(query, table):
    """Return each published row by names, its figures by what they are of."""
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
def test_the_question_in_another_order_meets_its_history(action, measures, data):
    """Three people left one cell: the figures of run 1 are shown again, or none."""
    group_by = ("age_band", "sector")
    first = built(JOIN[:2], group_by, measures)
    query, cells, table = released(first, LEAVES, None, action)
    before = labelled(query, table)
    signatures = {cell.labels: cell.signature for cell in cells}
    entry = next_entry(
        GENESIS, query, table, signatures, contract_sha256="0" * 64, as_of=DAY
    )
    left = data.draw(st.sampled_from(sorted(LEAVES)))
    leaves = LEAVES | {left: frozenset(sorted(LEAVES[left])[3:])}

    again = built(
        data.draw(st.permutations(JOIN[:2])),
        data.draw(st.permutations(group_by)),
        data.draw(st.permutations(measures)),
        names="another_name_",
    )
    query, _, table = released(again, leaves, history_of([entry]), action)

    changed = frozenset(zip(group_by, left, strict=True))
    repeat = action is DifferencingAction.REPEAT
    after = labelled(query, table)
    assert len(before) == len(LEAVES)
    assert after.pop(changed, None) == ((before[changed][0], 1) if repeat else None)
    assert after == {cell: f for cell, f in before.items() if cell != changed}
    assert [cell.rule for cell in table.suppressed] == (
        [] if repeat else [Rule.DIFFERENCING]
    )
