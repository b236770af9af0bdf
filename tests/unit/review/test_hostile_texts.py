"""Texts of the other company, in everything that people read: refused, or only text."""

from __future__ import annotations

import html
import logging
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cleanroom_join.cli.app import app
from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml
from tests.reference.reports import ROWS, example
from tests.support.examples import examples
from tests.support.hostile_texts import (
    ALLOWED,
    HOSTILE,
    is_clean,
    printed,
    toml_string,
)
from tests.support.text_checks import Page


def toml_with(text):
    """Return a contract in which one text is the purpose and a label."""
    quoted = toml_string(text)
    label = f"sector = {{ dimension = [{quoted}, '5732'] }}"
    return contract_toml(
        accounts=f'{label}\narea = {{ dimension = ["north", "south"] }}',
        group_by=("area", "sector"),
    ).replace('purpose = "tests"', f"purpose = {quoted}")


def report_with(text, contract):
    """Return the report of a release with this text as its purpose and a label."""
    rows = [(row[0], text, *row[2:]) if row[1] == "5411" else row for row in ROWS]
    shown = [row for row in rows if row[1] != "grocery"]
    return example(rows=shown, earlier=False, contract=contract)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused(text):
    """As a purpose and as a label, each with its path; C0 and C1 by the pattern."""
    with pytest.raises(ContractError) as refused:
        Contract.from_toml(toml_with(text))

    found = {p.path: p.code for p in refused.value.problems}
    assert found.get("purpose") in ("E112", "E122")
    assert found["assets.accounts.columns.sector.dimension[0]"] == found["purpose"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_refusal_itself_is_clean(text, tmp_path, caplog):
    """The error in a log and on a terminal says which character it is, without it."""
    (tmp_path / "c.toml").write_text(toml_with(text), encoding="utf-8")

    shown = CliRunner().invoke(app, ["check", str(tmp_path / "c.toml")])
    with pytest.raises(ContractError) as refused:
        Contract.load(tmp_path / "c.toml")
    logging.getLogger("test").warning("refused: %s", refused.value)

    assert shown.exit_code == 2
    assert "purpose: " in shown.output
    assert is_clean(shown.output)
    assert is_clean(caplog.text)


@pytest.mark.parametrize("text", ALLOWED, ids=range(len(ALLOWED)))
def test_an_allowed_text_is_text_everywhere(text, caplog):
    """No reader is moved by it: neither markup nor a character's name means anything."""
    shown = printed(report_with(text, Contract.from_toml(toml_with(text))), caplog)

    assert {name for name, part in shown.items() if not is_clean(part)} == set()
    flat = {name: "".join(part.split()) for name, part in shown.items()}
    wanted = "".join(text.split())
    assert wanted in flat["summary"]
    assert wanted in flat["log"]
    assert wanted in flat["terminal"]
    assert text in Page(shown["page"]).texts
    assert html.escape(text, quote=False).split("'")[0] in shown["page"]


@given(
    st.one_of(
        st.text(max_size=40),
        st.text("ab (\u202e\u0085\u200b\u00a0\u0301\u3164", max_size=12),
        st.text("ab:[]<>&x()", min_size=1, max_size=12),
    )
)
@settings(
    max_examples=examples(500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_that_a_contract_may_have_moves_a_reader(caplog, text):
    """Whatever the text is: the contract is refused, or every reader's copy is clean."""
    try:
        contract = Contract.from_toml(toml_with(text))
    except ContractError as error:
        event("refused")
        shown = {"error": str(error)}
    else:
        event("accepted")
        shown = printed(report_with(text, contract), caplog)

    assert {name for name, part in shown.items() if not is_clean(part)} == set()


def test_no_word_of_a_purpose_stands_where_our_names_stand():
    """A word longer than a line is broken, so that no terminal breaks it for us."""
    from cleanroom_join.review import summary

    report = replace(example(), purpose="x" * 90 + "APPROVED__segments" + "y" * 80)

    lines = summary(report, full=True).splitlines()

    assert max(map(len, lines)) <= 100
    assert [line for line in lines if line.startswith("APPROVED")] == lines[:1]
