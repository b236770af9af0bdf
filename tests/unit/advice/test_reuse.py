"""Cells that were counted once and are used again are those that would be counted."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.advice import (
    ChangeKind,
    DimensionFacts,
    Facts,
    possible_changes,
    reused_cells,
)
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples

KEY = bytes(32)
ABROAD = DimensionFacts(
    rarest_first=("true", "false"), rare=frozenset(), has_other=False, has_null=False
)
TIERS = DimensionFacts(
    rarest_first=("t1", "t2", "t3"), rare=frozenset(), has_other=False, has_null=True
)
FACTS = Facts(
    dimensions={("payments", "abroad"): ABROAD, ("accounts", "tier"): TIERS}, bounds={}
)
REUSED = (ChangeKind.TOTALS, ChangeKind.LABELS, ChangeKind.MEASURE)
ROW = st.fixed_dictionaries(
    {
        "card_token": st.sampled_from([f"c{i}" for i in range(9)]),
        "abroad": st.sampled_from([True, False, None]),
        "tier": st.sampled_from(["t1", "t2", "t3", "elsewhere", None]),
        "fraud": st.sampled_from([True, False, None]),
        "amount": st.sampled_from([None, "0.01", "7", "5000", "-3"]),
    }
)


@lru_cache
def changes(totals):
    """Return a contract with its changes."""
    text = contract_toml(
        payments='abroad = { dimension = "boolean" }',
        accounts='tier = { dimension = ["t1", "t2", "t3"], parents = { t1 = "low", t2 = "low", low = "any" } }',
        group_by=("abroad", "tier"),
        totals=totals,
    )
    return Contract.from_toml(text), possible_changes(text, FACTS)


@settings(max_examples=examples(200))
@given(
    rows=st.lists(ROW, min_size=1, max_size=25),
    totals=st.sampled_from(["", '"all"', "[[]]", '[["tier"]]']),
)
def test_reused_cells_are_those_that_are_counted_anew(rows, totals):
    """Labels, figures and fingerprints alike, for every change without a new count."""
    contract, possible = changes(totals)
    before = resolve(contract, contract.output("segments"))
    cells = count(rows, before, KEY)
    used = set()
    for change in possible:
        if change.raw is not None:
            continue  # other rows
        after = resolve(change.contract, change.contract.output("segments"))
        found = reused_cells(cells, before, after, contract.policy)
        if found is None:
            continue
        used.add(change.kind)
        anew = {cell.labels: cell for cell in count(rows, after, KEY)}
        assert {cell.labels: cell for cell in found} == anew
        assert len(found) == len(anew)

    assert used == set(REUSED) - ({ChangeKind.TOTALS} if not totals else set())


@pytest.mark.parametrize("change", changes('"all"')[1], ids=lambda c: c.description)
def test_other_changes_need_a_count(change):
    """Other values, another dimension: nothing that was counted is right for them."""
    contract, _ = changes('"all"')
    before = resolve(contract, contract.output("segments"))
    after = resolve(change.contract, change.contract.output("segments"))
    rows = [
        {"card_token": "c", "abroad": True, "tier": "t1", "fraud": True, "amount": "1"}
    ]
    cells = count(rows, before, KEY)

    found = reused_cells(cells, before, after, contract.policy)

    needs_none = change.kind in REUSED or not change.hunks
    assert (found is not None) == needs_none


def test_more_totals_than_were_counted_need_a_count():
    """A query with totals is not among the cells of one without."""
    (none, _), (every, _) = changes(""), changes('"all"')
    before = resolve(none, none.output("segments"))
    after = resolve(every, every.output("segments"))

    assert reused_cells((), before, after, none.policy) is None


def test_bounded_contributions_are_counted_anew():
    """What a subject contributes to a cell may depend on all that is counted."""
    policy = 'protection = "perturbed"\ncontribution = { rows = 3 }'
    contract = Contract.from_toml(contract_toml(policy=policy))
    query = resolve(contract, contract.output("segments"))

    assert reused_cells((), query, query, contract.policy) is None
    assert reused_cells((), query, query, changes("")[0].policy) == ()
