"""The template of made-up contracts: any tables, and nothing that was not asked for."""

from __future__ import annotations

from cleanroom_join.contract import Contract
from cleanroom_join.contract.template import fill_template

PARTS = {
    "name": "made-up",
    "purpose": "a test",
    "parties": ("left", "right"),
    "subjects": '[subjects.person]\nkind = "device_id"',
    "assets": """
[assets.one]
party = "left"
table = "s.one"
one_row_per = "person"
columns.person = { subject = "person" }
columns.club = { dimension = "boolean" }
[assets.two]
party = "right"
table = "s.two"
columns.person = { subject = "person" }
""",
    "outputs": """
[outputs.members]
join = ["one", "two"]
on = "person"
group_by = ["club"]
measures.n = { function = "count" }
""",
}


def test_any_tables_make_a_contract():
    """With the parties and the ledger that belong to it."""
    terms = Contract.from_toml(fill_template(**PARTS)).terms

    assert set(terms.parties) == {"left", "right"}
    assert terms.ledger.party == "left"
    assert set(terms.assets) == {"one", "two"}


def test_a_policy_is_there_if_it_is_given():
    """An empty one is another document than none, so another digest."""
    plain, empty, strict = (
        Contract.from_toml(fill_template(**PARTS, policy=policy))
        for policy in (None, "", "min_cohort = 200")
    )

    assert len({plain.digest, empty.digest, strict.digest}) == 3
    assert plain.policy == empty.policy
    assert strict.policy.min_cohort == 200
