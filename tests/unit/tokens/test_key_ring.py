"""Changing keys, without Spark: which keys are needed, and which tokens are old."""

from __future__ import annotations

import hashlib

import pytest

from cleanroom_join import SecretKey
from cleanroom_join.contract import Contract, TokenKind
from cleanroom_join.errors import KeyRefused, TokenError
from cleanroom_join.testing import contract_toml
from cleanroom_join.tokens import KeyRing, Tokeniser, needs_retokenising

OLD, NEW = (
    SecretKey.from_bytes(hashlib.sha256(name).digest()) for name in (b"old", b"new")
)
ONE = 'keys = [{ id = "k1", state = "active" }]'
OVERLAP = 'keys = [{ id = "k2", state = "active" }, { id = "k1", state = "retiring" }]'


def terms(keys):
    """Return the terms of one asset while the contract has *keys*."""
    return Contract.from_toml(contract_toml().replace(ONE, keys)).asset("payments")


def token(key, key_id):
    """Return a token of one card."""
    tokeniser = Tokeniser(
        key, identifier=TokenKind.PAN, partnership=terms(ONE).partnership, key_id=key_id
    )
    return tokeniser.tokenise("4111111111111111").token


def test_a_key_alone_is_the_active_one():
    """Nobody has to name its id, which the contract knows."""
    assert KeyRing.of(OLD, terms(ONE)).by_id(terms(ONE)) == {"k1": OLD}


def test_the_active_key_comes_first():
    """In whatever order the ring was made: tokens of the first are the table's own."""
    ring = KeyRing({"k1": OLD, "k2": NEW})

    assert list(ring.by_id(terms(OVERLAP)).items()) == [("k2", NEW), ("k1", OLD)]
    assert KeyRing.of(ring, terms(OVERLAP)) is ring


@pytest.mark.parametrize(
    ("keys", "ring"),
    [
        (OVERLAP, {}),
        (OVERLAP, {"k2": NEW}),
        (OVERLAP, {"k1": OLD}),
        (OVERLAP, {"k2": NEW, "k1": OLD, "k0": OLD}),
        (ONE, {"k2": NEW}),
        (ONE, {"k1": OLD, "k2": NEW}),
    ],
    ids=["none", "no retiring", "no active", "one more", "another", "too early"],
)
def test_other_ids_than_the_contracts_are_refused(keys, ring):
    """With the ids that are needed, and nothing of the keys."""
    with pytest.raises(KeyRefused, match="E205") as caught:
        KeyRing(ring).by_id(terms(keys))

    assert '"k1"' in str(caught.value)


@pytest.mark.parametrize("thing", ["dGhpcyBpcyBhIHNlY3JldA==", b"secret", None])
def test_a_ring_holds_keys_only(thing):
    """A key that is still text is refused before it can be hashed, and not quoted."""
    with pytest.raises(KeyRefused, match="E201") as caught:
        KeyRing({"k1": thing})

    assert "secret keys" in str(caught.value)
    assert not thing or str(thing) not in str(caught.value)


def test_a_ring_shows_ids_only():
    """Which the contract shows as well."""
    assert repr(KeyRing({"k2": NEW, "k1": OLD})) == "KeyRing(k1, k2)"


def test_tokens_of_a_retiring_key_need_retokenising():
    """And those of the active key do not."""
    assert needs_retokenising(token(OLD, "k1"), terms(OVERLAP))
    assert not needs_retokenising(token(NEW, "k2"), terms(OVERLAP))
    assert not needs_retokenising(token(OLD, "k1"), terms(ONE))


@pytest.mark.parametrize("text", ["", "4111111111111111", "k1:" + "0A" * 32])
def test_what_is_no_token_is_refused(text):
    """An identifier that was never tokenised is not taken for an old token."""
    with pytest.raises(TokenError, match="E200") as caught:
        needs_retokenising(text, terms(ONE))

    assert not text or text not in str(caught.value)
