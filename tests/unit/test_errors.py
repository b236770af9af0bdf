"""Errors: stable codes, documented, picklable, on one line, without values."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from cleanroom_join import errors
from cleanroom_join.errors import (
    CleanRoomJoinError,
    ContractError,
    Problem,
    did_you_mean,
    printable,
)
from tests.support.error_codes import codes

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"


def leaves(cls: type = CleanRoomJoinError) -> list[type]:
    """Return every error class below the root."""
    return [s for c in cls.__subclasses__() for s in (c, *leaves(c))]


def test_a_code_belongs_to_one_class():
    """Whoever reads a code knows what to catch, and there are few classes to catch."""
    found = {code for code, name in codes().items() if name != "CleanRoomJoinError"}

    assert {cls.code for cls in leaves()} <= found
    assert len(found) > len(leaves()) == 17


@pytest.mark.parametrize("code", sorted(set(codes()) - {"E000", "E118"}))
def test_every_code_is_documented(code):
    """A reader finds what to do under the code that was printed."""
    assert f"| {code} | `{codes()[code]}` |" in DOCUMENT.read_text()


def test_every_problem_code_is_documented():
    """The codes inside a contract error are documented too."""
    source = Path(errors.__file__).parents[1] / "contract"
    used = {
        c
        for p in source.rglob("*.py")
        for c in re.findall(r'"(E1[0-9]{2})"', p.read_text())
    }

    assert used
    assert {c for c in used if f"| {c} |" not in DOCUMENT.read_text()} == set()


@pytest.mark.parametrize("cls", leaves(), ids=lambda c: c.__name__)
def test_errors_survive_pickling(cls):
    """An error may cross a process border and say the same."""
    error = cls("expected this, got that.", hint="do this.")

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is cls
    assert (
        str(again)
        == str(error)
        == f"[{cls.code}] expected this, got that. Hint: do this."
    )


def test_problems_survive_pickling():
    """The parts of a contract's problems stay readable."""
    error = ContractError.of([Problem("a.b", "is wrong", "E112")])

    again = pickle.loads(pickle.dumps(error))

    assert [(p.path, p.code, str(p)) for p in again.problems] == [
        ("a.b", "E112", "a.b: is wrong [E112]")
    ]


def test_names_of_others_cannot_move_the_terminal():
    """A partner's column name has no control character, line end or length in a text."""
    assert printable("a\x1b[2J\nb\u202e") == "a?[2J?b?"
    assert printable("a\u3164\u00a0\ufe0fb") == "a???b"
    assert len(printable("x" * 1000)) == 80


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mcc", '; did you mean "merchant_category_code"?'),
        ("merchnt_category_code", '; did you mean "merchant_category_code"?'),
        ("zzz", ""),
    ],
)
def test_suggestions(name, expected):
    """A typing error and initials get a suggestion, nonsense none."""
    assert did_you_mean(name, ["merchant_category_code", "country"]) == expected
