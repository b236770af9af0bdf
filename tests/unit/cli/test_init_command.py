"""The command that drafts a first contract, as far as it goes without a JVM."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanroom_join.cli.app import app
from cleanroom_join.contract import Contract
from cleanroom_join.errors import TableRefused
from cleanroom_join.first_contract.shared_identifiers import IdentifierCounts
from cleanroom_join.first_contract.toml_draft import draft_toml
from tests.support.small_draft import small_draft

pytest.importorskip("pyspark")

from cleanroom_join.cli import init
from cleanroom_join.spark.first_contract.drafting import FirstContract

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _one_folder(tmp_path, monkeypatch):
    """A folder with two files, in which the command runs, and no width from the shell."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("Members 2024.csv").write_text("person no,region\n1,north\n")
    Path("clients.csv").write_text("id,late\n1,true\n")


@pytest.fixture
def drafted(monkeypatch):
    """The parties, files and names that a session would be started for."""
    asked = []

    def draft(parties, files, assets, memory, csv):
        asked.append((list(parties), list(files), list(assets), memory, csv))
        made = small_draft(tuple(parties), tuple(assets))
        toml = draft_toml(made)
        return FirstContract(
            draft=made,
            counts=IdentifierCounts(rows=(900, 850), subjects=(900, 850), shared=812),
            toml=toml,
            contract=Contract.from_toml(toml),
        )

    monkeypatch.setattr(init, "_draft", draft)
    return asked


def run(*arguments):
    """Run the command with the usual parties and files, and more arguments."""
    usual = ["--party", "alpha", "Members 2024.csv", "--party", "beta", "clients.csv"]
    return RUNNER.invoke(app, ["init", *usual, *arguments])


def test_it_writes_a_contract_and_the_folder_of_a_rehearsal(drafted):
    """And prints both commands that come next; the data are linked, not copied."""
    result = run()

    assert result.exit_code == 0, result.output
    assert drafted[0][2] == ["members_2024", "clients"]
    contract = Contract.load("collaboration.toml")
    assert set(contract.terms.assets) == {"members_2024", "clients"}
    assert Path("raw/alpha/members_2024.csv").samefile("Members 2024.csv")
    assert Path("raw/beta/clients.csv").samefile("clients.csv")
    assert "cleanroom-join check collaboration.toml" in result.stdout
    assert (
        "cleanroom-join rehearse collaboration.toml --data raw --output rehearsal"
        in result.stdout
    )


def test_it_says_that_it_compared_both_tables_and_how_many_match(drafted):
    """Coarsely, and that real data would not allow it."""
    shown = " ".join(run().stdout.split())

    assert "joined on: members_2024(person no) = clients(id)" in shown
    assert "joined on: account" in shown
    assert "500 or more subjects are in both tables" in shown
    assert "real data would not allow" in shown
    assert "812" not in shown


def test_json_has_the_same_for_programs(drafted):
    """One document on standard output."""
    found = json.loads(run("--json", "--data", "d").stdout)

    assert found["contract"] == "collaboration.toml"
    assert found["data"] == "d"
    assert found["sha256"] == Contract.load("collaboration.toml").digest
    assert found["subject"]["in_both"] == "500 or more"
    assert found["columns"]["members_2024"][1] == {
        "name": "region",
        "role": "dimension",
        "reason": "few values",
    }


def test_files_that_lie_as_a_rehearsal_expects_are_not_linked(drafted):
    """The folder above the parties' folders is the data."""
    for party, name in (("alpha", "members"), ("beta", "clients")):
        Path("given", party).mkdir(parents=True)
        Path("given", party, f"{name}.csv").write_text("a,b\n1,2\n")

    result = RUNNER.invoke(
        app,
        [
            *("init", "--party", "alpha", "given/alpha/members.csv"),
            *("--party", "beta", "given/beta/clients.csv"),
            *("--output", "new.toml", "--json"),
        ],
    )

    assert Path(json.loads(result.stdout)["data"]) == Path("given").absolute()
    assert not Path("raw").exists()


def test_a_contract_is_never_replaced(drafted):
    """Exit code 2 before anything is started; the file is as it was."""
    Path("collaboration.toml").write_text("ours")

    result = run()

    assert result.exit_code == 2
    assert "E502" in result.stderr
    assert "collaboration.toml" in result.stderr
    assert Path("collaboration.toml").read_text() == "ours"
    assert drafted == []


def test_other_data_in_the_way_are_never_replaced(drafted):
    """The same file already linked is no obstacle: the command can be run again."""
    assert run().exit_code == 0
    Path("collaboration.toml").unlink()
    assert run().exit_code == 0
    Path("collaboration.toml").unlink()
    Path("raw/beta/clients.parquet").write_text("other")

    result = run()

    assert result.exit_code == 2
    assert "E502" in result.stderr
    assert not Path("collaboration.toml").exists()


