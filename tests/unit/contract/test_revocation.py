"""The contract's section on revocation: whose consent state a run asks."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract, OnSuspension
from cleanroom_join.contract.differences import differences
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract, contract_toml

BOTH = '{ acme = "consent.state", globex = "consent.state" }'


def with_revocation(lines=f"max_age_hours = 24\ntables = {BOTH}\n"):
    """Return a contract's text with a section of these lines."""
    return contract_toml().replace("[tokens]", f"[revocation]\n{lines}\n[tokens]")


def problems(text):
    """Return paths, codes and texts of what is wrong with a contract."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(text)
    return {(p.path, p.code): str(p) for p in caught.value.problems}


def test_a_contract_without_the_section_asks_no_consent_state():
    """And its parties need none to tokenise."""
    without = contract()

    assert without.terms.revocation is None
    assert {without.asset(a).consent_state for a in without.terms.assets} == {None}


def test_the_section_names_the_state_of_each_party():
    """What is left out is as strict as the law, or the only value there is."""
    terms = Contract.from_toml(with_revocation())

    found = terms.terms.revocation
    assert dict(found.tables) == {"acme": "consent.state", "globex": "consent.state"}
    assert (found.max_age_hours, found.within_business_days) == (24, 15)
    assert found.on_suspension is OnSuspension.STOP
    assert {terms.asset(name).consent_state for name in terms.terms.assets} == {
        "consent.state"
    }


@pytest.mark.parametrize(
    ("lines", "path", "code", "words"),
    [
        (f"tables = {BOTH}", "max_age_hours", "E111", "a whole number"),
        (f"max_age_hours = 0\ntables = {BOTH}", "max_age_hours", "E113", "1"),
        (f"max_age_hours = 745\ntables = {BOTH}", "max_age_hours", "E113", "744"),
        (f"max_age_hours = 1.5\ntables = {BOTH}", "max_age_hours", "E112", "whole"),
        ("max_age_hours = 9", "tables", "E111", "a table"),
        ("max_age_hours = 9\ntables = []", "tables", "E112", "a table"),
        (
            'max_age_hours = 9\ntables = { acme = "c.s" }',
            "tables",
            "E116",
            'needs the consent state of "globex"',
        ),
        (
            'max_age_hours = 9\ntables = { acme = "c.s", globexx = "c.s" }',
            "tables.globexx",
            "E115",
            'did you mean "globex"?',
        ),
        (
            'max_age_hours = 9\ntables = { acme = "c.s", globex = "c.s", x = "c.s" }',
            "tables.x",
            "E115",
            "no declared party",
        ),
        (
            'max_age_hours = 9\ntables = { acme = "state", globex = "c.s" }',
            "tables.acme",
            "E112",
            "schema.table",
        ),
        (
            'max_age_hours = 9\ntables = { acme = 7, globex = "c.s" }',
            "tables.acme",
            "E112",
            "a string",
        ),
        (
            f"max_age_hours = 9\ntables = {BOTH}\nwithin_business_days = 16",
            "within_business_days",
            "E113",
            "15",
        ),
        (
            f'max_age_hours = 9\ntables = {BOTH}\non_suspension = "ignore"',
            "on_suspension",
            "E112",
            '"stop"',
        ),
        (
            f"max_age_hours = 9\ntables = {BOTH}\nmax_age = 1",
            "max_age",
            "E110",
            "max_age_hours",
        ),
    ],
)
def test_what_is_wrong_with_the_section_is_named(lines, path, code, words):
    """Each fault is one message, at its key."""
    found = problems(with_revocation(lines))

    assert list(found) == [(f"revocation.{path}", code)]
    assert words in found[f"revocation.{path}", code]


@pytest.mark.parametrize(
    ("party", "table", "what"),
    [
        ("acme", "signals.payments", 'asset "payments"'),
        ("acme", "Signals.PAYMENTS", 'asset "payments"'),
        ("acme", "state.ledger", "the ledger"),
        ("globex", "state.anchor", "the anchor of the ledger"),
        ("acme", "state.secret", "a secret of the ledger"),
        ("globex", "state.secret", "a secret of the ledger"),
    ],
)
def test_a_consent_state_is_no_other_table(party, table, what):
    """It would be joined, or somebody else would write it."""
    other = next(name for name in ("acme", "globex") if name != party)
    lines = f'max_age_hours = 9\ntables = {{ {party} = "{table}", {other} = "c.s" }}'

    found = problems(with_revocation(lines))

    path = f"revocation.tables.{party}"
    assert found == {(path, "E124"): f"{path}: is the table of {what} too [E124]"}


def test_the_other_partys_table_of_the_same_name_is_another_table():
    """Each party has its own catalog."""
    lines = 'max_age_hours = 9\ntables = { acme = "c.s", globex = "signals.payments" }'

    assert Contract.from_toml(with_revocation(lines)).terms.revocation is not None


def test_the_digest_tells_the_section():
    """So both parties sign it, and a difference in it is named."""
    one = with_revocation()
    other = one.replace("max_age_hours = 24", "max_age_hours = 48")

    digests = {Contract.from_toml(t).digest for t in (one, other, contract_toml())}

    assert len(digests) == 3
    (difference,) = differences(one, other)
    assert difference.path == "revocation.max_age_hours"


@pytest.mark.parametrize(
    "name", ["card_token_bucket", "CARD_TOKEN_bucket", "card_token_k1_bucket"]
)
def test_no_declared_column_is_called_like_a_column_of_buckets(name):
    """Gold has one beside each column of tokens, of each key."""

    def renamed(text):
        text = text.replace("region =", f"{name} =")
        return text.replace('"region"', f'"{name}"')

    found = problems(renamed(with_revocation()))

    assert list(found) == [(f"assets.payments.columns.{name}", "E116")]
    assert Contract.from_toml(renamed(contract_toml())).terms.revocation is None


def test_no_key_is_called_like_the_end_of_a_column_of_buckets():
    """Its tokens would be in the column of buckets."""
    text = with_revocation().replace('"k1"', '"bucket"')

    assert list(problems(text)) == [("tokens.keys[0].id", "E116")]
    Contract.from_toml(contract_toml().replace('"k1"', '"bucket"'))
