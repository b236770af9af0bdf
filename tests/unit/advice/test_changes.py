"""Changes of a contract: each is a contract again, and is made of lines to paste."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from cleanroom_join.advice import ChangeKind, DimensionFacts, Facts, possible_changes
from cleanroom_join.contract import Contract, Dimension, MeasureType
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

ROOT = Path(__file__).parents[3]
PARENTS = 'parents = { t2 = "upper", t3 = "upper" }'
TEXT = contract_toml(
    accounts=f'tier = {{ dimension = ["t1", "t2", "t3", "t4"], {PARENTS} }}',
    group_by=("region", "tier"),
    totals='"all"',
)
TIERS = DimensionFacts(
    rarest_first=("t2", "t3", "t1", "t4"),
    rare=frozenset({"t2", "t3"}),
    has_other=False,
    has_null=True,
)
REGIONS = DimensionFacts(
    rarest_first=("south", "north"), rare=frozenset(), has_other=True, has_null=True
)
FACTS = Facts(
    dimensions={("payments", "region"): REGIONS, ("accounts", "tier"): TIERS},
    bounds={("payments", "amount", "max"): (Decimal(2000), Decimal(9000))},
)
CHANGES = possible_changes(TEXT, FACTS)


def example(name):
    """Return the text of an example's contract, and facts that allow every change."""
    text = (ROOT / "examples" / name / "collaboration.toml").read_text()
    terms = Contract.from_toml(text).terms
    dimensions, bounds = {}, {}
    for asset in terms.assets.values():
        for column in asset.columns.values():
            key = asset.name, column.name
            if isinstance(column, Dimension):
                dimensions[key] = DimensionFacts(
                    rarest_first=column.values,
                    rare=frozenset(column.values[:4]),
                    has_other=False,
                    has_null=True,
                )
            elif getattr(column, "type", None) in (
                MeasureType.INT,
                MeasureType.DECIMAL,
            ):
                bounds[(*key, "max")] = (column.maximum * 2,)
                bounds[(*key, "min")] = (column.minimum - 7,)
    return text, Facts(dimensions=dimensions, bounds=bounds)


def described(kind):
    """Return the changes of a kind by their descriptions."""
    return {c.description: c for c in CHANGES if c.kind is kind}


def pasted(text, change):
    """Return a contract's text with a change's lines pasted, from the last line up."""
    lines = text.split("\n")
    for hunk in reversed(change.hunks):
        start = hunk.line - 1
        assert tuple(lines[start : start + len(hunk.removed)]) == hunk.removed
        lines[start : start + len(hunk.removed)] = hunk.added
    return "\n".join(lines)


@pytest.mark.parametrize("name", ["flights", "fraud"])
def test_every_pasted_change_of_an_example_is_the_contract_that_was_tried(name):
    """Of every kind, whichever way the example writes its tables."""
    text, facts = example(name)

    changes = possible_changes(text, facts)

    assert {c.kind for c in changes} >= set(ChangeKind) - {ChangeKind.TOTALS}
    for change in changes:
        assert Contract.from_toml(pasted(text, change)).digest == change.contract.digest


def test_every_pasted_change_is_the_contract_that_was_tried():
    """Of a contract with every kind of change."""
    assert {c.kind for c in CHANGES} == set(ChangeKind)
    for change in CHANGES:
        assert Contract.from_toml(pasted(TEXT, change)).digest == change.contract.digest


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.description)
def test_a_change_changes_something_and_never_the_policy(change):
    """A policy that is less strict is no question of utility."""
    before = Contract.from_toml(TEXT)

    assert change.contract.digest != before.digest or change.raw is not None
    assert change.contract.policy == before.policy
    assert change.contract.terms.parties == before.terms.parties
    assert change.contract.terms.tokens == before.terms.tokens
    assert change.contract.terms.ledger == before.terms.ledger


def test_no_change_is_proposed_twice():
    """Two ways to the same contract and the same raw tables are one change."""
    found = Counter((c.contract.digest, c.raw) for c in CHANGES)

    assert set(found.values()) == {1}


def test_every_kind_comes_in_turn():
    """So that a few tries are of different kinds."""
    first = [change.kind for change in CHANGES[: len(ChangeKind)]]

    assert first == list(ChangeKind)


def test_totals_are_dropped_one_by_one_and_together():
    """The value that the contract abbreviates as "all" is written out."""
    found = described(ChangeKind.TOTALS)

    assert set(found) == {
        "Drop all totals of segments",
        "Drop the totals per region of segments",
        "Drop the totals per tier of segments",
        "Drop the totals of everything of segments",
    }
    (hunk,) = found["Drop the totals per tier of segments"].hunks
    assert hunk.table == "[outputs.segments]"
    assert hunk.removed == ('totals = "all"',)
    assert hunk.added == ('totals = [["region"], []]',)


