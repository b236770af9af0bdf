"""What advice says: gains in order, rules in words, no count under k."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.advice import (
    Advice,
    Answered,
    Effect,
    Utility,
    advice_lines,
    advice_without_trials,
    facts_of,
    floored,
    suppressions,
    utility,
    wider_bounds,
)
from cleanroom_join.advice.facts import nice_bound
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.cli.documents.advice import advice_json
from cleanroom_join.contract import Contract, MeasureColumn, MeasureType, resolve
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.rule_texts import rule_text
from cleanroom_join.errors import DisclosureError
from cleanroom_join.testing import contract_toml

TEXT = contract_toml(
    accounts='tier = { dimension = ["t1", "t2", "t3"] }',
    group_by=("region", "tier"),
    totals='"all"',
)
AGREED = Contract.from_toml(TEXT)
QUERY = resolve(AGREED, AGREED.output("segments"))
SIZES = {
    ("north", "t1"): 1263,
    ("north", "t2"): 317,
    ("north", "t3"): 57,
    ("south", "t1"): 734,
    ("south", "t2"): 431,
    ("south", "t3"): 289,
    (None, "t1"): 43,
}
K = AGREED.policy.min_cohort


def answered(sizes=SIZES, query=QUERY, agreed=AGREED):
    """Return the guard's answer to a query about cells of some sizes."""
    rows = [
        {
            "card_token": f"{region} {tier} {i}",
            "region": region,
            "tier": tier,
            "fraud": i % 3 == 0,
            "amount": str(i % 90),
        }
        for (region, tier), size in sizes.items()
        for i in range(size)
    ]
    cells = count(rows, query, bytes(32))
    return Answered(
        query=query, cells=cells, table=protect(cells, query, agreed.policy)
    )


@lru_cache
def answer():
    """Return the answer under the contract as it is."""
    return answered()


@lru_cache
def advised():
    """Return advice for which every change was answered."""
    without = advice_without_trials(AGREED, TEXT, {"segments": answer()})
    before = {"segments": utility(answer())}
    effects = []
    for change in without.untried:
        after = resolve(change.contract, change.contract.output("segments"))
        if len(QUERY.dimensions) != len(after.dimensions):
            refusal = DisclosureError.too_many_cells(3, 2)
            effects.append(
                Effect(change=change, before=before, after={}, refusal=refusal)
            )
            continue
        found = answered(query=after, agreed=change.contract)
        effects.append(
            Effect(change=change, before=before, after={"segments": utility(found)})
        )
    return replace(without, tried=tuple(effects), untried=without.untried[:2])


def test_utility_counts_finest_cells_and_totals():
    """Published ones among all that have rows."""
    found = utility(answer())
    published = {cell.labels for cell in answer().table.published}
    shown = {labels: n for labels, n in SIZES.items() if labels in published}

    assert (found.finest, found.all_subjects) == (7, sum(SIZES.values()))
    assert (found.published, found.subjects) == (len(shown), sum(shown.values()))
    assert (found.all_totals, found.coarser) == (7, 0)
    assert found.totals == sum("(all)" in labels for labels in published)
    assert 0 < found.published < found.finest


def test_every_suppressed_cell_is_counted_under_its_rule():
    """Finest cells and totals apart."""
    found = suppressions(answer())

    assert sum(s.finest + s.totals for s in found) == len(answer().table.suppressed)
    assert {s.rule for s in found} == {c.rule for c in answer().table.suppressed}
    (threshold,) = [s for s in found if s.rule is Rule.THRESHOLD]
    assert (threshold.finest, threshold.subjects) == (2, 57 + 43)


def test_the_largest_gain_comes_first_and_only_gains_are_advised():
    """In subjects, then cells, then totals."""
    gains = [effect.gain for effect in advised().better]

    assert gains == sorted(gains, reverse=True)
    assert gains[0][0] > 0
    assert all(effect.gain <= (0, 0, 0) for effect in advised().other)
    assert len(advised().better) + len(advised().other) == len(advised().tried)


def one(published, subjects, totals):
    """Return a utility of which only the published part matters."""
    return Utility(
        published=published,
        finest=9,
        subjects=subjects,
        all_subjects=9000,
        totals=totals,
        all_totals=9,
        coarser=0,
    )


@pytest.mark.parametrize(
    ("after", "is_better"),
    [
        (one(3, 1001, 0), True),
        (one(4, 1000, 0), True),
        (one(3, 1000, 3), True),
        (one(3, 1000, 2), False),
        (one(9, 999, 9), False),
        (one(3, 1000, 1), False),
    ],
)
def test_subjects_count_before_cells_and_cells_before_totals(after, is_better):
    """A change that publishes the same is no better."""
    effect = Effect(
        change=advised().tried[0].change,
        before={"segments": one(3, 1000, 2)},
        after={"segments": after},
    )

    found = replace(advised(), tried=(effect,))

    assert bool(found.better) == is_better


def test_a_refused_change_gains_nothing_and_says_why():
    """By the code of its error."""
    refused = [effect for effect in advised().other if effect.refusal]
    text = "\n".join(advice_lines(advised()))

    assert refused != []
    assert all(effect.gain == (0, 0, 0) for effect in refused)
    for effect in refused:
        assert f"{effect.change.description} (refused: {effect.refusal.code})" in text


