"""The command line, as far as it goes without a JVM."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanroom_join import __version__
from cleanroom_join.cli.app import app
from cleanroom_join.contract import Contract
from cleanroom_join.testing import contract_toml

RUNNER = CliRunner()


@pytest.fixture
def contract_file(tmp_path):
    """A valid contract's file."""
    path = tmp_path / "collaboration.toml"
    path.write_text(contract_toml())
    return path


def test_the_version():
    """One line, for scripts."""
    assert RUNNER.invoke(app, ["--version"]).output == f"{__version__}\n"


def test_check_prints_the_digest_both_parties_compare(contract_file):
    """For people, and as JSON for machines."""
    digest = Contract.load(contract_file).digest

    people = RUNNER.invoke(app, ["check", str(contract_file)])
    machines = RUNNER.invoke(app, ["check", str(contract_file), "--json"])

    assert people.exit_code == machines.exit_code == 0
    assert digest in people.output
    assert json.loads(machines.output)["sha256"] == digest
    assert json.loads(machines.output)["policy"]["min_cohort"] == "100"


def test_check_says_in_words_what_is_bounded(contract_file):
    """And nothing of it where nothing is."""
    plain = RUNNER.invoke(app, ["check", str(contract_file)]).output
    policy = 'protection = "perturbed"\ncontribution = { rows = 5 }'
    contract_file.write_text(contract_toml(policy=policy))

    people = RUNNER.invoke(app, ["check", str(contract_file)]).output
    machines = RUNNER.invoke(app, ["check", str(contract_file), "--json"]).output

    words = "everybody counts for at most 5 rows"
    assert words in " ".join(people.split())
    assert words not in " ".join(plain.split())
    assert json.loads(machines)["policy"]["contribution_rows"] == "5"


def test_a_wrong_contract_exits_with_2(contract_file):
    """And says what is wrong on standard error."""
    contract_file.write_text(contract_toml(policy="min_cohort = 99"))

    result = RUNNER.invoke(app, ["check", str(contract_file)])

    assert result.exit_code == 2
    assert "policy.min_cohort: k must be at least 100" in result.stderr
    assert result.stdout == ""


def rehearse(contract_file, data, output):
    """Run the rehearse command."""
    return RUNNER.invoke(
        app,
        ["rehearse", str(contract_file), "--data", str(data), "--output", str(output)],
    )


def test_an_existing_output_directory_exits_with_2(contract_file, tmp_path):
    """Before anything is started."""
    result = rehearse(contract_file, tmp_path, tmp_path)

    assert result.exit_code == 2
    assert "E502" in result.stderr


def test_missing_raw_tables_exit_with_2(contract_file, tmp_path):
    """Before Spark is started, with the name of the missing file."""
    result = rehearse(contract_file, tmp_path, tmp_path / "new")

    assert result.exit_code == 2
    assert "acme/payments.csv" in result.stderr
    assert not (tmp_path / "new").exists()


def test_without_its_packages_the_command_says_what_to_install():
    """A wheel installed alone has no typer."""
    code = (
        "import sys; sys.modules['typer'] = None\n"
        "from cleanroom_join.cli import main\n"
        "main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "cleanroom-join[cli]" in done.stderr


def test_the_command_is_installed():
    """The entry point works."""
    command = Path(sys.executable).parent / "cleanroom-join"

    done = subprocess.run(
        [command, "--help"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert "rehearse" in done.stdout
