"""What the ledger holds of other tokens, and what both parties accept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.attacks.guarded_room import USUAL_TOKENS
from cleanroom_join.contract import Contract
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.disclosure.ledger.uncompared import uncompared
from cleanroom_join.review.comparability import comparability_problems
from cleanroom_join.testing import contract_toml
from tests.support.ledger_entries import ledger_entry

OLD = USUAL_TOKENS
NEW = replace(OLD, key_id="k2")
SHOPS = replace(OLD, identifier="account")


def terms(ledger="", shop="account"):
    """Return terms whose ledger says something more."""
    text = contract_toml(subjects=f'[subjects.shop]\nkind = "{shop}"')
    return Contract.from_toml(text.replace("[ledger]", f"[ledger]\n{ledger}")).terms


def entries(*tokens):
    """Return a ledger of runs about these tokens."""
    return [ledger_entry(run, tokens=t) for run, t in enumerate(tokens, start=1)]


def problems(tokens, ledger, said=""):
    """Return what is wrong with a run about some tokens."""
    return list(comparability_problems(uncompared(tokens, ledger, terms(said))))


def test_a_run_about_the_same_tokens_is_compared():
    """With every release of the ledger, whatever contract it is of."""
    assert problems(OLD, entries(OLD, OLD)) == []
    assert problems(OLD, []) == []


def test_a_run_about_several_kinds_waits_for_both_parties():
    """A party can choose by which of two identities of a person it matches it."""
    query_terms = Contract.from_toml(contract_toml()).terms
    assert not JoinedTokens.of(query_terms, "card", "k1").of_several_kinds
    several = replace(OLD, identifier="pan, else name in a and b")

    (text,) = problems(several, entries(several))

    assert "run 1" in text
    assert "uncompared_through" in text
    assert problems(several, []) == []
    assert problems(several, entries(several), "uncompared_through = 1") == []


@pytest.mark.parametrize("part", ["partnership", "identifier", "key_id"])
def test_a_run_about_other_tokens_waits(part):
    """Nothing tells whether they are the same people's."""
    (text,) = problems(replace(OLD, **{part: "another"}), entries(OLD, OLD))

    assert "another" in text
    assert "run 2" in text


def test_both_parties_accept_the_releases_that_there_are():
    """The contract names the last of them."""
    assert problems(NEW, entries(OLD, OLD), "uncompared_through = 2") == []
    assert problems(NEW, entries(OLD, OLD), "uncompared_through = 1") != []


def test_no_later_release_is_accepted_in_advance():
    """Or one signature would let a party change keys to and fro for ever."""
    said = "uncompared_through = 2"

    assert problems(NEW, entries(OLD, OLD, NEW), said) == []
    assert problems(OLD, entries(OLD, OLD, NEW), said) != []
    (text,) = problems(NEW, entries(NEW), said)
    assert "ends with run 1" in text


def test_kinds_that_are_apart_are_not_compared():
    """Both parties state that shops are no card holders; a key still counts."""
    said = 'kinds_apart = ["card", "shop"]'
    cards = replace(OLD, identifier="pan")

    assert problems(SHOPS, entries(cards, cards), said) == []
    assert problems(cards, entries(SHOPS), said) == []
    assert problems(cards, entries(SHOPS)) != []
    assert problems(replace(cards, key_id="k2"), entries(cards), said) != []
    assert problems(SHOPS, entries(OLD), said) != []


def test_kinds_of_one_identifier_are_never_apart():
    """They have the same tokens, so they are compared, whatever the contract says."""
    said = terms('kinds_apart = ["card", "shop"]', shop="pan")
    cards = replace(OLD, identifier="pan")

    assert uncompared(cards, entries(replace(cards, key_id="k0")), said).others


def test_the_guard_sees_releases_about_the_same_tokens_only():
    """Hashes of others say nothing, and a figure of theirs is not repeated."""
    ledger = entries(OLD, NEW, OLD)

    assert [r.run for r in history_of(ledger, OLD).releases] == [1, 3]
    assert [r.run for r in history_of(ledger, NEW).releases] == [2]
    assert [r.run for r in history_of(ledger).releases] == [1, 2, 3]


def test_tokens_are_read_as_they_were_written():
    """And nothing else is."""
    assert JoinedTokens.read(OLD.document) == OLD
    with pytest.raises(LookupError):
        JoinedTokens.read({"key_id": "k1"})
