"""The page on token kinds is true: following it to the letter adds a kind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.howto_pages import INSTRUCTION, follow_in_copy, run_python

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "add-a-token-kind.md"
MOST_FILES = 5
GENERATED = {
    "docs/reference/contract.md",
    "docs/spec/token-v1.md",
    "src/cleanroom_join/tokens/vectors/token_v1.json",
}

# Run in the copy: what the new kind gives, by the library and beside it.
TRIAL = """
import json, runpy, sys
from cleanroom_join.contract import Contract, TokenKind
from cleanroom_join.testing import TEST_KEY, contract_toml
from cleanroom_join.tokens import Tokeniser, check_vectors, load_vectors, normalise

kind = TokenKind("imei")
raw = " 49-015420-323751-8 "
text = contract_toml().replace('kind = "pan"', 'kind = "imei"')
tokeniser = Tokeniser(TEST_KEY, identifier=kind, partnership="p", key_id="k1")
second = runpy.run_path(sys.argv[1])
case = next(c for c in load_vectors() if c.identifier.label == "imei" and c.token)
(given,) = case.inputs
print(json.dumps({
    "value": normalise(kind, raw).value,
    "reason": normalise(kind, "490154203237518.0").reason.value,
    "token": tokeniser.tokenise(raw).token,
    "second": second["normalise"]("imei", raw)[0],
    "second token": second["token"](
        case.root, case.partnership, ["imei"], case.key_id,
        second["normalise"]("imei", given)[0],
    ),
    "vector token": case.token,
    "vectors": check_vectors(),
    "contract": Contract.from_toml(text).terms.subjects["card"].identifier.label,
}))
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A copy of the sources after the page was followed: root, files named, touched."""
    root = tmp_path_factory.mktemp("repository")
    named, touched = follow_in_copy(
        PAGE,
        root,
        "src",
        "tools",
        "docs",
        "CHANGELOG.md",
        tools=["make_spec", "make_vectors", "make_contract_reference"],
    )
    return root, named, touched


def test_every_code_block_of_the_page_is_followed():
    """None is left out because it is worded in another way; the last one is run."""
    blocks = re.findall(r"(?m)^```(?:python|diff)$", PAGE.read_text())

    assert len(INSTRUCTION.findall(PAGE.read_text())) == len(blocks) == 7


def test_a_kind_touches_the_files_that_the_page_names(followed):
    """At most five, generated files aside."""
    _, named, touched = followed

    assert touched == named | GENERATED
    assert len(named) <= MOST_FILES


def test_the_new_kind_works(followed):
    """It normalises, makes tokens, and the second implementation makes the same."""
    root, *_ = followed
    verifier = root / "src/cleanroom_join/tokens/vectors/verify_token_v1.py"

    got = json.loads(run_python(root, "-c", TRIAL, verifier).stdout)

    assert got["value"] == got["second"] == "490154203237518"
    assert got["reason"] == "decimal_suffix"
    assert re.fullmatch("k1:[0-9a-f]{64}", got["token"])
    assert got["second token"] == got["vector token"]
    assert got["contract"] == "imei"
    assert got["vectors"] > 1415
    run_python(root, "-I", "-S", verifier, verifier.with_name("token_v1.json"))


def test_the_specification_describes_the_new_kind(followed):
    """Its section, its steps and its examples are generated."""
    root, *_ = followed

    page = (root / "docs/spec/token-v1.md").read_text()

    assert "### imei\n\nSerial numbers of mobile devices" in page
    assert "| imei | `49-015420-323751-8` | `490154203237518` |" in page
    run_python(root, "tools/make_spec.py", "--check")
    run_python(root, "tools/make_vectors.py", "--check")


def test_no_token_of_another_kind_changes(followed):
    """Every case that was there has the number, the message and the token it had."""
    root, *_ = followed
    path = "src/cleanroom_join/tokens/vectors/token_v1.json"

    def cases(folder):
        groups = json.loads((folder / path).read_text())["testGroups"]
        return [test for group in groups for test in group["tests"]]

    before, after = cases(ROOT), cases(root)

    assert after[: len(before)] == before
