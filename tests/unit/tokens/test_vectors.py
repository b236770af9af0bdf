"""Published and shipped vectors, through the library and by hand."""

from __future__ import annotations

import csv
import hashlib
import hmac
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import DateFormat, Holds, TokenKind
from cleanroom_join.crypto.canonical_json import sha256_hex
from cleanroom_join.crypto.hkdf import hkdf_sha256
from cleanroom_join.errors import VectorMismatch
from cleanroom_join.testing import TEST_KEY, TEST_OTHER_KEY
from cleanroom_join.tokens import (
    Check,
    Reason,
    Subkey,
    Tokeniser,
    check_vectors,
    is_token,
    kind_spec,
    load_vectors,
    normalise_by,
    normalise_components,
    spec_document,
    subkey_bytes,
    token,
)
from cleanroom_join.tokens.vectors import vectors_bytes
from tests.support.examples import examples
from tests.support.strange_texts import KIND_OPTIONS, strange_texts

CASES = load_vectors()
ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "src/cleanroom_join/tokens/vectors"


LABELS = sorted({case.identifier.label for case in CASES})


@pytest.mark.parametrize("label", LABELS)
def test_every_shipped_vector(label):
    """The library gives what the independent generator wrote."""
    own = [case for case in CASES if case.identifier.label == label]
    assert [case.id for case in own if not is_reproduced(case)] == []


def is_reproduced(case):
    """Return whether message, reason and token are those of a vector."""
    got = normalise_components(case.specs, case.texts)
    made = token(case.subkey, case.key_id, got.value) if got.value else None
    return (got.value, got.reason, made) == (case.message, case.reason, case.token)


@pytest.mark.parametrize(
    "command",
    [
        [ROOT / "tools/make_vectors.py", "--check"],
        [VECTORS / "verify_token_v1.py", VECTORS / "token_v1.json"],
        # With nothing installed: not even the site packages are on the path.
        ["-I", "-S", VECTORS / "verify_token_v1.py", VECTORS / "token_v1.json"],
    ],
    ids=["generator", "verifier", "verifier alone"],
)
def test_the_file_is_what_its_generator_makes(command):
    """Nobody edited the vectors by hand, and the stand-alone verifier agrees."""
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_the_vectors_cover_what_matters():
    """Every kind, every reason, every length of a card, two keys and partnerships."""
    kinds = {part for case in CASES for part in case.identifier.components}
    lengths = {
        len(c.message) for c in CASES if c.identifier.label == "pan" and c.message
    }

    assert kinds == set(TokenKind)
    assert {c.reason for c in CASES} == {*Reason, None}
    assert lengths >= set(range(12, 20))
    assert len({c.key_id for c in CASES}) > 1
    assert len({c.partnership for c in CASES}) > 1
    assert {c.date_format for c in CASES} == set(DateFormat)
    assert {len(c.identifier.components) for c in CASES} >= {1, 2, 3, 4}


@pytest.mark.parametrize("kind", TokenKind)
def test_the_vectors_reach_every_reason_of_a_kind(kind):
    """Each check that a kind has refuses at least one vector."""
    for holds in Holds:
        mine = {
            c.reason
            for c in CASES
            if c.identifier.components == (kind,) and c.holds is holds
        }
        steps = kind_spec(kind, holds=holds).steps
        if kind.hash_of is not None and is_continued(kind.hash_of, steps):
            steps = steps[len(kind_spec(kind.hash_of).steps) :]
        possible = {s.reason for s in steps if isinstance(s, Check)}
        # Only a published hash has vectors of both.
        assert possible - mine == set() or (
            holds is Holds.HASH and kind.hash_of is None and not mine
        )


def is_continued(kind, steps):
    """Return whether *steps* are those of a kind, whose vectors reach them, and more."""
    first = kind_spec(kind).steps
    return steps[: len(first)] == first


KINDS_OF_0_1_0 = [
    *("pan", "account", "iban", "email", "email_mailbox", "phone", "name"),
    *("date_of_birth", "postcode_uk", "postcode_us5", "postcode_alnum"),
    *("device_id", "registration"),
]


def test_the_specification_is_pinned():
    """A change of the specification needs a new name; a new kind changes no other."""
    document = spec_document()
    del document["hashes"]  # each belongs to a newer kind
    for part in ("kinds", "declared"):
        steps = document[part]
        document[part] = {kind: steps[kind] for kind in KINDS_OF_0_1_0 if kind in steps}

    assert (
        sha256_hex(document)
        == "52de08e7abb0b50f61889516139f84c7c7c3df58ce7403baa7d57ebd28070e31"
    )


VERIFIER = runpy.run_path(str(VECTORS / "verify_token_v1.py"))


