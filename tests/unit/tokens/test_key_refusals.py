"""Keys that everybody has, and second spellings of a key."""

from __future__ import annotations

import base64
import hashlib

import pytest

from cleanroom_join.errors import KeyRefused
from cleanroom_join.tokens import SecretKey

MATERIAL = hashlib.sha256(b"something random").digest()
ENCODED = base64.b64encode(MATERIAL).decode()


@pytest.mark.parametrize(
    "material",
    [
        bytes.fromhex(
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
        ),
        bytes.fromhex(
            "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"
        ),
        base64.urlsafe_b64decode(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i"
            "PS4hcgUuTwjAzZr1Z9CAow=="
        ),
        bytes.fromhex(
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        ),
        base64.urlsafe_b64decode("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="),
    ],
    ids=["SP 800-38A", "RFC 8439", "RFC 7515", "RFC 8032", "Fernet"],
)
def test_a_published_sample_key_is_refused(material):
    """A key that everybody has is no secret, however random it looks."""
    with pytest.raises(KeyRefused, match=r"E201.*published"):
        SecretKey.from_bytes(material)


def test_a_shorter_key_repeated_is_refused():
    """Twenty different bytes twice are not forty."""
    with pytest.raises(KeyRefused, match=r"E201.*repeated"):
        SecretKey.from_bytes(MATERIAL[:20] * 2)


@pytest.mark.parametrize(
    "text",
    [
        ENCODED[:-2] + chr(ord(ENCODED[-2]) + 1) + "=",
        "+-" + ENCODED[2:],
        ENCODED[:20] + "\n" + ENCODED[20:],
        "\u00a0" + ENCODED,
    ],
    ids=["unused bits", "two alphabets", "line inside", "no-break space"],
)
def test_a_second_spelling_of_a_key_is_refused(text):
    """One key has one text per alphabet, so a damaged one is noticed."""
    with pytest.raises(KeyRefused, match=r"E201.*not base64"):
        SecretKey.from_base64(text)


def test_the_state_that_copies_are_made_of_is_refused():
    """Python 3.11's ``object.__getstate__`` would give the bytes."""
    with pytest.raises(TypeError):
        SecretKey.from_bytes(MATERIAL).__getstate__()


@pytest.mark.parametrize(
    "material", [b"HashingKey", b"SomeFakeSecretKey", bytes(range(32))]
)
def test_other_tools_sample_keys_are_refused(material):
    """Those of OpenLinkToken, C3R and our own vectors."""
    with pytest.raises(KeyRefused, match="E201"):
        SecretKey.from_bytes(material)
