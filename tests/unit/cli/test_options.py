"""Options, help and completion, as far as all commands share them."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest
import typer.main
from typer.testing import CliRunner

from cleanroom_join.cli import app as application
from cleanroom_join.cli.app import app
from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

RUNNER = CliRunner()


def commands(group=None, path=()):
    """Iterate over the paths of all groups and commands, the program's first."""
    group = typer.main.get_command(app) if group is None else group
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


PAGES = list(commands())


def flat(text):
    """Return a text on one line, without the frames around help."""
    return " ".join(text.replace("│", " ").split())


def test_there_are_all_commands():
    """The parametrisation below is not empty."""
    assert {(), ("check",), ("diff",), ("key",), ("key", "new")} <= set(PAGES)
    assert len(PAGES) >= 16


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_every_help_page_names_the_exit_codes(path):
    """Of the program, of each group, of each command."""
    page = flat(RUNNER.invoke(app, [*path, "--help"]).output)

    assert "Exit codes: 0 " in page
    for code in ("2 ", "70 a bug of this library", "130 Ctrl-C"):
        assert f"; {code}" in page


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (["rehearse"], "1 some output is not approved"),
        (["doctor"], "1 "),
        (["diff"], "1 they differ"),
        (["attack"], "3 an attack succeeds that it should stop"),
    ],
)
def test_special_exit_codes_are_in_their_help(path, says):
    """Next to those that all commands have."""
    assert says in flat(RUNNER.invoke(app, [*path, "--help"]).output)


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["rehearse", "c", "--data", "a", "--data", "b", "--output", "o"], "--data"),
        (["rehearse", "c", "--data", "a", "--output", "o", "--output=p"], "--output"),
        (
            ["advise", "c", "--data", "a", "--memory", "2g", "--memory", "3g"],
            "--memory",
        ),
        (["manifest", "c", "--asset", "a", "--asset", "b"], "--asset"),
        (["key", "check", "c", "--key-env", "A", "--key-env", "A"], "--key-env"),
    ],
)
def test_an_option_is_given_once(arguments, option):
    """The last of two is not taken silently, and the same value twice is no better."""
    result = RUNNER.invoke(app, arguments)

    assert result.exit_code == 2
    assert f"{option} is given twice" in flat(result.stderr)


def test_options_that_take_several_take_several(tmp_path):
    """`init` has a party for each file, and `attack` several numbers."""
    listed = RUNNER.invoke(app, ["attack", "--list", "--only", "1", "--only", "2"])
    drafted = RUNNER.invoke(
        app, ["init", "--party", "a", "x.csv", "--party", "b", "y.csv"]
    )

    assert listed.exit_code == 0
    assert "given twice" not in drafted.output


@pytest.mark.parametrize(
    "text", ["lots", "", "2", "2 g", "-2g", "2.5g", "2gg", "0x2g", "٢g"]
)
@pytest.mark.parametrize("command", ["rehearse", "advise", "init"])
def test_memory_is_a_size(command, text):
    """Said before anything is read or started."""
    given = {
        "rehearse": ["c", "--data", "a", "--output", "o"],
        "advise": ["c", "--data", "a"],
        "init": ["a.csv", "b.csv", "--party", "a", "--party", "b"],
    }[command]

    result = RUNNER.invoke(app, [command, *given, "--memory", text])

    assert result.exit_code == 2
    assert "is no size such as 2g or 1500m" in flat(result.stderr)


def test_memory_is_enough_for_spark_to_start():
    """Spark's own error comes after many seconds."""
    given = ["advise", "c", "--data", "a", "--memory"]

    small = RUNNER.invoke(app, [*given, "100m"])
    large = RUNNER.invoke(app, [*given, "1500M"])

    assert "Spark needs at least 512m" in flat(small.stderr)
    assert "--memory" not in large.stderr
    assert '"c" does not exist' in large.stderr


def test_it_runs_as_a_module():
    """Where the script is on no path; under the name that the help has."""
    done = subprocess.run(
        [sys.executable, "-m", "cleanroom_join", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "Usage: cleanroom-join " in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_its_commands(shell):
    """The script that the option prints asks the program for them."""
    shown = subprocess.run(
        [sys.executable, "-m", "cleanroom_join", "--show-completion", shell],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )

    assert shown.returncode == 0
    assert "_CLEANROOM_JOIN_COMPLETE" in shown.stdout


def test_completion_knows_the_commands():
    """What a shell asks for after ``cleanroom-join re``."""
    asked = subprocess.run(
        [sys.executable, "-m", "cleanroom_join"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "_CLEANROOM_JOIN_COMPLETE": "complete_bash",
            "COMP_WORDS": "cleanroom-join re",
            "COMP_CWORD": "1",
        },
    )

    assert asked.stdout.split() == ["rehearse", "revocation"]


def test_check_refuses_an_expired_contract(tmp_path, monkeypatch):
    """As all that computes under it; its last day counts."""
    path = tmp_path / "c.toml"
    path.write_text(contract_toml())
    last = Contract.load(path).terms.expires

    monkeypatch.setattr(application, "utc_today", lambda: last)
    valid = RUNNER.invoke(app, ["check", str(path)])
    monkeypatch.setattr(application, "utc_today", lambda: last + dt.timedelta(days=1))
    expired = RUNNER.invoke(app, ["check", str(path)])

    assert valid.exit_code == 0
    assert expired.exit_code == 2
    assert f"[E102] the contract expired on {last}" in expired.stderr
    assert expired.stdout == ""


def test_no_asset_of_an_expired_contract_is_tokenised():
    """`tokenise` and `token_manifest` ask this before they look at a table."""
    terms = Contract.from_toml(contract_toml()).asset("payments")

    terms.refuse_if_expired(terms.expires)
    with pytest.raises(ContractError, match="E102"):
        terms.refuse_if_expired(terms.expires + dt.timedelta(days=1))


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_a_flag_shows_no_type(path):
    """Nobody writes ``--json true``."""
    page = RUNNER.invoke(app, [*path, "--help"]).output

    assert "--help" in page
    assert "bool" not in page.lower()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["rehearse", "--data", "raw", "--output", "new"],
        ["advise", "--data", "raw"],
        [
            "manifest",
            "--asset",
            "payments",
            "--data",
            "raw.csv",
            "--output",
            "new.json",
        ],
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_is_computed_under_an_expired_contract(
    tmp_path, monkeypatch, arguments
):
    """Said before Spark starts, and before a key or a table is asked for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.toml").write_text(
        contract_toml().replace("2099-12-31", "2020-12-31")
    )

    result = RUNNER.invoke(app, [arguments[0], "c.toml", *arguments[1:]])

    assert result.exit_code == 2
    assert "[E102] the contract expired on 2020-12-31" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["c.toml"]
