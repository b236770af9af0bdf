"""Options of a rehearsal of several releases: what goes together, and exit codes."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cleanroom_join.cli.app import app


def rehearse(*options):
    """Run the command; it is refused before it looks for the contract."""
    return CliRunner().invoke(
        app, ["rehearse", "c.toml", "--data", "raw", "--output", "out", *options]
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--opt-out", "40"), "--opt-out needs --releases 2"),
        (("--releases", "2", "--try", "3"), "--try goes with one release"),
        (("--releases", "0"), "--releases"),
        (("--releases", "2", "--opt-out", "-1"), "--opt-out"),
    ],
)
def test_what_does_not_go_together_is_refused(options, says):
    """With a sentence, before Spark starts, and exit code 2."""
    done = rehearse(*options)

    assert done.exit_code == 2
    assert says in " ".join(done.output.split())


def test_the_help_says_the_exit_codes_and_where_the_layout_is():
    """Of one release and of several."""
    text = CliRunner().invoke(app, ["rehearse", "--help"]).output
    flat = " ".join(text.replace("│", " ").split())

    for option in ("--releases", "--opt-out", "--connect"):
        assert option in flat
    assert "Exit codes: 0 every output is approved and written; 1 some output" in flat
    assert "; 2 the input is refused; 70 a bug" in flat
    assert "docs/howto/run-notebooks-locally.md" in flat
