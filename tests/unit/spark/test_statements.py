"""Statements run, even where a client sends nothing before a result is collected."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from cleanroom_join import spark
from cleanroom_join.errors import SparkFailure
from cleanroom_join.spark.common.statements import run_statement

SPARK = Path(spark.__file__).parent
MODULES = sorted(set(SPARK.rglob("*.py")) - {SPARK / "common" / "statements.py"})


class LazySession:
    """A client that runs no statement until its result is collected."""

    def __init__(self):
        self.sent = []

    def sql(self, statement):
        """Note a statement; only `collect` of what is returned sends it."""
        return SimpleNamespace(collect=lambda: [self.sent.append(statement)])


def test_a_lazy_client_runs_a_statement():
    """The rows of its result are returned."""
    session = LazySession()

    rows = run_statement(session, "creating", "CREATE TABLE t (a INT)")

    assert session.sent == ["CREATE TABLE t (a INT)"]
    assert rows == [None]


def test_a_refusal_has_none_of_sparks_text():
    """It may quote a row."""

    def fail():
        raise ValueError("4111111111111111")

    session = SimpleNamespace(sql=lambda _: SimpleNamespace(collect=fail))

    with pytest.raises(SparkFailure) as caught:
        run_statement(session, "creating", "CREATE TABLE t (a INT)")

    assert "4111" not in str(caught.value)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_statement_runs_in_another_way(path):
    """Every one is collected."""
    assert re.findall(r"\.sql\(", path.read_text()) == []