@settings(max_examples=examples(1000))
@given(
    st.sampled_from(KIND_OPTIONS),
    st.text() | st.sampled_from(strange_texts(11, 4000)),
)
def test_the_second_implementation_means_the_same(declared, text):
    """The library against the stand-alone verifier, on anything at all."""
    kind, options = declared
    got = normalise_by(kind_spec(kind, **options), text)
    form = options["date_format"].value if "date_format" in options else "YYYY-MM-DD"

    holds = options.get("holds", Holds.RAW).value
    theirs = VERIFIER["normalise"](
        kind.value, text, form, options.get("country"), holds
    )

    assert theirs == (got.value, got.reason and got.reason.value)


VERIFY = [sys.executable, VECTORS / "verify_token_v1.py", VECTORS / "token_v1.json"]


def answers(path, change=lambda rows: rows):
    """Write a CSV file of right answers, perhaps changed."""
    rows = [
        [str(c.id), c.token or "", c.reason.value if c.reason else ""] for c in CASES
    ]
    lines = ["tcId,token,reason", *(",".join(row) for row in change(rows))]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda rows: rows, 0, "agree"),
        (lambda rows: rows[1:], 1, "tcId 1 has no answer"),
        (lambda rows: [[rows[0][0], "", "x"], *rows[1:]], 1, "tcId 1 differs"),
        (lambda rows: [*rows, rows[0]], 1, "repeat a tcId"),
        (lambda rows: [*rows, ["99999", "", ""]], 1, "of no case"),
        (
            lambda rows: [[r[0], r[1].upper(), r[2]] for r in rows],
            1,
            "tokens differ in their case only: write them in lower case",
        ),
        (
            lambda rows: [[r[0], r[1] or "NULL", r[2]] for r in rows],
            0,
            "rows say NULL or the like where there is no token: read as none",
        ),
        (
            lambda rows: [[r[0], "NULL", r[2]] for r in rows[:1]] + rows[1:],
            1,
            "tcId 1 differs",
        ),
        (lambda rows: [], 1, "has no answer"),
    ],
    ids=[
        *("right", "missing", "wrong", "repeated", "unknown", "capitals", "null words"),
        *("null for a token", "empty"),
    ],
)
def test_the_verifier_compares_anothers_answers(tmp_path, change, code, says):
    """Every disagreement has its case and its comment, no input."""
    path = answers(tmp_path / "results.csv", change)
    done = subprocess.run(
        [*VERIFY, "--results", path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code
    assert says in done.stdout
    assert "4111" not in done.stdout


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace(",", ";").encode("utf-8-sig"),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: ("sep=;\n" + text.replace(",", ";")).encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(
            "tcId,token,reason", '"TCID", Token ,Reason'
        ).encode(),
    ],
    ids=["utf-8", "semicolons", "unicode text", "sep", "line ends", "header"],
)
def test_the_verifier_reads_answers_that_a_spreadsheet_saved(tmp_path, saved):
    """A byte order mark or another separator is no disagreement about tokens."""
    path = answers(tmp_path / "results.csv")
    path.write_bytes(saved(path.read_text()))
    done = subprocess.run(
        [*VERIFY, "--results", path], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("header", "missing"),
    [("id,token", "tcId"), ("tcId,answer", "token"), ("1,k1:00", "tcId"), ("", "tcId")],
)
def test_the_verifier_names_a_missing_header(tmp_path, header, missing):
    """One sentence says which column the first line lacks; nothing is quoted."""
    path = tmp_path / "results.csv"
    path.write_text(f"{header}\n1,k1:00\n")
    done = subprocess.run(
        [*VERIFY, "--results", path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.startswith(
        f"results.csv has no column {missing}: its first line"
    )
    assert "k1:00" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_verifier_writes_a_template(tmp_path):
    """One line per case, inputs in hexadecimal."""
    path = tmp_path / "cases.csv"
    subprocess.run(
        [*VERIFY, "--template", path],
        capture_output=True,
        check=True,
    )

    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(CASES)
    assert bytes.fromhex(rows[0]["input1"]).decode() == CASES[0].texts[0]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"spec": "token-v2"}'])
def test_the_verifier_refuses_what_it_cannot_read(tmp_path, text):
    """Exit code 2 and one sentence, no traceback."""
    path = tmp_path / "vectors.json"
    path.write_text(text)
    done = subprocess.run(
        [sys.executable, VECTORS / "verify_token_v1.py", path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            lambda t: t.replace('"numberOfTests": ', '"numberOfTests": 9'),
            "numberOfTests",
        ),
        (lambda t: t.replace('"specSha256": "', '"specSha256": "0'), "specSha256"),
        (lambda t: t.replace('"token": "k1:', '"token": "k1:0', 1), "tcId 1"),
    ],
)
def test_a_changed_file_fails(change, what):
    """A wrong token, specification or number of cases is noticed before a join."""
    text = vectors_bytes().decode()
    changed = change(text)
    assert changed != text

    with pytest.raises(VectorMismatch) as caught:
        check_vectors(changed.encode())

    assert what in str(caught.value)
    assert caught.value.code == "E210"


