"""Published and shipped vectors, through the library and by hand."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import TokenKind
from cleanroom_join.errors import VectorMismatch
from cleanroom_join.testing import TEST_KEY, TEST_OTHER_KEY
from cleanroom_join.tokens import (
    Reason,
    Subkey,
    Tokeniser,
    check_vectors,
    hkdf_sha256,
    is_token,
    load_vectors,
    normalise,
    spec_sha256,
    subkey_bytes,
    token,
    vectors,
)

CASES = load_vectors()
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.id}-{c.kind.value}")
def test_every_shipped_vector(case):
    """The library gives what the independent generator wrote."""
    got = normalise(case.kind, case.text)
    made = token(case.subkey, case.key_id, got.value) if got.value else None

    assert (got.value, got.reason, made) == (case.normalised, case.reason, case.token)


def test_the_file_is_what_its_generator_makes():
    """Nobody edited the vectors by hand."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools/make_vectors.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_the_vectors_cover_what_matters():
    """Every kind, every reason, every length of a card, two keys and partnerships."""
    lengths = {
        len(c.normalised) for c in CASES if c.kind is TokenKind.PAN and c.normalised
    }

    assert {c.kind for c in CASES} == set(TokenKind)
    assert {c.reason for c in CASES} == {*Reason, None}
    assert lengths >= set(range(12, 20))
    assert len({c.key_id for c in CASES}) > 1
    assert len({c.partnership for c in CASES}) > 1


def test_the_specification_is_pinned():
    """Changing the specification changes tokens: it needs a new name, not a new test."""
    assert (
        spec_sha256()
        == "909ee8ecfb032a8aab250343a695824933108b3fd05c0803f46ff903fe32d336"
    )


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
def test_a_changed_file_fails(monkeypatch, change, what):
    """A wrong token, specification or number of cases is noticed before a join."""
    text = (ROOT / "src/cleanroom_join/tokens/vectors/token_v1.json").read_text()
    changed = change(text)
    assert changed != text
    monkeypatch.setattr(vectors, "_file", changed.encode)

    with pytest.raises(VectorMismatch) as caught:
        check_vectors()

    assert what in str(caught.value)
    assert caught.value.code == "E210"


# RFC 4231, section 4: cases 1, 2, 3, 6 and 7.
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
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "message", "mac"), RFC_4231)
def test_rfc_4231_through_the_generators_hmac(key, message, mac):
    """The second implementation, which made the vectors, is HMAC-SHA-256."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "make_vectors", ROOT / "tools/make_vectors.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.hmac_sha256(key, message).hex() == mac


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
        kind=TokenKind.PAN,
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
    key=TEST_KEY, kind=TokenKind.ACCOUNT, partnership="one-partnership", key_id="k1"
):
    """Return a tokeniser that differs in one thing."""
    return Tokeniser(key, kind=kind, partnership=partnership, key_id=key_id)


@pytest.mark.parametrize(
    "other",
    [
        {"key": TEST_OTHER_KEY},
        {"kind": TokenKind.PAN},
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
