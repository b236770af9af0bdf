"""The key check value: equal for equal keys, and nothing more."""

from __future__ import annotations

import hashlib
import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.errors import KeyRefused, TokenError
from cleanroom_join.testing import TEST_KEY, TEST_OTHER_KEY
from cleanroom_join.tokens import (
    SecretKey,
    check_value,
    load_vectors,
    subkey_bytes,
)

VECTORS = Path(__file__).parents[3] / "src/cleanroom_join/tokens/vectors"
VERIFIER = runpy.run_path(str(VECTORS / "verify_token_v1.py"))


def test_it_tells_keys_apart():
    """Equal for one key, different for two, and for two partnerships."""
    value = TEST_KEY.check_value("p")

    assert value == TEST_KEY.check_value("p")
    assert value != TEST_OTHER_KEY.check_value("p")
    assert value != TEST_KEY.check_value("q")
    assert len(value) == 8


@given(st.binary(min_size=32, max_size=64))
def test_it_is_what_the_second_implementation_says(root):
    """By RFC 5869 and RFC 2104, written twice."""
    assert check_value(root, partnership="p-q") == VERIFIER["key_check_value"](
        root, "p-q"
    )


@given(st.binary(min_size=32, max_size=32))
def test_it_is_no_part_of_a_key_or_subkey(root):
    """Its own info separates it from every key that makes tokens."""
    value = check_value(root, partnership="p")
    subkey = subkey_bytes(root, label="pan", partnership="p", key_id="k1")

    assert value not in root.hex()
    assert value not in subkey.hex()
    assert not hashlib.sha256(root).hexdigest().startswith(value)


def test_a_malformed_partnership_is_refused():
    """As for tokens."""
    with pytest.raises(TokenError):
        TEST_KEY.check_value("a b")


def test_the_public_keys_of_the_vectors_are_no_keys():
    """Nobody can use the key that everybody has."""
    root = load_vectors()[0].root

    with pytest.raises(KeyRefused):
        SecretKey.from_bytes(root)
