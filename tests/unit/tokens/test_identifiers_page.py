"""Every row of the page about identifiers is what the library does."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cleanroom_join.contract import DateFormat, TokenKind
from cleanroom_join.tokens import kind_spec, normalise_by
from cleanroom_join.tokens.kinds import KINDS, ColumnOption

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/identifiers.md").read_text()
ROWS = re.findall(
    r"^\| ([a-z0-9_]+) \| ?([A-Z/]*) ?\| `([^`]+)` \| `([^`]+)` \| .+ \|$",
    PAGE,
    re.MULTILINE,
)


@pytest.mark.parametrize(("kind", "declared", "text", "outcome"), ROWS)
def test_every_row(kind, declared, text, outcome):
    """The normalised text, or the reason of the refusal."""
    options = {}
    if declared:
        of_dates = KINDS[TokenKind(kind)].declared.option is ColumnOption.DATE_FORMAT
        key = "date_format" if of_dates else "country"
        options[key] = DateFormat(declared) if of_dates else declared

    got = normalise_by(kind_spec(TokenKind(kind), **options), text)

    assert (got.value or got.reason.value) == outcome


def test_no_row_is_left_out():
    """Each line of a table with five columns is one of the rows above."""
    lines = [line for line in PAGE.splitlines() if line.count("|") == len("||||||")]
    shown = [line for line in lines if not line.startswith(("| kind ", "|---"))]

    assert len(ROWS) == len(shown)
    assert Counter(kind for kind, *_ in ROWS) >= Counter(
        {"registration": 20, "name": 15, "date_of_birth": 10, "postcode_alnum": 3}
    )


def test_the_countries_of_registrations():
    """The page lists what a column of registrations may declare."""
    listed = re.search(r"`country` may be (.*?) does not\.", PAGE.replace("\n", " "))
    found = set(re.findall(r"\b[A-Z]{2}\b", listed[1]))

    assert found == set(KINDS[TokenKind.REGISTRATION].declared.steps)
