"""Advice on made-up tables: what a tried change says is what its pasted lines do."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from cleanroom_join.advice import ChangeKind, utility
from cleanroom_join.contract import Contract
from cleanroom_join.spark.rehearsal.trials import advise
from cleanroom_join.testing import contract_toml
from tests.spark.support import PAYMENTS, token
from tests.support.frames import local_frame

MEASURES = """
record_count = { function = "count" }
mean_amount = { function = "mean", column = "amount" }
"""
TEXT = contract_toml(
    accounts='tier = { dimension = ["t1", "t2", "t3"] }',
    group_by=("region", "tier"),
    totals='"all"',
    measures=MEASURES,
)
SIZES = {
    ("north", "t1"): 260,
    ("north", "t2"): 160,
    ("north", "t3"): 130,
    ("south", "t1"): 310,
    ("south", "t2"): 140,
    ("south", "t3"): 120,
    (None, "t1"): 13,
    (None, "t2"): 12,
}
"""Cards by region and tier; some payments have no region."""

TOO_HIGH = 30
"""Payments of the first cell that lie above the bound of 1,000."""


@pytest.fixture(scope="module")
def source(spark):
    """Where both shared tables are."""
    cards = [
        (f"{region} {tier} {i}", region, tier, i)
        for (region, tier), size in SIZES.items()
        for i in range(size)
    ]
    payments = [
        (
            token(name),
            region,
            i % 3 == 0,
            1500.0 + i
            if i < TOO_HIGH and (region, tier) == ("north", "t1")
            else i + 1.5,
        )
        for name, region, tier, i in cards
    ]
    accounts = [(token(name), "old", tier) for name, _, tier, _ in cards]
    schema = "card_token string, age_band string, tier string"
    frames = {
        "payments": local_frame(spark, payments, PAYMENTS),
        "accounts": local_frame(spark, accounts, schema),
    }
    return lambda asset: frames[asset.name]


def advised(spark, text, source, limit):
    """Return the advice on a contract."""
    contract = Contract.from_toml(text)
    steps = []

    def progress(step):
        steps.append(step)
        return nullcontext()

    found = advise(spark, contract, text, source, limit=limit, progress=progress)
    assert len([step for step in steps if step.startswith("try ")]) == len(found.tried)
    return found


@pytest.fixture(scope="module")
def advice(spark, source):
    """The advice on the contract as it is, one change of each kind tried."""
    return advised(spark, TEXT, source, 5)


def effect(advice, kind):
    """Return the one change of a kind that was tried."""
    (found,) = [e for e in advice.tried if e.change.kind is kind]
    return found


def test_one_change_of_each_kind_is_tried_and_the_others_are_named(advice):
    """There are no coarser labels to drop, and too few values to put together."""
    kinds = [e.change.kind for e in advice.tried]

    absent = (ChangeKind.LABELS, ChangeKind.MERGE)
    assert kinds == [kind for kind in ChangeKind if kind not in absent]
    assert advice.untried != ()
    assert all(e.refusal is None for e in advice.tried)


def test_something_publishes_more(advice):
    """The cells without a region and the values above the bound cost others."""
    assert not advice.is_complete
    assert advice.better != ()


@pytest.mark.parametrize("kind", [ChangeKind.TOTALS, ChangeKind.BOUND])
def test_a_pasted_change_does_what_its_trial_says(spark, source, advice, kind):
    """With statistics that are used again, and with new ones; under another key."""
    tried = effect(advice, kind)
    lines = TEXT.split("\n")
    for hunk in reversed(tried.change.hunks):
        start = hunk.line - 1
        lines[start : start + len(hunk.removed)] = hunk.added
    text = "\n".join(lines)

    pasted = advised(spark, text, source, 0)

    assert pasted.contract.digest == tried.change.contract.digest
    assert utility(pasted.answers["segments"]) == tried.after["segments"]


def test_the_bound_is_the_round_number_above_most_values(advice):
    """No value itself: a contract is shown to the other company."""
    tried = effect(advice, ChangeKind.BOUND)

    assert tried.change.description == "Raise the bound of amount from 1,000 to 2,000"
    assert tried.gain > (0, 0, 0)


def test_rows_without_a_region_are_filled_as_their_owner_would_fill_them(
    spark, source, advice
):
    """In the table, before it is joined."""
    tried = effect(advice, ChangeKind.EMPTY)

    def filled(asset):
        frame = source(asset)
        raw = tried.change.raw
        if asset.name != raw.asset:
            return frame
        return frame.where(f"`{raw.column}` IS NOT NULL")

    assert tried.change.raw.sql == "WHERE `region` IS NOT NULL"
    by_owner = advised(spark, TEXT, filled, 0)
    assert utility(by_owner.answers["segments"]) == tried.after["segments"]


def test_a_contract_without_a_ledger_is_advised_too(spark, source):
    """Nothing can be released under it yet; what it would publish is the same."""
    start = TEXT.index("[ledger]")
    text = TEXT[:start] + TEXT[TEXT.index("[tokens]") :]

    found = advised(spark, text, source, 1)

    assert found.contract.terms.ledger is None
    assert utility(found.answers["segments"]).finest == len(SIZES)
    assert found.tried[0].refusal is None
