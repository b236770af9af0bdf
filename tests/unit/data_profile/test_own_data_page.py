"""The page about one's own data shows what a profile says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("pyspark")

from cleanroom_join.contract import Contract
from cleanroom_join.data_profile import RepeatedSubjects, TableFacts
from cleanroom_join.spark.party.table_profile import TableProfile
from cleanroom_join.testing import contract_toml
from cleanroom_join.tokens.doctor.manifest import SHARE_STEPS
from tests.support.table_facts import dimension_facts, measure_facts

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "look-at-your-own-data.md"


def register() -> TableProfile:
    """Return the profile of the register on the page."""
    text = contract_toml(
        accounts='street_number = { measure = "int", min = 0, max = 500 }'
    )
    terms = Contract.from_toml(text).asset("accounts")
    columns = terms.asset.columns
    facts = TableFacts(
        asset=terms.asset,
        rows=5_000,
        with_token={"card_token": 5_000},
        measures=(
            measure_facts(columns["street_number"], [9_000] * 100 + [7] * 4_900),
        ),
        dimensions=(dimension_facts(columns["age_band"], ["young", "old"] * 2_500),),
        repeated=RepeatedSubjects(
            column="card_token", subject="card", subjects=0, rows=0
        ),
    )
    return TableProfile(tokens=(), facts=facts, terms=terms)


def test_the_example_is_what_the_profile_says():
    """Each line of the page's example, in this order."""
    (example,) = re.findall(r"(?s)```text\n(.*?)```", PAGE.read_text())

    shown = register().describe()

    assert [line for line in shown if line in example.splitlines()] == [
        *example.splitlines()
    ]


def test_the_page_names_the_steps_of_a_manifest():
    """All of them, in percent."""
    *first, last = (f"{step * 100:g}" for step in SHARE_STEPS)

    text = " ".join(PAGE.read_text().split())

    assert f"{', '.join(first)} and {last} %" in text


def test_the_json_of_a_profile_has_the_line_to_paste():
    """With the table that it stands in, and what happens without it."""
    (warning,) = register().as_json()["warnings"]

    assert warning["effect"] == "suppressed"
    assert warning["table"] == "[assets.accounts.columns]"
    assert warning["line"].endswith("max = 10000 }")
