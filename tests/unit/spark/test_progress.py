"""Who is told what a room is doing, and that it is the same however a run ends."""

from __future__ import annotations

import io
import sys

import pytest

pytest.importorskip("pyspark")

from cleanroom_join.spark.room.progress import progress_for


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self):
        """Say that it is a terminal."""
        return True


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """Neither Databricks nor a notebook nor a choice."""
    for name in ("DATABRICKS_RUNTIME_VERSION", "CLEANROOM_JOIN_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


def told(monkeypatch, stream, wanted=None):
    """Return what a room writes to standard error for a phase."""
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_for(wanted)("the room opens the shared tables"):
        pass
    return stream.getvalue()


SAID = "the room opens the shared tables …\n"


def test_a_terminal_is_told_and_a_job_is_not(monkeypatch):
    """A log that nobody follows has no progress."""
    assert told(monkeypatch, Terminal()) == SAID
    assert told(monkeypatch, io.StringIO()) == ""


def test_a_notebook_is_told_but_not_on_databricks(monkeypatch):
    """There a job runs notebooks, too."""
    monkeypatch.setitem(sys.modules, "ipykernel", sys)

    assert told(monkeypatch, io.StringIO()) == SAID
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "17.3")
    assert told(monkeypatch, io.StringIO()) == ""
    assert told(monkeypatch, Terminal()) == ""


@pytest.mark.parametrize(("choice", "said"), [("1", SAID), ("0", "")])
def test_the_environment_chooses(monkeypatch, choice, said):
    """Whoever looks, and wherever."""
    monkeypatch.setenv("CLEANROOM_JOIN_PROGRESS", choice)
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "17.3" if said else "")

    assert told(monkeypatch, Terminal() if not said else io.StringIO()) == said


def test_the_parameter_wins(monkeypatch):
    """Over the environment and over who looks."""
    monkeypatch.setenv("CLEANROOM_JOIN_PROGRESS", "0")

    assert told(monkeypatch, io.StringIO(), wanted=True) == SAID
    assert told(monkeypatch, Terminal(), wanted=False) == ""
