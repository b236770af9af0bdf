"""The reference of the contract: its tables and its example are what the reader takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleanroom_join.contract import Contract
from tools.make_contract_reference import rendered

PAGE = Path(__file__).parents[3] / "docs/reference/contract.md"


def test_the_tables_are_those_of_the_declaration():
    """`tools/make_contract_reference.py` writes them; nobody edits them."""
    assert rendered(PAGE.read_text()) == PAGE.read_text()


def test_a_table_without_its_place_is_found():
    """A new table of the contract cannot be forgotten, nor an old one kept."""
    page = PAGE.read_text()

    for change in (
        ("<!-- generated: ledger -->", "<!-- generated: leger -->"),
        ("<!-- generated: ledger -->", ""),
    ):
        with pytest.raises(SystemExit, match="ledger"):
            rendered(page.replace(*change))


def test_the_example_is_a_contract():
    """Whoever begins with it has something that works."""
    found = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    example, _, revocation = found

    contract = Contract.from_toml(example + revocation)

    assert contract.policy.min_cohort == 150
    assert contract.output("fraud_by_age").group_by == ("age_band", "abroad")
    assert contract.terms.revocation is not None
