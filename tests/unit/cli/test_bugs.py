"""A bug ends with exit code 70 and a report that may be sent to anybody."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cleanroom_join import cli
from cleanroom_join.cli import show_contract
from cleanroom_join.cli.app import app
from cleanroom_join.cli.bugs.report import bug_report
from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError, InternalError
from cleanroom_join.testing import contract_toml
from cleanroom_join.version import __version__

SECRET = "4000012345678901"


@pytest.fixture
def contract_file(tmp_path):
    """A valid contract's file."""
    path = tmp_path / f"{SECRET}.toml"
    path.write_text(contract_toml())
    return path


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Return a function that runs the program and gives exit code and standard error."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    def program(*arguments):
        monkeypatch.setattr(sys, "argv", ["cleanroom-join", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, capsys.readouterr().err

    return program


def fail(error):
    """Return a function that raises."""

    def failing(*_, **__):
        number = SECRET  # a local variable, which a traceback of Rich would show
        assert number
        raise error

    return failing


def report_of(message):
    """Return the path and the text of the report that a message names."""
    path = Path(re.search(r"Report, without any data: (\S+)\n$", message)[1])
    return path, path.read_text()


@pytest.mark.parametrize(
    "error",
    [
        KeyError(SECRET),
        RuntimeError(f"row: {SECRET}"),
        ValueError(SECRET),
        RecursionError(SECRET),
        MemoryError(),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        InternalError.of("a step has no case"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("where", ["inside", "outside"])
def test_any_bug_exits_with_70(run, contract_file, monkeypatch, error, where):
    """Wherever it happens: one line with a code, and where the report is."""
    if where == "inside":
        monkeypatch.setattr(Contract, "load", fail(error))
    else:
        monkeypatch.setattr(show_contract, "contract", fail(error))

    code, message = run("check", contract_file)

    assert code == 70
    assert message.startswith("[E900] this is a bug in cleanroom_join: ")
    assert message.count("\n") == 1
    path, report = report_of(message)
    assert SECRET not in message + report
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert type(error).__name__ in report
    assert "code: E900" in report
    assert f"cleanroom_join: {__version__}" in report
    assert re.search(r"cleanroom_join\.cli\.app:\d+ in check", report)
    assert str(contract_file.parent) not in report


def test_what_caused_it_is_told_by_its_type(run, contract_file, monkeypatch):
    """Also if the text of the cause was withheld: its type quotes nothing."""

    def failing(*_, **__):
        try:
            fail(LookupError(SECRET))()
        except LookupError:
            raise InternalError.of("a look-up failed") from None

    monkeypatch.setattr(Contract, "load", failing)

    _, report = report_of(run("check", contract_file)[1])

    assert "caused by: builtins.LookupError" in report
    assert SECRET not in report


def test_a_bug_while_the_application_is_loaded(run, monkeypatch):
    """The report is written without the packages of the command line."""
    monkeypatch.setitem(sys.modules, "cleanroom_join.cli.app", None)

    code, message = run("check", "x")

    assert code == 70
    assert "ModuleNotFoundError" in report_of(message)[1]


def test_where_nothing_can_be_written_the_report_is_printed(
    run, contract_file, monkeypatch
):
    """It is not lost."""
    monkeypatch.setattr(tempfile, "mkstemp", fail(OSError(28, SECRET)))
    monkeypatch.setattr(Contract, "load", fail(KeyError(SECRET)))

    code, message = run("check", contract_file)

    assert code == 70
    assert "Bug report of cleanroom_join" in message
    assert "error: builtins.KeyError" in message
    assert SECRET not in message


def test_a_refused_input_is_no_bug(run, contract_file, monkeypatch, tmp_path):
    """Exit code 2, and no report."""
    monkeypatch.setattr(Contract, "load", fail(ContractError("is wrong.")))

    assert run("check", contract_file) == (2, "[E100] is wrong.\n")
    assert list((tmp_path / "temporary").iterdir()) == []


class Condition(Exception):
    """An error with a condition, as Spark's have one."""

    def __init__(self, answer):
        super().__init__(answer)
        self.answer = answer

    def getCondition(self):  # noqa: N802 - PySpark's name
        """Return the condition."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("DIVIDE_BY_ZERO", True),
        ("CAST_INVALID_INPUT.SUB_CLASS", True),
        (f"value {SECRET}", False),
        (SECRET, False),
        (None, False),
        (ValueError(SECRET), False),
    ],
)
def test_sparks_condition_is_a_constant_or_not_shown(answer, shown):
    """It says more than a type, and quotes no row."""
    report = bug_report(Condition(answer))

    assert ("condition: " in report) is shown
    assert SECRET not in report


@given(st.text(alphabet="acdeghjkmopqrstuvwxyz123456789 ,:='\"\n", min_size=16))
def test_no_text_of_an_error_is_in_a_report(text):
    """Nor an argument, an attribute, a note or a local variable."""
    error = ValueError(text, {text: text})
    error.__dict__[text] = text
    error.__notes__ = [text]

    assert text not in bug_report(error)
    assert text.strip() not in bug_report(error)


def test_a_type_with_a_strange_name_is_not_shown():
    """A class may be made with any name."""
    strange = type(f"row {SECRET}", (Exception,), {"__module__": SECRET})

    assert SECRET not in bug_report(strange())


@pytest.mark.skipif(os.name == "nt", reason="signals of Windows differ")
def test_ctrl_c_exits_with_130():
    """Without a traceback, in a command that takes long."""
    code = (
        "import os, signal, sys, threading\n"
        # A shell without job control lets its background jobs ignore the signal.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from cleanroom_join.cli import attack, main\n"
        "attack.run = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT)"
        " or threading.Event().wait(60)\n"
        "sys.argv = ['cleanroom-join', 'attack']\n"
        "main()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_ctrl_c_while_it_is_loaded_exits_with_130(run, monkeypatch):
    """Loading takes a second, in which people change their minds."""
    monkeypatch.setattr(cli, "_run", fail(KeyboardInterrupt()))

    assert run("check", "x") == (130, "")


def test_commands_in_a_test_raise_what_they_raise(contract_file, monkeypatch):
    """Only the program turns a foreign error into a report."""
    monkeypatch.setattr(Contract, "load", fail(KeyError("x")))

    result = CliRunner().invoke(app, ["check", str(contract_file)])

    assert isinstance(result.exception, KeyError)