def test_nothing_is_written_if_the_tables_are_refused(monkeypatch):
    """No link, no contract."""

    def refuse(*_):
        raise TableRefused.no_shared_identifier("members", "clients", 100)

    monkeypatch.setattr(init, "_draft", refuse)

    result = run()

    assert result.exit_code == 2
    assert "E321" in result.stderr
    assert sorted(p.name for p in Path().iterdir()) == [
        "Members 2024.csv",
        "clients.csv",
    ]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--party", "alpha", "clients.csv"], "two files"),
        (["clients.csv", "clients.csv"], "Missing option"),
        (["--party", "a", "clients.csv", "--party", "a", "clients.csv"], "different"),
        (["--party", "A", "clients.csv", "--party", "b", "clients.csv"], "lower-case"),
        (["--party", "a", "clients.csv", "clients.csv"], "two files"),
    ],
)
def test_two_parties_with_a_file_each(drafted, arguments, text):
    """Anything else is a usage error."""
    result = RUNNER.invoke(app, ["init", *arguments])

    assert result.exit_code == 2
    assert text in result.stderr
    assert drafted == []


@pytest.mark.parametrize(
    ("name", "content", "code", "text"),
    [
        ("nope.csv", None, "E300", "nope.csv"),
        ("table.xlsx", "x", "E307", "neither CSV nor Parquet"),
        ("table.parquet", "id,region", "E307", "is not Parquet"),
        ("empty.csv", "", "E320", "empty"),
        ("data.csv", "4111111111111111,north\n", "E320", "looks like data"),
        ("caret.csv", "id^region\n1^north\n", "E320", "--delimiter"),
        ("two.csv", "id;a,region\n1;2,north\n", "E307", "--delimiter"),
        ("long.csv", f"id,{'x' * 201}\n", "E320", "no contract can have"),
        ("binary.csv", "\x00\x01", "E307", "NUL"),
    ],
)
def test_files_that_are_no_tables_are_refused_at_once(
    drafted, name, content, code, text
):
    """Before Spark starts, and without a word of what they hold."""
    if content is not None:
        Path(name).write_text(content)

    result = RUNNER.invoke(
        app, ["init", "--party", "alpha", name, "--party", "beta", "clients.csv"]
    )

    assert result.exit_code == 2
    assert f"[{code}]" in result.stderr
    assert text in result.stderr
    assert "4111" not in result.output
    assert drafted == []


@pytest.mark.parametrize(
    ("header", "options"),
    [("id;region", ()), ("id, region", ()), ("id^region", ("--delimiter", "^"))],
)
def test_files_as_people_have_them_are_taken(drafted, header, options):
    """Other separators, and blanks after them, are what rehearsals read too."""
    Path("Members 2024.csv").write_text(f"{header}\n")

    result = run(*options)

    assert result.exit_code == 0
    assert (" --delimiter '^'" in result.stdout) is bool(options)
    assert drafted[0][4].delimiter == (options[1] if options else None)


def test_two_tables_of_one_name_get_their_parties_names(drafted):
    """Assets have names of their own."""
    for folder in ("one", "other"):
        Path(folder).mkdir()
        Path(folder, "data.csv").write_text("id,region\n1,north\n")

    result = RUNNER.invoke(
        app,
        [
            "init",
            "--party",
            "alpha",
            "one/data.csv",
            "--party",
            "beta",
            "other/data.csv",
        ],
    )

    assert result.exit_code == 0, result.output
    assert drafted[0][2] == ["alpha_data", "beta_data"]


@pytest.mark.parametrize("stem", ["data", "a" * 60, "2024"])
def test_names_of_tables_are_never_too_long(drafted, stem):
    """Long parties, long files, and files that begin with a digit."""
    for folder in ("one", "other"):
        Path(folder).mkdir()
        Path(folder, f"{stem}.csv").write_text("id,region\n1,north\n")
    parties = ["a" * 63, "a" * 62 + "b"]

    result = RUNNER.invoke(
        app,
        [
            *("init", "--party", parties[0], f"one/{stem}.csv"),
            *("--party", parties[1], f"other/{stem}.csv"),
        ],
    )

    assert result.exit_code == 0, result.output
    assert len(set(drafted[0][2])) == 2


def test_a_broken_link_is_in_the_way(drafted):
    """Nothing is written through it."""
    Path("raw/beta").mkdir(parents=True)
    Path("raw/beta/clients.csv").symlink_to("nowhere.csv")

    result = run()

    assert result.exit_code == 2
    assert "E502" in result.stderr
    assert not Path("raw/beta/nowhere.csv").exists()


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(drafted):
    """No traceback where a file lies in the folder's place."""
    Path("file").write_text("x")

    result = run("--output", "file/new.toml", "--data", "elsewhere")

    assert result.exit_code == 2
    assert "E503" in result.stderr


def test_a_new_folder_is_made_for_the_contract(drafted):
    """With the data beside it."""
    assert run("--output", "new/collaboration.toml").exit_code == 0
    assert Path("new/collaboration.toml").exists()
    assert Path("new/raw/beta/clients.csv").samefile("clients.csv")


def test_where_links_are_not_allowed_files_are_copied(drafted, monkeypatch):
    """As on Windows without the right to make them."""

    def forbidden(*_, **__):
        raise OSError

    monkeypatch.setattr(Path, "symlink_to", forbidden)

    assert run().exit_code == 0
    assert Path("raw/beta/clients.csv").read_text() == "id,late\n1,true\n"
    assert not Path("raw/beta/clients.csv").is_symlink()
