"""Keys: long enough, no stand-in, and nowhere to be seen."""

from __future__ import annotations

import base64
import copy
import hashlib
import os
import pickle
import traceback

import pytest

from cleanroom_join.errors import KeyRefused
from cleanroom_join.testing import TEST_KEY
from cleanroom_join.tokens import SecretKey

MATERIAL = hashlib.sha256(b"something random").digest()


def forms(material: bytes) -> list[str]:
    """Return how key bytes could show: raw, hexadecimal, base64, as a list."""
    return [
        repr(material)[2:-1],
        material.hex(),
        base64.b64encode(material).decode(),
        str(list(material)),
    ]


def shown(thing) -> str:
    """Return every text a person or a log could make of an object."""
    return " ".join(
        [
            repr(thing),
            str(thing),
            f"{thing}",
            f"{thing!r}",
            "%s" % thing,
            repr(dir(thing)),
            repr(getattr(thing, "__dict__", {})),
            repr([thing]),
        ]
    )


def test_a_key_shows_nothing():
    """No text made of a key has a byte of it."""
    key = SecretKey.from_bytes(MATERIAL)

    assert not any(form in shown(key) for form in forms(MATERIAL))
    assert "redacted" in repr(key)


def test_a_subkey_shows_nothing():
    """Nor of a subkey, whose bytes are as secret."""
    subkey = TEST_KEY.subkey(label="pan", partnership="p", key_id="k1")
    inner, _ = subkey.hmac_pads()
    material = bytes(b ^ 0x36 for b in inner[:32])

    assert not any(form in shown(subkey) for form in forms(material))


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy, hash])
def test_a_key_is_not_copied_or_written(act):
    """A pickle in a task, or a copy in a cache, would outlive the session."""
    with pytest.raises(TypeError) as caught:
        act(SecretKey.from_bytes(MATERIAL))

    assert not any(form in str(caught.value) for form in forms(MATERIAL))


def test_a_key_cannot_be_changed():
    """Assigning to a key is an error."""
    with pytest.raises((AttributeError, TypeError)):
        SecretKey.from_bytes(MATERIAL).anything = 1


def test_keys_compare_by_content():
    """The same bytes are the same key, whatever they were read from."""
    encoded = base64.b64encode(MATERIAL).decode()
    url_safe = base64.urlsafe_b64encode(MATERIAL).decode()

    assert (
        SecretKey.from_bytes(MATERIAL)
        == SecretKey.from_base64(encoded)
        == SecretKey.from_base64(f" {url_safe}\n")
    )
    assert SecretKey.from_bytes(MATERIAL) != TEST_KEY
    assert SecretKey.from_bytes(MATERIAL) != MATERIAL


@pytest.mark.parametrize(
    "material",
    [
        b"",
        os.urandom(31),
        b"\0" * 32,
        b"ab" * 16,
        bytes(range(32)),
        bytes(range(64, 0, -1)),
        b"correct horse battery staple and more",
        base64.b64encode(MATERIAL),
        MATERIAL[:8] * 4,
    ],
    ids=[
        "empty",
        "31 bytes",
        "zeros",
        "two letters",
        "counted",
        "counted down",
        "passphrase",
        "still base64",
        "repeated",
    ],
)
def test_what_is_no_secret_is_refused(material):
    """With E201, and without a byte of it in the text or the traceback."""
    with pytest.raises(KeyRefused, match="E201") as caught:
        SecretKey.from_bytes(material)

    text = "".join(traceback.format_exception(caught.value))
    assert caught.value.code == "E201"
    assert not material or not any(
        form and form in str(caught.value) for form in forms(material)
    )
    assert "During handling" not in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64!",
        "AAAA",
        base64.b64encode(MATERIAL).decode()[:-3],
        "é" * 44,
        base64.b64encode(MATERIAL).decode() + "=",
    ],
)
def test_bad_base64_is_refused_without_quoting_it(text):
    """The decoder's own error would quote the secret."""
    with pytest.raises(KeyRefused, match="E201") as caught:
        SecretKey.from_base64(text)

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("thing", ["a" * 40, None, 5])
def test_other_types_are_refused(thing):
    """A text passed for bytes is a passphrase, not a key."""
    with pytest.raises((KeyRefused, TypeError)):
        SecretKey.from_bytes(thing)
