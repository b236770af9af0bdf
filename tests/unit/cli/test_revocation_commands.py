"""The commands about consent: what they refuse before Spark, print, and exit with."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cleanroom_join.cli.app import app
from cleanroom_join.cli.revocation import run
from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.erasure import ErasureStatement
from cleanroom_join.revocation.erasure.statement import NotSearched
from cleanroom_join.revocation.job_report import JobReport
from cleanroom_join.revocation.recall import RecallNotice
from cleanroom_join.testing import contract_toml
from tests.reference.consent_status import ALARMED, NOW, status

SECTION = """
[revocation]
max_age_hours = 24
tables = { acme = "consent.state", globex = "consent.state" }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a contract, events and a Gold table; the working one."""
    (tmp_path / "c.toml").write_text(contract_toml() + SECTION)
    (tmp_path / "plain.toml").write_text(contract_toml())
    (tmp_path / "events").mkdir()
    (tmp_path / "gold" / "_delta_log").mkdir(parents=True)
    (tmp_path / "releases").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def revocation(command, *options, contract="c.toml", party="globex"):
    """Run a command."""
    given = [command, contract, "--party", party, "--store", "store", *options]
    return CliRunner().invoke(app, ["revocation", *given])


def apply(*options, **others):
    """Apply events."""
    given = ("--events", "events", "--checkpoint", "checkpoint", *options)
    return revocation("apply", *given, **others)


def report_of(lines=250, quarantined=0):
    """Return what a run did."""
    return JobReport(
        batches=1 if lines else 0,
        lines=lines,
        quarantined=quarantined,
        inferred=quarantined,
        k=100,
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--gold", "accounts"), "ASSET=FOLDER"),
        (("--gold", "=gold"), "ASSET=FOLDER"),
        (("--gold", "accounts=nowhere"), "no Delta table in nowhere"),
        (("--gold", "accounts=gold", "--gold", "accounts=gold"), "accounts twice"),
        (("--gold", "nothing=gold"), "E002"),
    ],
)
def test_gold_tables_are_checked_before_spark_starts(folder, options, says):
    """With a sentence and exit code 2."""
    done = apply(*options)

    assert done.exit_code == 2
    assert says in " ".join(done.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("others", "code"),
    [({"party": "initech"}, "E002"), ({"contract": "plain.toml"}, "E631")],
)
@pytest.mark.parametrize("command", ["status", "replay"])
def test_the_contract_must_speak_of_the_party_and_of_revocation(
    folder, command, others, code
):
    """Before Spark starts."""
    done = revocation(command, **others)

    assert done.exit_code == 2
    assert code in done.output


def test_a_folder_of_events_must_be_there(folder):
    """Spark would wait for files of a folder that somebody misspelt."""
    done = apply("--events", "evnets")

    assert done.exit_code == 2


def test_apply_says_what_it_did(folder, monkeypatch):
    """In classes; with 0 if every line is applied."""
    made = {}
    monkeypatch.setattr(
        run,
        "apply",
        lambda where, **given: (made.update(given), (report_of(), status()))[1],
    )

    done = apply("--gold", "accounts=gold")

    assert done.exit_code == 0
    assert "applied 1 batches: lines 200 or more" in done.output
    assert made["gold"] == {"accounts": f"`delta`.`{folder / 'gold'}`"}
    assert str(made["checkpoint"]) == "checkpoint"


def test_apply_exits_with_1_if_lines_are_in_quarantine(folder, monkeypatch):
    """It names the reasons, and subtracts nothing: 250 less 3 is not to be seen."""
    monkeypatch.setattr(run, "apply", lambda *_, **__: (report_of(250, 3), ALARMED))

    shown, as_json = apply(), apply("--json")

    assert (shown.exit_code, as_json.exit_code) == (1, 1)
    assert "too_long" in shown.output
    found = json.loads(as_json.stdout)
    assert found["run"] == {
        "lines": "200 or more",
        "events": "200 or more",
        "quarantined": "fewer than 100",
        "inferred_opt_outs": "fewer than 100",
    }
    assert found["has_quarantine"] is True


def test_apply_says_if_nothing_is_new(folder, monkeypatch):
    """The heartbeat moved all the same."""
    monkeypatch.setattr(run, "apply", lambda *_, **__: (report_of(0), status()))

    assert "Nothing was new; the state is as of now." in apply().output


@pytest.mark.parametrize(("found", "code"), [(status(), 0), (ALARMED, 1)])
def test_status_exits_with_1_if_a_person_must_look(folder, monkeypatch, found, code):
    """As text and as JSON; no exact count in either."""
    monkeypatch.setattr(run, "look", lambda *_, **__: found)

    shown, as_json = revocation("status"), revocation("status", "--json")

    assert (shown.exit_code, as_json.exit_code) == (code, code)
    assert "8249" not in (shown.output + as_json.output).replace(",", "")
    assert json.loads(as_json.stdout)["needs_attention"] is bool(code)
    assert ("BREACHED" in shown.output) is bool(code)


def test_the_report_is_a_new_file(folder, monkeypatch):
    """Nothing is overwritten, and Spark does not start for it."""
    monkeypatch.setattr(run, "look", lambda *_, **__: status())

    first = revocation("report", "--output", "page.html")
    monkeypatch.setattr(run, "look", None)
    second = revocation("report", "--output", "page.html")

    assert first.exit_code == 0
    assert "for globex's privacy officer only" in first.output
    assert "IN TIME" in (folder / "page.html").read_text()
    assert second.exit_code == 2
    assert "E502" in second.output


@pytest.mark.parametrize("differed", [True, False])
def test_replay_says_whether_the_state_differed(folder, monkeypatch, differed):
    """With 1 if it did."""
    monkeypatch.setattr(run, "rebuild", lambda *_: differed)

    shown, as_json = revocation("replay"), revocation("replay", "--json")

    assert (shown.exit_code, as_json.exit_code) == (differed, differed)
    assert ("it is replaced" in shown.output) is differed
    assert json.loads(as_json.stdout) == {"differed": differed}


def test_recall_prints_the_notice(folder, monkeypatch):
    """As text for people, or as canonical JSON."""
    made = RecallNotice(
        party="globex", contract_id="c", min_cohort=100, state_time=NOW, releases=()
    )
    monkeypatch.setattr(run, "notice", lambda *_: made)
    metadata = {"contract_id": "c", "contract_revision": 1, "output": "segments"}
    metadata["release_sha256"] = "a" * 64
    text = json.dumps({"cleanroom_join": metadata})
    (folder / "releases" / "1.json").write_text(text)

    shown = revocation("recall", "--releases", "releases")
    as_json = revocation("recall", "--releases", "releases", "--json")

    assert shown.stdout == made.text()
    assert json.loads(as_json.stdout) == made.as_json()


def test_recall_refuses_what_is_no_release(folder):
    """By name of the file, and a folder without files."""
    empty = revocation("recall", "--releases", "releases")
    (folder / "releases" / "x.json").write_text("4111111111111111")
    wrong = revocation("recall", "--releases", "releases")

    assert (empty.exit_code, wrong.exit_code) == (2, 2)
    assert "no .json file" in " ".join(empty.output.replace("│", " ").split())
    assert "E630" in wrong.output
    assert "4111" not in wrong.output


def test_an_error_of_a_step_is_one_line(folder, monkeypatch):
    """With exit code 2."""

    def refuse(*_, **__):
        raise RevocationRefused.never_applied()

    monkeypatch.setattr(run, "look", refuse)

    done = revocation("status")

    assert done.exit_code == 2
    assert "E632" in done.output


def statement(found=()):
    """Return the statement of an erasure."""
    return ErasureStatement(
        party="globex",
        contract="c" * 64,
        events_version=3,
        state_version=4,
        begun=NOW,
        ended=NOW,
        tables=(),
        searched=(),
        not_searched=() if not found else (NotSearched(of="x", kind=None, why="gone"),),
        found=(),
        archive_deleted=False,
    )


@pytest.mark.parametrize(
    ("found", "outcome", "code"), [((), "ERASED", 0), ("x", "INCOMPLETE", 1)]
)
def test_erase_writes_a_statement(folder, monkeypatch, found, outcome, code):
    """A new file; with 1 unless everything is erased and searched."""
    monkeypatch.setattr(run, "erased", lambda *_, **__: statement(found))

    done = revocation("erase", "--output", "statement.json")
    again = revocation("erase", "--output", "statement.json")

    assert done.exit_code == code
    assert done.stdout.startswith(f"{outcome}: ")
    assert (folder / "statement.json").read_bytes() == statement(found).to_bytes()
    assert (again.exit_code, "E502" in again.output) == (2, True)
