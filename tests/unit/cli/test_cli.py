"""The command line, as far as it goes without a JVM."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanroom_join import __version__
from cleanroom_join.cli.app import app
from cleanroom_join.cli.console import wide_console
from cleanroom_join.contract import Contract
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure.perturbation.ptable import ptable
from cleanroom_join.testing import contract_toml

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def no_width(monkeypatch):
    """The shell that runs the tests may set a width; the tests set theirs."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def contract_file(tmp_path):
    """A valid contract's file."""
    path = tmp_path / "collaboration.toml"
    path.write_text(contract_toml())
    return path


def test_the_version():
    """One line, for scripts."""
    assert RUNNER.invoke(app, ["--version"]).output == f"{__version__}\n"


def test_check_prints_the_digests_that_the_anchor_takes(contract_file):
    """For people, and as JSON for machines."""
    digest = Contract.load(contract_file).digest

    people = RUNNER.invoke(app, ["check", str(contract_file)])
    machines = RUNNER.invoke(app, ["check", str(contract_file), "--json"])

    assert people.exit_code == machines.exit_code == 0
    assert digest in people.output
    assert json.loads(machines.output)["sha256"] == digest
    assert f"library {library_digest()}\n" in people.output
    assert json.loads(machines.output)["library_sha256"] == library_digest()
    assert json.loads(machines.output)["policy"]["min_cohort"] == "100"


def test_check_explains_the_contribution_bound(contract_file):
    """And does not mention it if there is none."""
    plain = RUNNER.invoke(app, ["check", str(contract_file)]).output
    policy = 'protection = "perturbed"\ncontribution = { rows = 5 }'
    contract_file.write_text(contract_toml(policy=policy))

    people = RUNNER.invoke(app, ["check", str(contract_file)]).output
    machines = RUNNER.invoke(app, ["check", str(contract_file), "--json"]).output

    words = "no subject counts for more than 5 rows"
    assert words in " ".join(people.split())
    assert words not in " ".join(plain.split())
    assert json.loads(machines)["policy"]["contribution_rows"] == "5"


def test_check_draws_the_noise_of_a_perturbed_contract(contract_file):
    """A bar for each likely step, as long as its probability in the ptable; else none."""
    plain = RUNNER.invoke(app, ["check", str(contract_file)]).output
    contract_file.write_text(contract_toml(policy='protection = "perturbed"'))

    shown = RUNNER.invoke(app, ["check", str(contract_file)]).output

    bars = re.findall(r"(?m)^ *(-?\d+) +([\d.]+)% (█*)$", shown)
    table = ptable(variance=Decimal(4), bound=10, floor=100)
    weights = {v: w / 2**32 for v, w in table.weights(110) if w >= 2**32 / 1000}
    assert [int(v) for v, _, _ in bars] == list(weights)
    for (_, percent, bar), weight in zip(bars, weights.values(), strict=True):
        assert float(percent) == pytest.approx(100 * weight, abs=0.051)
        assert len(bar) == pytest.approx(40 * weight / max(weights.values()), abs=0.5)
    assert "█" not in plain


def test_check_shows_all_that_decides(contract_file):
    """The action on a small change, the ledger, and every query."""
    text = contract_toml(
        policy='differencing = "suppress"\nmin_opposite = 4', totals='[["region"], []]'
    )
    contract_file.write_text(text)

    people = RUNNER.invoke(app, ["check", str(contract_file)]).output
    machines = json.loads(
        RUNNER.invoke(app, ["check", str(contract_file), "--json"]).output
    )

    rows = {tuple(line.split("│")[1:3]) for line in people.splitlines() if "│" in line}
    shown = {name.strip(): value.strip() for name, value in rows}
    assert shown["differencing"] == "suppress"
    assert "10: this is weaker" in people
    assert "acme's state.ledger, confirmed in state.anchor" in people
    for part in ("segments", "payments, accounts on card", "per region", "rate(fraud)"):
        assert part in people
    assert machines["policy"]["differencing"] == "suppress"
    assert "figures are shown at once" in " ".join(people.split())
    assert machines["ledger"]["anchor"] == "state.anchor"
    assert machines["ledger"]["reveal"] == "at once"
    (output,) = machines["outputs"]
    assert output["totals"] == [["region"], []]
    assert output["measures"][0] == {
        "name": "record_count",
        "function": "count",
        "column": None,
    }
    assert machines["warnings"] == []


def test_check_warns_if_there_is_no_ledger(contract_file):
    """The review approves nothing under such a contract."""
    text = contract_toml()
    start, end = text.index("[ledger]"), text.index("[tokens]")
    contract_file.write_text(text[:start] + text[end:])

    people = RUNNER.invoke(app, ["check", str(contract_file)])
    machines = RUNNER.invoke(app, ["check", str(contract_file), "--json"])

    words = "Nothing can be released under this contract: it has no [ledger]"
    assert people.exit_code == machines.exit_code == 0
    assert words in " ".join(people.output.split())
    document = json.loads(machines.output)
    assert document["ledger"] is None
    assert words in document["warnings"][0]