def test_rare_values_leave_the_domain_with_the_labels_above_them():
    """Else the contract would have a label above nothing, which is refused."""
    (change,) = [
        c for d, c in described(ChangeKind.MERGE).items() if '"t2" and "t3"' in d
    ]

    tier = change.contract.terms.assets["accounts"].columns["tier"]
    assert tier.values == ("t1", "t4")
    assert tier.parents == {}


def test_one_rare_value_is_enough_where_others_are_outside_the_domain():
    """Two declared regions stay as they are: one value is no dimension."""
    assert [d for d in described(ChangeKind.MERGE) if "region" in d] == []


def test_empty_values_are_filled_with_a_value_outside_the_domain():
    """Alone if there is such a group, else together with the rarest value."""
    found = described(ChangeKind.EMPTY)
    region = found['Publish empty values of region as "(other)"']
    tier = found['Publish empty values and "t2" of tier together as "(other)"']

    assert region.hunks == ()
    assert region.raw.sql == "COALESCE(`region`, 'unknown') AS `region`"
    assert (
        tier.raw.fill
        not in tier.contract.terms.assets["accounts"].columns["tier"].values
    )
    assert tier.contract.terms.assets["accounts"].columns["tier"].values == (
        "t1",
        "t3",
        "t4",
    )


def test_a_bound_is_replaced_in_its_line():
    """The rest of the column's table stays."""
    (change, _) = described(ChangeKind.BOUND).values()

    (hunk,) = change.hunks
    assert change.description == "Raise the bound of amount from 1,000 to 2,000"
    assert hunk.added == (
        'amount = { measure = "decimal", min = 0, max = 2000, scale = 2 }',
    )


def test_a_dropped_dimension_leaves_the_totals_too():
    """Totals that are written out lose it; "all" means all that are left."""
    text = TEXT.replace('totals = "all"', 'totals = [["region"], ["tier"], []]')

    (change,) = [
        c
        for c in possible_changes(text, FACTS)
        if c.description == "Drop the dimension tier of segments"
    ]

    output = change.contract.terms.outputs["segments"]
    assert (output.group_by, output.totals) == (("region",), ((),))
    of_all = described(ChangeKind.DIMENSION)["Drop the dimension tier of segments"]
    assert of_all.contract.terms.outputs["segments"].totals == ((),)
    assert [line for hunk in of_all.hunks for line in hunk.added] == [
        'group_by = ["region"]'
    ]


def test_one_measure_and_one_dimension_are_never_dropped():
    """Nothing would be left of the output."""
    text = contract_toml(group_by=["region"], measures='n = { function = "count" }')

    kinds = {c.kind for c in possible_changes(text, FACTS)}

    assert ChangeKind.MEASURE not in kinds
    assert ChangeKind.DIMENSION not in kinds


def test_hostile_labels_are_quoted_in_toml_and_in_sql():
    """Quotation marks and backslashes in a column's name and in its labels."""
    label = "a'\\\\b\\\" ] } # = '''"
    text = TEXT.replace('"t3"', f'"{label}"').replace("t3 =", f'"{label}" =')
    value = "a'\\b\" ] } # = '''"
    facts = Facts(
        dimensions={
            ("accounts", "tier"): DimensionFacts(
                rarest_first=("t2", value),
                rare=frozenset(),
                has_other=False,
                has_null=True,
            )
        },
        bounds={},
    )

    changes = possible_changes(text, facts)

    assert [c for c in changes if c.kind is ChangeKind.MERGE] != []
    for change in changes:
        assert Contract.from_toml(pasted(text, change)).digest == change.contract.digest


def test_keys_in_tables_of_their_own_do_not_matter():
    """TOML has arrays of tables, each with a header."""
    inline = 'keys = [{ id = "k1", state = "active" }]'
    assert inline in TEXT
    text = TEXT.replace(inline, '[[tokens.keys]]\nid = "k1"\nstate = "active"')

    changes = possible_changes(text, FACTS)

    assert len(changes) == len(CHANGES)
    for change in changes:
        assert Contract.from_toml(pasted(text, change)).digest == change.contract.digest


def test_a_text_that_is_no_contract_is_refused():
    """Before anything is changed in it."""
    with pytest.raises(ContractError):
        possible_changes("schema = 1", FACTS)
