"""The normative text is what the data says, and its examples are executed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cleanroom_join.contract import Holds, TokenKind
from cleanroom_join.tokens import (
    KINDS,
    Reason,
    Subkey,
    kind_spec,
    normalise,
    normalise_by,
    subkey_bytes,
    token,
)
from cleanroom_join.tokens.spec import spec_document, spec_sha256
from cleanroom_join.tokens.steps import Rearrange, RejectIfMatches

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "spec" / "token-v1.md").read_text()


def test_the_page_is_what_the_data_says():
    """Nobody edited a generated part by hand, or forgot to write it anew."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools/make_spec.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_every_generated_part_is_there():
    """Everything that is in the digest, and a heading for every kind."""
    sections = set(re.findall(r"<!-- generated: ([a-z0-9_-]+) -->", TEXT))
    headings = re.findall(r"(?m)^### ([a-z0-9_]+)$", TEXT)

    assert sections == {
        *("digest", "tables", "fold-latin", "null-like", "providers", "plans"),
        *("countries", "kinds", "reasons", "label", "examples"),
        *("hashes", "hash-examples"),
    }
    assert {kind.value for kind in TokenKind} <= set(headings)
    assert f"`{spec_sha256()}`" in TEXT


def test_every_operation_is_explained():
    """An operation without a line in the tables could not be implemented."""
    document = spec_document()
    lists = [*document["kinds"].values(), *document["hashes"].values()]
    used = {step["op"] for steps in lists for step in steps}

    assert {op for op in used if f"| `{op}` |" not in TEXT} == set()


def examples_of(part):
    """Return the rows of a generated table of examples."""
    rows = TEXT.partition(f"<!-- generated: {part} -->")[2].partition("<!-- end")[0]
    return re.findall(r"(?m)^\| ([a-z0-9_]+) \| `([^`]+)` \| `([^`]+)` \|$", rows)


EXAMPLES = examples_of("examples")
OF_HASHES = examples_of("hash-examples")


@pytest.mark.parametrize(
    ("holds", "kind", "text", "result"),
    [
        *((Holds.RAW, *example) for example in EXAMPLES),
        *((Holds.HASH, *example) for example in OF_HASHES),
    ],
)
def test_every_example(holds, kind, text, result):
    """What the page shows is what the library does."""
    got = normalise_by(kind_spec(TokenKind(kind), holds=holds), text)

    assert (got.value or got.reason.value) == result


def test_there_are_examples_of_every_kind():
    """The parametrisation above found them."""
    hashes = {kind for kind in TokenKind if kind.hash_of is not None}
    assert {TokenKind(kind) for kind, *_ in EXAMPLES} == set(TokenKind)
    assert {TokenKind(kind) for kind, *_ in OF_HASHES} == hashes


def test_the_worked_example():
    """Every intermediate value of the example is what the code computes."""
    values = dict(re.findall(r"^\| ([a-z ]+) \| `([^`]*)` \|$", TEXT, re.MULTILINE))

    cleaned = normalise(TokenKind.PAN, values["identifier"])
    material = subkey_bytes(
        bytes.fromhex(values["secret key"]),
        label="pan",
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


def test_the_place_of_the_national_steps_is_the_one_the_page_names():
    """Directly behind the deletion of brackets, before trunk prefixes are dropped."""
    plain = kind_spec(TokenKind.PHONE).steps
    national = kind_spec(TokenKind.PHONE, country="GB").steps
    (at,) = [
        i for i, (a, b) in enumerate(zip(plain, national, strict=False)) if a != b
    ][:1]
    added = len(national) - len(plain)

    assert f"adds its steps of `country_v1` directly after step {at}." in TEXT
    assert national[:at] + national[at + added :] == plain
    assert plain[at - 1].characters == "()."
    assert national[at : at + added] == (
        Rearrange(
            pattern="00(1[2-9][0-9]{9}|7[0-9]{10}|[2-689][0-9]{6,14})", template="+$1"
        ),
        Rearrange(pattern="0([1-9][0-9]{8,9})", template="+44$1"),
        RejectIfMatches(
            pattern="|".join(f"{digit}{{4,}}" for digit in range(10)),
            reason=Reason.PLACEHOLDER,
            explains=True,
        ),
        RejectIfMatches(pattern="44[0-9]+", reason=Reason.WRONG_COUNTRY, explains=True),
        RejectIfMatches(
            pattern="[1-9][0-9]{8,9}", reason=Reason.LOST_ZERO, explains=True
        ),
        RejectIfMatches(pattern="[0-9]+", reason=Reason.WRONG_COUNTRY, explains=True),
    )


def test_every_reason_is_in_the_text():
    """With the value that profiles show."""
    assert [r for r in Reason if f"`{r.value}`" not in TEXT] == []
