"""The tutorial, executed as a reader pastes it; what the page shows is what is printed."""

from __future__ import annotations

import contextlib
import io
import json
import runpy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanroom_join import local
from cleanroom_join.cli.app import app

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "make_tutorial.py"))
PAGE = TOOL["PAGE"].read_text(encoding="utf-8")
SCHEMAS = (
    *("acme_signals", "globex_risk", "acme_cleanroom", "globex_cleanroom"),
    *("room_1", "room_2"),
)


@pytest.fixture
def laptop(spark, tmp_path, monkeypatch):
    """An empty folder, and the session of these tests where the page starts one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "local_session", lambda **_: spark)
    yield tmp_path
    for schema in SCHEMAS:
        spark.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def printed(code, names):
    """Execute a block, and return what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "tutorial", "exec"), names)
    return out.getvalue()


@pytest.mark.engine
@pytest.mark.slow  # through Spark Connect it is a long test: the page starts no such
def test_the_page_is_true(laptop):
    """Every block runs; every line that the page shows below one is printed by it."""
    names, said, shown = {}, "", 0
    code = iter(TOOL["cells"](PAGE))
    for form, text in TOOL["blocks"](PAGE):
        if form in ("python", "toml"):
            said = printed(next(code), names)
        elif form == "text":
            lines = said.splitlines()
            assert [line for line in text.splitlines() if line not in lines] == []
            shown += 1

    first, second = names["first"], names["second"]
    assert shown == PAGE.count("```text") > 5
    assert next(code, None) is None
    assert (first.ledger.run, second.ledger.run) == (1, 2)
    assert first.rows[0] == second.rows[0]
    assert first.rows[1] != second.rows[1]
    assert names["late"].verdict.value == "NEEDS_REVIEW"
    for name in ("first.html", "second.html"):
        assert "APPROVED" in (laptop / "tutorial" / name).read_text(encoding="utf-8")
    checked = CliRunner().invoke(app, ["check", "tutorial/collaboration.toml"])
    assert (checked.exit_code, names["contract"].digest in checked.stdout) == (0, True)


def test_script_and_notebook_have_the_code_of_the_page(tmp_path):
    """They are made from it, and parse."""
    TOOL["main"](str(tmp_path))
    script = (tmp_path / "tutorial.py").read_text(encoding="utf-8")
    notebook = json.loads((tmp_path / "tutorial.ipynb").read_text(encoding="utf-8"))

    compile(script, "tutorial.py", "exec")
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert [text + "\n" for text in code] == TOOL["cells"](PAGE)
    assert all(text in script for text in code)