def numbers(text):
    """Return the numbers of a text that are beside a word for subjects."""
    found = re.findall(r"[+-]?([\d,]+)(?: of ([\d,]+))? person-cells", text)
    return [int(n.replace(",", "")) for pair in found for n in pair if n]


def test_no_count_under_k_is_named():
    """Sums of subjects are multiples of k, and cells under k are not told apart."""
    text = " ".join(advice_lines(advised())).replace("\n", " ")
    text = re.sub(r" +", " ", text)

    assert numbers(text) != []
    assert [n for n in numbers(text) if n % K] == []
    for size in SIZES.values():
        assert not re.search(rf"\b{size:,}\b", text)


def test_json_names_no_count_under_k_either():
    """It has the same figures."""
    document = advice_json(advised())

    def found(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if "person_cells" in key:
                    yield inner
                else:
                    yield from found(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from found(inner)

    assert [n for n in found(document) if n % K] == []
    assert [c["change"] for c in document["better"]] == [
        effect.change.description for effect in advised().better
    ]
    assert canonical_bytes(document)


def test_shares_are_of_coarse_sums():
    """A per mille of a small table would be a count under k."""
    text = "\n".join(advice_lines(advised()))
    before = utility(answer())
    share = floored(before.subjects, K) / floored(before.all_subjects, K)

    assert f"({share:.1%})" in text


def test_every_rule_that_suppressed_is_explained_in_the_words_of_the_report():
    """With the limits in force."""
    text = " ".join(" ".join(advice_lines(advised())).split())

    for found in suppressions(answer()):
        said = rule_text(found.rule, AGREED.policy)
        assert f"{found.rule.value} suppressed " in text
        assert f"{said.does} {said.why}" in text


def test_lines_to_paste_are_never_broken():
    """Prose is wrapped, TOML is not."""
    lines = [line.strip() for line in advice_lines(advised())]

    for effect in advised().better:
        for hunk in effect.change.hunks:
            assert {line.strip() for line in hunk.added} <= set(lines)


def test_what_was_not_tried_is_named():
    """So that nobody takes a limit for the end."""
    text = "\n".join(advice_lines(advised()))

    assert "Not tried: 2 changes." in text
    for change in advised().untried:
        assert f"  - {change.description}" in text


def test_a_complete_release_needs_no_advice():
    """Everything that is asked for is published."""
    full = answered({("north", "t1"): 300, ("south", "t1"): 300})
    advice = Advice(contract=AGREED, answers={"segments": full}, tried=(), untried=())

    assert advice.is_complete
    assert "None: everything that the contract asks for is published." in list(
        advice_lines(advice)
    )
    assert not advised().is_complete


def test_facts_are_of_the_finest_cells():
    """Which labels occur, the rarest first."""
    facts = facts_of([answer()], {})

    region = facts.dimensions["payments", "region"]
    tier = facts.dimensions["accounts", "tier"]
    assert (region.rarest_first, region.has_null) == (("south", "north"), True)
    assert (tier.rarest_first, tier.has_null) == (("t3", "t2", "t1"), False)
    assert not tier.has_other
    assert "57" not in repr(facts)


MEASURE = MeasureColumn(
    name="amount",
    type=MeasureType.DECIMAL,
    minimum=Decimal(0),
    maximum=Decimal(500),
    scale=2,
)


def test_bounds_are_widened_only_where_values_are_outside():
    """To round numbers, each once, the nearest first."""
    lows = [Decimal("-0.12"), Decimal(3)]
    highs = [Decimal(8734), Decimal(8801), Decimal(612), Decimal(500)]

    assert wider_bounds(MEASURE, lows, highs) == {
        "min": (Decimal("-0.2"),),
        "max": (Decimal(700), Decimal(9000)),
    }
    assert wider_bounds(MEASURE, [Decimal(0)], [Decimal(500)]) == {}


@given(st.decimals(-(10**12), 10**12, places=4), st.integers(0, 4))
def test_a_nice_bound_lets_the_value_in_and_has_the_scale(value, scale):
    """One significant digit, or ten of them; at least as far from zero."""
    bound = nice_bound(value, scale)

    assert abs(bound) >= abs(value)
    assert bound == round(bound, scale)
    assert len(bound.normalize().as_tuple().digits) <= 1 or abs(value) < 1


def test_the_coarser_cells_that_a_change_costs_are_named():
    """More finest cells are no gain for a reader who needs the coarser ones."""
    before = replace(one(3, 1000, 2), coarser=12)
    after = replace(one(4, 1900, 2), coarser=0)
    effect = Effect(
        change=advised().tried[0].change,
        before={"segments": before},
        after={"segments": after},
    )

    text = " ".join(" ".join(advice_lines(replace(advised(), tried=(effect,)))).split())

    assert (
        "segments: +900 person-cells (11.1% -> 21.1%), +1 finest cell (3 of 9 -> 4 of 9);"
        " totals: 2 of 9 -> 2 of 9; coarser cells: 12 -> 0"
    ) in text
