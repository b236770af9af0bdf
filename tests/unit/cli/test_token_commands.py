"""Keys, vectors and the doctor on the command line."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cleanroom_join import SecretKey
from cleanroom_join.cli.app import app
from cleanroom_join.contract import Contract
from cleanroom_join.testing import contract_toml
from cleanroom_join.tokens import load_vectors
from cleanroom_join.tokens.doctor import write_manifest
from cleanroom_join.tokens.vectors import vectors_bytes
from tests.support.manifests import counts, manifest, people

RUNNER = CliRunner()


def run(*arguments, **options):
    """Run a command."""
    return RUNNER.invoke(app, [str(argument) for argument in arguments], **options)


@pytest.fixture
def contract_file(tmp_path):
    """A valid contract's file."""
    path = tmp_path / "collaboration.toml"
    path.write_text(contract_toml())
    return path


def test_a_new_key_is_a_key():
    """Each time another, and nothing else on standard output."""
    one, other = run("key", "new"), run("key", "new")

    assert one.exit_code == 0
    assert one.stdout != other.stdout
    assert SecretKey.from_base64(one.stdout)


def test_both_sides_compare_check_values(contract_file, monkeypatch):
    """From a pipe or a named variable; the key itself is never shown."""
    text = run("key", "new").stdout
    monkeypatch.setenv("PARTNER_KEY", text)

    piped = run("key", "check", contract_file, input=text)
    named = run("key", "check", contract_file, "--key-env", "PARTNER_KEY")

    partnership = Contract.load(contract_file).terms.id
    expected = SecretKey.from_base64(text).check_value(partnership)
    assert piped.stdout == named.stdout == f"{expected}\n"
    assert text.strip() not in piped.output + named.output


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--key-env", "NO_SUCH_VARIABLE"], ""),
        ([], "not a key\n"),
        ([], ""),
        ([], base64.b64encode(bytes(range(32))).decode()),
    ],
)
def test_no_key_is_exit_code_2(contract_file, arguments, text):
    """One line with a code, without what was given."""
    result = run("key", "check", contract_file, *arguments, input=text)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "[E201]" in result.stderr
    assert not text.strip() or text.strip() not in result.stderr


def test_the_vectors_pass():
    """The installed ones, and a partner's file."""
    assert (
        run("vectors", "check").stdout
        == f"{len(load_vectors()):,} token vectors pass\n"
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (vectors_bytes().replace(b'"token": "k1:', b'"token": "k1:0', 1), "tcId 1"),
        (b"{}", "no token vector file"),
        (b"\xff", "no token vector file"),
        (None, "no token vector file"),
    ],
)
def test_a_partners_file_that_fails(tmp_path, data, says):
    """Exit code 2 and which case, never an input."""
    path = tmp_path / "theirs.json"
    if data is not None:
        path.write_bytes(data)

    result = run("vectors", "check", path)

    assert result.exit_code == 2
    assert says in result.stderr


def test_the_export_needs_nothing_but_python(tmp_path):
    """Both files, and the verifier passes without site packages."""
    folder = tmp_path / "for-the-partner"

    first, again = run("vectors", "export", folder), run("vectors", "export", folder)
    done = subprocess.run(
        [
            *(sys.executable, "-I", "-S", folder / "verify_token_v1.py"),
            folder / "token_v1.json",
        ],
        capture_output=True,
        check=False,
    )

    assert first.exit_code == 0
    assert again.exit_code == 2
    assert done.returncode == 0


def manifests(tmp_path, **changes):
    """Write two token manifests and return their files."""
    files = []
    for party, change in (("acme", {}), ("globex", changes)):
        path = tmp_path / f"{party}.json"
        path.write_bytes(write_manifest(manifest(party, **change)))
        files.append(path)
    return files


def test_the_doctor_says_that_all_is_well(tmp_path):
    """Exit code 0 and the match rate."""
    result = run("doctor", *manifests(tmp_path))

    assert result.exit_code == 0
    assert "the tokens match" in result.stdout
    assert "match rate: about" in result.stdout


def test_the_doctor_shows_which_columns_lie_outside(tmp_path):
    """The largest share first, each as the step that it reaches at least."""
    shares = {"outside": {"amount": 0.02, "region": 0.5}, "missing": {"amount": 0.005}}

    result = run("doctor", *manifests(tmp_path, **shares))

    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert text.index("region 50 % or more") < text.index("amount 2 % or more")
    assert "amount 0.5 % or more" in text


def test_the_doctor_names_the_cause(tmp_path):
    """Exit code 1; for people as a table, for machines as JSON."""
    files = manifests(tmp_path, key_check_value="ffffffff")

    people_read, machines = run("doctor", *files), run("doctor", *files, "--json")

    assert people_read.exit_code == machines.exit_code == 1
    assert "most likely wrong key" in people_read.stdout
    (diagnosis,) = json.loads(machines.stdout)
    assert diagnosis["causes"][0]["cause"] == "wrong_key"
    assert diagnosis["healthy"] is False


def test_few_subjects_are_no_diagnosis(tmp_path):
    """Neither healthy nor a cause: exit code 1, and it says so."""
    few = {"buckets": counts(people("few", 900), 8)}

    result = run("doctor", *manifests(tmp_path, column=few))

    assert result.exit_code == 1
    assert "too few subjects" in result.stdout


@pytest.mark.parametrize("data", [b"", b"{}", None])
def test_no_manifest_is_exit_code_2(tmp_path, data):
    """One line with a code."""
    ours, theirs = manifests(tmp_path)
    theirs.unlink()
    if data is not None:
        theirs.write_bytes(data)

    result = run("doctor", ours, theirs)

    assert result.exit_code == 2
    assert "[E211]" in result.stderr


def test_manifests_without_a_common_subject(tmp_path):
    """Nothing to compare is not health."""
    result = run("doctor", *manifests(tmp_path, column={"subject": "other"}))

    assert result.exit_code == 2
    assert "no subject in common" in result.stderr


def test_a_hostile_manifests_text_moves_no_terminal(tmp_path):
    """Markup and escapes of the other party are shown as text."""
    files = manifests(tmp_path, key_id="[red]x[/]", asset="[link=http://a]t[/link]")

    result = run("doctor", *files)

    assert "[red]x" in result.stdout
    assert "\x1b]8" not in result.stdout


@pytest.mark.parametrize(("place", "which"), [(0, "first"), (1, "second")])
@pytest.mark.parametrize("data", [b"person,card\n4000012345678901,x", b"[]", None])
def test_the_doctor_says_which_file_is_no_manifest(tmp_path, place, which, data):
    """By its place and its name, and without a value of it."""
    files = manifests(tmp_path)
    files[place].unlink()
    if data is not None:
        files[place].write_bytes(data)

    result = run("doctor", *files)

    assert result.exit_code == 2
    assert f'the {which} file, "{files[place].name}": ' in result.stderr
    assert "4000012345678901" not in result.stderr
