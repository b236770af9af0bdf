"""Keys as people have them: other encodings, several lines, blank lines."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cleanroom_join import SecretKey
from cleanroom_join.cli.app import app
from cleanroom_join.errors import KeyRefused
from cleanroom_join.testing import contract_toml

RUNNER = CliRunner()
RAW = hashlib.sha256(b"no secret").digest()
KEY = base64.b64encode(RAW).decode()


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Return a function that runs ``key check`` with a text from a pipe or variable."""
    path = tmp_path / "c.toml"
    path.write_text(contract_toml())

    def run(text, variable=None):
        command = ["key", "check", str(path)]
        if variable is None:
            return RUNNER.invoke(app, command, input=text)
        monkeypatch.setenv(variable, text)
        return RUNNER.invoke(app, [*command, "--key-env", variable])

    return run


@pytest.mark.parametrize("variable", [None, "OUR_KEY"])
@pytest.mark.parametrize(
    "text", [KEY, f"{KEY}\n", f"{KEY}\r\n", f"  {KEY}\n\n", f"\ufeff{KEY}\n"]
)
def test_one_line_is_the_key(check, text, variable):
    """Line ends, blanks around it and a byte order mark say nothing."""
    assert check(text, variable).stdout == check(KEY).stdout != ""


@pytest.mark.parametrize("variable", [None, "OUR_KEY"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{KEY}\n{KEY[::-1]}\n", "has 2 lines where one key is expected"),
        (f"{KEY}\n\n# the old one\n", "has 2 lines where one key is expected"),
        (f"\n{KEY}\n", "has an empty first line before the key"),
        ("\n \n", "is empty"),
        ("", "is empty"),
    ],
)
def test_another_number_of_lines_is_refused(check, text, says, variable):
    """Nobody's second key is ignored without a word; nothing of a key is quoted."""
    result = check(text, variable)

    assert result.exit_code == 2
    assert says in result.stderr
    assert "cleanroom-join key new" in result.stderr
    assert KEY[:8] not in result.stderr


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (RAW.hex(), "hexadecimal"),
        (RAW.hex().upper(), "hexadecimal"),
        (f"{RAW.hex()}\n", "hexadecimal"),
        (base64.b32encode(RAW).decode(), "base32"),
        (base64.b32encode(RAW).decode().rstrip("="), "base32"),
    ],
)
def test_a_key_in_another_encoding_is_named(check, text, name):
    """As base64 it would be another key than the one that the partner decodes."""
    result = check(text)

    assert result.exit_code == 2
    assert f"looks like {name}" in result.stderr
    assert text.strip()[:8] not in result.stderr


def refusal(text):
    """Return why a text is no key, or nothing."""
    try:
        SecretKey.from_base64(text)
    except KeyRefused as error:
        return str(error)
    return ""


@given(st.integers(0, 10**9), st.integers(32, 64))
def test_base64_is_not_taken_for_another_encoding(seed, size):
    """Neither padded nor without padding, in either alphabet."""
    material = hashlib.shake_256(str(seed).encode()).digest(size)

    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(material).decode()
        assert refusal(text) == refusal(text.rstrip("=")) == ""


@given(st.text(min_size=12, max_size=200))
def test_no_message_has_a_part_of_what_was_given(text):
    """Whatever is given where a key is expected."""
    ours = refusal("hello") + refusal(RAW.hex()) + refusal("0" * 40)
    said = refusal(text)

    parts = {text[i : i + 12] for i in range(len(text) - 11)}
    assert said
    assert not any(part in said for part in parts if part not in ours)


def test_the_hint_is_a_command_of_ours():
    """Whoever has the library has it."""
    assert "`cleanroom-join key new` makes one" in refusal("hello")
