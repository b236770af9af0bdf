"""Canonical JSON: the bytes of RFC 8785 for the values we allow."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.crypto.canonical_json import canonical_bytes, sha256_hex
from cleanroom_join.errors import InternalError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


def test_the_sorting_example_of_rfc_8785():
    """Keys sort by UTF-16 code units (section 3.2.3), where U+1F600 is below U+FB33."""
    value = {
        "\u20ac": 1,
        "\r": 2,
        "\ufb33": 3,
        "1": 4,
        "\U0001f600": 5,
        "\u0080": 6,
        "\u00f6": 7,
    }

    keys = list(json.loads(canonical_bytes(value)))

    assert keys == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(VALUES)
def test_reading_back_gives_the_same(value):
    """A JSON reader gets the value back."""
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(st.text("abc", max_size=3), VALUES))
def test_the_order_of_keys_does_not_matter(value):
    """Two parties who write keys in another order have one digest."""
    backwards = dict(reversed(value.items()))

    assert sha256_hex(value) == sha256_hex(backwards)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, {1: 2}, "\ud800", object(), b"x", {"a": {3}}]
)
def test_what_has_no_canonical_form_is_refused(value):
    """Floats, large integers, other types and lone surrogates are not guessed at."""
    with pytest.raises(InternalError) as caught:
        canonical_bytes(value)

    assert caught.value.code == "E900"
