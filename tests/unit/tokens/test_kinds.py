"""Token kinds: one file each, complete, and nothing about them is listed elsewhere."""

from __future__ import annotations

import ast
import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cleanroom_join
from cleanroom_join.contract import DateFormat, TokenKind
from cleanroom_join.errors import InternalError, TokenError
from cleanroom_join.tokens import KINDS, KindSpec, kind_spec
from cleanroom_join.tokens.steps import RejectUnlessCharset

SOURCE = Path(cleanroom_join.__file__).parent
KINDS_FOLDER = SOURCE / "tokens" / "kinds"


def import_in(folder, module):
    """Import a module of the package copied to *folder*, in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder)},
    )


@pytest.fixture
def copy(tmp_path):
    """The package's source in a folder of its own."""
    ignored = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(SOURCE, tmp_path / "cleanroom_join", ignore=ignored)


def test_a_kind_without_its_file_stops_the_import(copy):
    """A new member of the enum is refused until its file says what it is."""
    enum = copy / "contract" / "terms" / "identifier.py"
    text = enum.read_text()
    first = '    PAN = "pan",'
    assert text.count(first) == 1
    enum.write_text(text.replace(first, f'    GHOST = "ghost", "Unseen."\n{first}'))

    done = import_in(copy.parent, "cleanroom_join.tokens")

    assert done.returncode != 0
    assert "[E900]" in done.stderr
    assert "TokenKind GHOST has no KIND in cleanroom_join.tokens.kinds.ghost" in (
        done.stderr
    )


def test_a_file_without_its_object_stops_the_import(copy):
    """A file that forgets ``KIND`` is refused like one that is not there."""
    (copy / "tokens" / "kinds" / "pan.py").write_text('"""Nothing."""\n')

    done = import_in(copy.parent, "cleanroom_join.tokens")

    assert done.returncode != 0
    assert "TokenKind PAN has no KIND" in done.stderr


def test_a_kind_that_does_not_say_whether_it_identifies_alone_is_refused(copy):
    """The enum's own question has no answer for kinds that it does not name."""
    enum = copy / "contract" / "terms" / "identifier.py"
    text = enum.read_text()
    enum.write_text(text.replace("                | TokenKind.REGISTRATION\n", ""))

    done = import_in(
        copy.parent,
        "cleanroom_join.contract as c; c.TokenKind.REGISTRATION.identifies_alone",
    )

    assert done.returncode != 0
    assert "[E900]" in done.stderr


@pytest.mark.parametrize("kind", TokenKind)
def test_a_kind_is_called_like_its_file(kind):
    """Its object names the member whose file it is in."""
    folder = KINDS_FOLDER if kind.hash_of is None else KINDS_FOLDER / "hashed"

    assert KINDS[kind].kind is kind
    assert (folder / f"{kind.value}.py").is_file()


def test_a_kind_says_everything_about_itself():
    """No property of a kind that the doctor or a manifest reads has a default."""
    required = {
        field.name
        for field in dataclasses.fields(KindSpec)
        if field.default is dataclasses.MISSING
    }

    assert required == {
        *("kind", "steps", "examples"),
        *("leading_zeros_matter", "free_text", "luhn_digit"),
    }


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in SOURCE.rglob("*.py")
        # The contract says which kinds identify alone, and which take an option; other
        # vendors' profiles name the identifiers of their own rules; a draft of a
        # contract recognises kinds by the names of columns.
        if not {"contract", "compat", "first_contract"} & set(path.parts)
    ],
    ids=lambda path: str(path.relative_to(SOURCE)),
)
def test_no_module_lists_kinds_by_hand(path):
    """What depends on the kind is asked of its object; only its file names it."""
    named = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "TokenKind"
    }

    folders = (KINDS_FOLDER, KINDS_FOLDER / "hashed")
    assert all(path.parent in folders for name in named)
    assert all(path.name == f"{name.lower()}.py" for name in named)


def test_a_kind_that_allows_any_character_is_refused():
    """Each kind needs a check of its characters."""
    pan = KINDS[TokenKind.PAN]
    steps = tuple(s for s in pan.steps if not isinstance(s, RejectUnlessCharset))

    with pytest.raises(InternalError, match="any character"):
        dataclasses.replace(pan, steps=steps)


def test_a_kind_without_an_example_is_refused():
    """The specification shows at least one of each."""
    with pytest.raises(InternalError, match="no example"):
        dataclasses.replace(KINDS[TokenKind.PAN], examples=())


def test_a_date_format_without_steps_is_refused():
    """A format that the contract accepts must be read by its kind."""
    declared = KINDS[TokenKind.DATE_OF_BIRTH].declared
    fewer = {n: s for n, s in declared.steps.items() if n != DateFormat.MDY_DASH.value}

    with pytest.raises(InternalError, match="date format"):
        dataclasses.replace(declared, steps=fewer)


def test_options_of_other_kinds_are_ignored():
    """A composite's column declares once for all its components."""
    spec = kind_spec(TokenKind.PAN, date_format=DateFormat.DMY_DOT, country="GB")

    assert spec is KINDS[TokenKind.PAN]
    with pytest.raises(InternalError, match="no option"):
        spec.with_declared("GB")
    with pytest.raises(TokenError, match="E204"):
        KINDS[TokenKind.PHONE].with_declared("QQ")
