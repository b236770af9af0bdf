"""One table has one name in a contract, and no output has the name of a table of ours."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.contract.terms.model import ENTRY_TABLE
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

SECOND = """
[assets.payments_again]
party = "{party}"
table = "{table}"
columns.card_token = {{ subject = "card" }}
"""


def problems(text):
    """Return paths and codes of what is wrong with a contract."""
    try:
        Contract.from_toml(text)
    except ContractError as error:
        return {(p.path, p.code) for p in error.problems}
    return set()


def with_second(party, table):
    """Return a contract with one more asset on a table."""
    return contract_toml() + SECOND.format(party=party, table=table)


@pytest.mark.parametrize(
    "table", ["signals.payments", "Signals.payments", "SIGNALS.PAYMENTS"]
)
def test_two_assets_on_one_table_are_refused(table):
    """However it is written: Spark ignores case."""
    assert problems(with_second("acme", table)) == {
        ("assets.payments_again.table", "E124")
    }


@pytest.mark.parametrize(
    "table",
    [
        *("`signals`.payments", "`signals`.`payments`", "`signals.payments`"),
        *("acme.signals.payments", "spark_catalog.signals.payments", "payments"),
        *(" signals.payments", "signals.payments ", "signals .payments"),
        *("signals..payments", "signals.paym\u0435nts", "signals.payments@v1"),
    ],
)
def test_a_table_has_one_other_spelling_only(table):
    """Neither quotes nor a catalog nor a version nor a lookalike letter: just case."""
    assert problems(with_second("acme", table)) == {
        ("assets.payments_again.table", "E112")
    }


def test_tables_of_one_name_in_two_catalogs_are_two():
    """Each party has its own catalog in the room."""
    assert problems(with_second("globex", "signals.payments")) == set()
    assert problems(with_second("acme", "signals2.payments")) == set()


@pytest.mark.parametrize(
    "name",
    [
        *("ledger_run_1", "ledger_run_42", "ledger_run_0", "ledger_run_x"),
        *("unregistered", "ledger", "anchor", "secret"),
    ],
)
def test_an_output_is_not_called_like_a_table_of_the_ledger(name):
    """Its release would take the place of the entry, of this run or of a later one."""
    text = contract_toml().replace("outputs.segments", f"outputs.{name}")

    assert problems(text) == {(f"outputs.{name}", "E125")}


def test_the_names_of_the_ledgers_own_tables_are_the_contracts():
    """Whatever it calls them; without a ledger only the entry's name is taken."""
    text = contract_toml().replace("outputs.segments", "outputs.book")
    renamed = text.replace("state.ledger", "State.Book")
    start, end = text.index("[ledger]"), text.index("[tokens]")

    assert problems(text) == set()
    assert problems(renamed) == {("outputs.book", "E125")}
    assert problems(text[:start] + text[end:]) == set()


@pytest.mark.parametrize("name", ["segments", "ledger_runs", "a_ledger_run_1"])
def test_other_names_are_free(name):
    """Only what begins like the entry's table is taken."""
    text = contract_toml().replace("outputs.segments", f"outputs.{name}")

    assert problems(text) == set()
    assert ENTRY_TABLE == "ledger_run_"


def test_a_partnership_is_the_contracts_id_unless_it_is_named():
    """Tokens of a second contract match those of the first if it names its partnership."""
    text = contract_toml()
    named = text.replace("revision = 1", 'revision = 1\npartnership = "acme-globex"')
    one, other = Contract.from_toml(text), Contract.from_toml(named)

    assert one.terms.partnership == one.terms.id
    assert one.asset("payments").partnership == one.terms.id
    assert other.terms.partnership == "acme-globex"
    assert other.asset("payments").partnership == "acme-globex"
    assert one.digest != other.digest


def test_only_declared_kinds_are_apart():
    """A name that stands for nothing would accept nothing, and nobody would notice."""
    text = contract_toml().replace(
        "[ledger]", '[ledger]\nkinds_apart = ["card", "shop"]'
    )

    with pytest.raises(ContractError) as refused:
        Contract.from_toml(text)

    (problem,) = refused.value.problems
    assert problem.path == "ledger.kinds_apart[1]"
    assert problem.code == "E115"