# RFC 4231, section 4: cases 1 to 4, 6 and 7; 5 is about truncation.
RFC_4231 = [
    (
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        b"\xaa" * 131,
        (
            b"This is a test using a larger than block-size key and a larger than "
            b"block-size data. The key needs to be hashed before being used by the "
            b"HMAC algorithm."
        ),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "message", "mac"), RFC_4231)
def test_rfc_4231(key, message, mac):
    """Python's HMAC, and the second implementation's, are HMAC-SHA-256."""
    assert hmac.digest(key, message, "sha256").hex() == mac
    assert VERIFIER["hmac_sha256"](key, message).hex() == mac


@pytest.mark.parametrize(
    ("ikm", "salt", "info", "length", "okm"),
    [
        # RFC 5869, appendix A.1 to A.3.
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            "0b" * 22,
            "",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_rfc_5869(ikm, salt, info, length, okm):
    """HKDF gives the RFC's output keying material."""
    made = hkdf_sha256(
        bytes.fromhex(ikm),
        salt=bytes.fromhex(salt),
        info=bytes.fromhex(info),
        length=length,
    )

    assert made.hex() == okm
    assert made == VERIFIER["hkdf_sha256"](
        bytes.fromhex(ikm), bytes.fromhex(salt), bytes.fromhex(info), length
    )


@pytest.mark.parametrize(
    ("number", "mac"),
    [
        (
            "4111111111111111",
            "859121857dd88a532d78e6987b6834fd7d06705a782078b72147c5132330d14f",
        ),
        (
            "6205500000000000004",
            "146bd23b48dfd7f31eb08799c18b4aea0c721853ab6234f121e0b159690f509e",
        ),
        (
            "0004111111111119",
            "e27d06431c82d6a49a54f5ba765b773d48b0845a4852bdba731e0f90a838cdd7",
        ),
        (
            "378282246310005",
            "ade975a1bbe73d32cc1a3a32ee61c509d74e48530395d3855f9670fdb485b20c",
        ),
    ],
)
def test_the_illustrative_values_of_the_specification(number, mac):
    """Values that were worked out before there was any code."""
    material = subkey_bytes(
        bytes(range(32)),
        label="pan",
        partnership="acme-bank__globex-psp",
        key_id="k1",
    )

    assert token(Subkey.from_bytes(material), "k1", number) == f"k1:{mac}"


def test_hmac_composed_from_pads():
    """What Spark computes from the two pads is HMAC."""
    subkey = Subkey.from_bytes(hashlib.sha256(b"x").digest())
    inner, outer = subkey.hmac_pads()

    composed = hashlib.sha256(
        outer + hashlib.sha256(inner + b"4111").digest()
    ).hexdigest()

    assert token(subkey, "k1", "4111") == f"k1:{composed}"


def tokeniser(
    key=TEST_KEY,
    identifier=TokenKind.ACCOUNT,
    partnership="one-partnership",
    key_id="k1",
):
    """Return a tokeniser that differs in one thing."""
    return Tokeniser(key, identifier=identifier, partnership=partnership, key_id=key_id)


@pytest.mark.parametrize(
    "other",
    [
        {"key": TEST_OTHER_KEY},
        {"identifier": TokenKind.PAN},
        {"partnership": "two"},
        {"key_id": "k2"},
    ],
)
def test_keys_kinds_partnerships_and_key_ids_are_apart(other):
    """No part of two tokens agrees unless everything they were made with does."""
    one = tokeniser().tokenise("4111111111111111").token
    two = tokeniser(**other).tokenise("4111111111111111").token

    assert one.split(":")[1] != two.split(":")[1]


@given(
    st.text("0123456789", min_size=4, max_size=34),
    st.text("0123456789", min_size=4, max_size=34),
)
def test_different_identifiers_have_different_tokens(one, other):
    """Two canonical identifiers never share a token."""
    made = [tokeniser().tokenise(text) for text in (one, other)]

    if None not in (made[0].token, made[1].token):
        assert (made[0].token == made[1].token) is (one == other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k1:" + "0a" * 32, True),
        ("k1:" + "0A" * 32, False),
        ("k1:" + "0a" * 31, False),
        ("0a" * 32, False),
        ("K1:" + "0a" * 32, False),
        ("k1:" + "0a" * 32 + "\n", False),
        ("4111111111111111", False),
        ("", False),
    ],
)
def test_what_a_token_is(text, expected):
    """Lower case, whole, with its key id, and nothing after it."""
    assert is_token(text) is expected
