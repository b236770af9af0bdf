"""The glossary: its terms are the code's words, where it says they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "explanation" / "glossary.md"
SOURCE = ROOT / "src" / "cleanroom_join"
ROW = re.compile(r"(?m)^\| ([^|`]+) \| ([^|]+) \| `([^`|]+)` \|$")


def rows() -> list[tuple[str, str, str]]:
    """Return term, meaning and file of every row."""
    return [tuple(match.groups()) for match in ROW.finditer(GLOSSARY.read_text())]


def words(text: str) -> str:
    """Return a text as lower-case words: names in code are split into theirs."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.findall(r"[a-z]+", split.lower()))


ROWS = rows()


def test_no_row_is_overlooked():
    """Every line of a table is a head, a rule, or a row that is looked at."""
    lines = [
        line
        for line in GLOSSARY.read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| term ")
    ]

    assert len(lines) == len(ROWS) >= 40


def test_a_term_has_one_meaning():
    """No term is explained twice."""
    terms = [term for term, _, _ in ROWS]

    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize(("term", "file"), [(t, f) for t, _, f in ROWS])
def test_the_code_uses_the_term_where_the_glossary_says(term, file):
    """As words of its text, or of the names in it."""
    assert words(term) in words((SOURCE / file).read_text())
