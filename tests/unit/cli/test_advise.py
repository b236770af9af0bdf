"""The command `advise` and the file of a rehearsal, without a JVM."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cleanroom_join.advice import (
    Answered,
    Effect,
    advice_lines,
    advice_without_trials,
    utility,
)
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.cli import reports
from cleanroom_join.cli.app import app
from cleanroom_join.cli.exits import EXIT_REFUSED
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import protect
from cleanroom_join.testing import contract_toml

pytest.importorskip("pyspark")

from cleanroom_join.cli import rehearse

RUNNER = CliRunner()


@pytest.fixture
def contract_file(tmp_path):
    """A valid contract's file."""
    path = tmp_path / "collaboration.toml"
    path.write_text(contract_toml())
    return path


@pytest.fixture
def advice(contract_file):
    """Advice of which the first change was tried, and it publishes the same."""
    text = contract_file.read_text()
    agreed = Contract.from_toml(text)
    query = resolve(agreed, agreed.output("segments"))
    rows = [
        {
            "card_token": f"{region} {i}",
            "region": region,
            "age_band": "old",
            "fraud": i % 2 == 0,
            "amount": str(i),
        }
        for region, size in (("north", 240), ("south", 61))
        for i in range(size)
    ]
    cells = count(rows, query, bytes(32))
    answers = {
        "segments": Answered(
            query=query, cells=cells, table=protect(cells, query, agreed.policy)
        )
    }
    found = advice_without_trials(agreed, text, answers)
    before = {"segments": utility(answers["segments"])}
    effect = Effect(change=found.untried[0], before=before, after=before)
    return type(found)(
        contract=agreed, answers=answers, tried=(effect,), untried=found.untried[1:]
    )


def test_text_and_json_go_to_standard_output(contract_file, advice, monkeypatch):
    """JSON has every change, tried or not, with the digest of its contract."""
    monkeypatch.setattr(rehearse, "try_changes", lambda *_, **__: advice)
    command = ["advise", str(contract_file), "--data", "raw"]

    people = RUNNER.invoke(app, command)
    machines = RUNNER.invoke(app, [*command, "--json"])

    assert people.exit_code == machines.exit_code == 0
    assert people.stdout == "".join(f"{line}\n" for line in advice_lines(advice))
    document = json.loads(machines.stdout)
    assert document["outputs"]["segments"]["published_person_cells"] == 200
    assert document["better"] == []
    (tried,) = document["not_better"]
    assert tried["change"] == advice.tried[0].change.description
    assert tried["sha256"] == advice.tried[0].change.contract.digest
    assert len(document["not_tried"]) == len(advice.untried)


def test_tables_that_are_not_there_are_refused_before_spark_starts(
    contract_file, tmp_path, monkeypatch
):
    """With the code of refused input."""
    monkeypatch.setattr(rehearse, "local_session", None)  # a call would raise

    done = RUNNER.invoke(app, ["advise", str(contract_file), "--data", str(tmp_path)])

    assert done.exit_code == EXIT_REFUSED
    assert "E300" in done.stderr


def test_no_contract_is_refused(tmp_path):
    """With the code of refused input."""
    done = RUNNER.invoke(app, ["advise", str(tmp_path / "none.toml"), "--data", "."])

    assert done.exit_code == EXIT_REFUSED


def test_a_negative_number_of_tries_is_refused(contract_file):
    """Zero is none."""
    command = ["advise", str(contract_file), "--data", ".", "--try", "-1"]

    assert RUNNER.invoke(app, command).exit_code == EXIT_REFUSED


def test_a_rehearsal_writes_advice_beside_its_reports(advice, tmp_path, capsys):
    """As a file of its own: the report goes to both companies, advice to none."""
    reports.write_advice(advice, tmp_path)

    text = (tmp_path / "advice.txt").read_text(encoding="utf-8")
    assert text == "".join(f"{line}\n" for line in advice_lines(advice))
    out, err = capsys.readouterr()
    assert out == ""
    assert str(tmp_path / "advice.txt") in err