def test_check_says_whose_consent_a_run_asks(contract_file):
    """And how fresh a state must be; nothing of it where the contract asks none."""
    without = json.loads(
        RUNNER.invoke(app, ["check", str(contract_file), "--json"]).output
    )
    section = (
        "[revocation]\nmax_age_hours = 36\n"
        'tables = { acme = "consent.state", globex = "opt_outs.state" }\n'
    )
    contract_file.write_text(contract_toml() + section)

    people = RUNNER.invoke(app, ["check", str(contract_file)]).output
    machines = RUNNER.invoke(app, ["check", str(contract_file), "--json"]).output

    assert without["revocation"] is None
    said = " ".join(people.split())
    assert "acme's consent.state and globex's opt_outs.state, at most 36 hours" in said
    assert "excluded within 15 business days" in said
    assert json.loads(machines)["revocation"] == {
        "max_age_hours": 36,
        "tables": {"acme": "consent.state", "globex": "opt_outs.state"},
        "on_suspension": "stop",
        "within_business_days": 15,
    }


@pytest.mark.parametrize("columns", ["70", "200"])
def test_what_is_piped_is_as_wide_as_columns_says(contract_file, columns, monkeypatch):
    """As in a terminal of that width; and whole names all the same."""
    contract_file.write_text(contract_toml().replace("segments", "s" * 60))
    monkeypatch.setenv("COLUMNS", columns)

    lines = RUNNER.invoke(app, ["check", str(contract_file)]).output.splitlines()

    digests = [line for line in lines if line.startswith(("digest ", "library "))]
    assert [len(line.split()[1]) for line in digests] == [64, 64]
    assert max(map(len, lines)) <= max(int(columns), *map(len, digests))
    assert ("".join(lines).count("s" * 60) == 2) is (columns == "200")
    assert "…" not in "".join(lines)


def test_piped_output_is_wide_by_default(monkeypatch):
    """A log takes more than 80 columns."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert wide_console().width == 120
    monkeypatch.setenv("COLUMNS", "many")
    assert wide_console().width == 120


@pytest.mark.parametrize("command", ["check", "attack"])
def test_a_file_that_is_not_there_exits_with_2(command, tmp_path):
    """One line that says so."""
    result = RUNNER.invoke(app, [command, str(tmp_path / "nope.toml")])

    assert result.exit_code == 2
    assert '"nope.toml" does not exist' in result.stderr
    assert result.stdout == ""


def test_commands_are_listed_as_they_are_needed():
    """First the contract, then what plays with it, then tokens."""
    shown = RUNNER.invoke(app, ["--help"]).output
    names = (
        "init",
        "check",
        "attack",
        "rehearse",
        "manifest",
        "doctor",
        "key",
        "vectors",
    )

    places = [re.search(rf"│ {name} ", shown).start() for name in names]

    assert places == sorted(places)


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


@pytest.mark.parametrize("command", ["rehearse", "advise", "manifest"])
def test_names_of_columns_are_looked_at_before_spark_starts(
    contract_file, tmp_path, monkeypatch, command
):
    """A wrong one costs no twenty seconds."""
    pytest.importorskip("pyspark")
    from cleanroom_join.cli import manifest
    from cleanroom_join.cli import rehearse as module

    for started in (module, manifest):
        monkeypatch.setattr(started, "local_session", None)
    monkeypatch.setenv(
        "KEY", base64.b64encode(hashlib.sha256(b"key").digest()).decode()
    )
    (tmp_path / "acme").mkdir()
    file = tmp_path / "acme" / "payments.csv"
    file.write_text("card_number;regions;fraud;amount\n")
    output = ["--output", str(tmp_path / "new")]
    usual = {
        "rehearse": ["--data", str(tmp_path), *output],
        "advise": ["--data", str(tmp_path)],
        "manifest": ["--asset", "payments", "--data", str(file), *output],
    }
    if command == "manifest":
        usual[command] += ["--key-env", "KEY"]

    result = RUNNER.invoke(app, [command, str(contract_file), *usual[command]])

    assert result.exit_code == 2
    assert "[E301]" in result.stderr
    assert 'lacks "region"; did you mean "regions"?' in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--delimiter", "::", "a separator is one character"),
        ("--encoding", "shift_jis", "utf-16-le"),
    ],
)
def test_an_option_about_csv_says_what_it_may_be(option, value, says):
    """Before anything is read."""
    usual = ["--data", "d", "--output", "o", option, value]

    result = CliRunner(env={"COLUMNS": "200"}).invoke(
        app, ["rehearse", "contract.toml", *usual]
    )

    assert result.exit_code == 2
    assert says in result.stderr


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
    assert "[cli]" in done.stderr


def test_the_command_is_installed():
    """The entry point works."""
    command = Path(sys.executable).parent / "cleanroom-join"

    done = subprocess.run(
        [command, "--help"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert "rehearse" in done.stdout
