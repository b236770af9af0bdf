"""The normative text says what the code does: tables, steps, digests, example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleanroom_join.contract import TokenKind
from cleanroom_join.tokens import KINDS, Reason, Subkey, normalise, subkey_bytes, token
from cleanroom_join.tokens.spec import NULL_LIKE, spec_document, spec_sha256
from cleanroom_join.tokens.tables import TABLES

TEXT = (Path(__file__).parents[3] / "docs" / "spec" / "token-v1.md").read_text()


def lines(kind: TokenKind) -> list[str]:
    """Return the lines that a kind's steps must have in the text."""
    document = spec_document()["kinds"][kind.value]
    rendered = []
    for number, step in enumerate(document, start=1):
        parts = [
            f"{k}={v}"
            for k, v in step.items()
            if k not in ("op", "values", "characters", "source", "target")
        ]
        rendered.append(
            f"{number}. `{step['op']}` {' '.join(f'`{p}`' for p in parts)}".rstrip()
        )
    return rendered


@pytest.mark.parametrize("kind", TokenKind)
def test_every_step_is_in_the_text(kind):
    """In order, under the kind's heading."""
    section = TEXT.split(f"### {kind.value}\n")[1].split("\n### ")[0].split("\n## ")[0]

    found = [
        line.split(" — ")[0].rstrip()
        for line in section.splitlines()
        if re.match(r"[0-9]+\. ", line)
    ]

    assert found == lines(kind)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_table_is_in_the_text(table):
    """By code point, with its digest."""
    assert f"| `{table.name}` | {table.code_points} | `{table.sha256()}` |" in TEXT


def test_the_words_for_null_are_in_the_text():
    """All of them, in order."""
    assert " ".join(f"`{word}`" for word in NULL_LIKE) in TEXT


def test_every_reason_is_in_the_text():
    """With the value that profiles show."""
    assert [r for r in Reason if f"`{r.value}`" not in TEXT] == []


def test_the_digest_is_in_the_text():
    """The text is about this version."""
    assert f"`{spec_sha256()}`" in TEXT


def test_the_worked_example():
    """Every intermediate value of the example is what the code computes."""
    values = dict(re.findall(r"^\| ([a-z ]+) \| `([^`]*)` \|$", TEXT, re.MULTILINE))

    cleaned = normalise(TokenKind.PAN, values["identifier"])
    material = subkey_bytes(
        bytes.fromhex(values["secret key"]),
        kind=TokenKind.PAN,
        partnership=values["partnership"],
        key_id=values["key id"],
    )

    assert cleaned.value == values["normalised"]
    assert material.hex() == values["subkey"]
    assert (
        token(Subkey.from_bytes(material), values["key id"], cleaned.value)
        == values["token"]
    )
    assert set(KINDS) == set(TokenKind)
