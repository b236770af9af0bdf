"""Countries of telephone numbers, known when the contract is checked."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.contract.terms.countries import COUNTRIES, OFTEN_WRITTEN
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml
from cleanroom_join.tokens.tables import COUNTRIES as RULES
from tools.make_countries import MODULE, rendered


def phone(country):
    """Return a contract whose telephone numbers are of a country."""
    return contract_toml(
        subjects='[subjects.line]\nkind = "phone"',
        accounts=f'line = {{ subject = "line", country = "{country}" }}',
    )


def test_the_contract_knows_the_countries_that_the_tokeniser_has_rules_for():
    """A contract that passes `check` is not refused by `tokenise` for its country."""
    assert list(COUNTRIES) == sorted(RULES)
    assert rendered(MODULE.read_text(encoding="utf-8")) == MODULE.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("country", sorted(RULES))
def test_every_country_with_a_rule_may_be_declared(country):
    """As it is written in the table."""
    column = Contract.from_toml(phone(country)).terms.assets["accounts"].columns["line"]

    assert column.country == country


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("UK", "GB"),
        ("uk", "GB"),
        ("gb", "GB"),
        ("GBR", "GB"),
        ("DEU", "DE"),
        ("EL", "GR"),
    ],
)
def test_what_people_write_for_a_country_is_suggested(written, meant):
    """At `check`, before anybody signs."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(phone(written))

    (problem,) = caught.value.problems
    assert problem.code == "E126"
    assert f'"{written}" is no country with a rule' in problem
    assert f'did you mean "{meant}"?' in problem


@pytest.mark.parametrize("written", ["XX", "AA", "QQ"])
def test_a_country_without_a_rule_says_what_to_do(written):
    """The numbers can be written with their calling code."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(phone(written))

    (problem,) = caught.value.problems
    assert "telephone numbers with + and calling code need no country" in problem


def test_suggestions_are_countries_with_a_rule():
    """And no right code is taken for another."""
    assert set(OFTEN_WRITTEN.values()) <= set(COUNTRIES)
    assert not set(OFTEN_WRITTEN) & set(COUNTRIES)
