"""One ledger for all contracts of two companies."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract, Policy, resolve
from cleanroom_join.disclosure import LedgerState
from cleanroom_join.disclosure.ledger.chain import refuse_if_used_up
from cleanroom_join.errors import DisclosureError, ReleaseRefused
from cleanroom_join.spark.ledger.joint_key import joint_key
from cleanroom_join.spark.ledger.tables import Ledger
from cleanroom_join.spark.room.deferred_release import confirmed_entry
from cleanroom_join.testing import contract_toml
from tests.support.ledger_entries import FIRST_DAY, ledger_entry

CONTRACT = Contract.from_toml(contract_toml())
QUERY = resolve(CONTRACT, CONTRACT.output("segments"))


def own(run, **more):
    """Return an entry of the contract."""
    facts = {
        "contract_id": CONTRACT.terms.id,
        "contract_sha256": CONTRACT.digest,
        "query": QUERY.identity,
    }
    return ledger_entry(run, **{**facts, **more})


def other(run, **more):
    """Return an entry of another contract with the same query."""
    facts = {"contract_id": "another-one", "contract_sha256": "f" * 64}
    return own(run, **{**facts, **more})


def ledger(*entries):
    """Return a verified ledger."""
    return Ledger(state=LedgerState.VERIFIED, entries=list(entries))


def test_a_revision_is_that_of_its_contract():
    """Another contract may be at revision 7."""
    found = ledger(own(1, contract_revision=2), other(2, contract_revision=7))

    assert found.highest_revision(CONTRACT.terms.id) == 2
    assert found.highest_revision("another-one") == 7
    assert found.highest_revision("a-third-one") == 0


def test_a_contract_shows_its_own_entry():
    """The same query of another contract, confirmed later, is not in its way."""
    assert confirmed_entry(CONTRACT, QUERY, ledger(own(1), other(2))).run == 1
    with pytest.raises(ReleaseRefused):
        confirmed_entry(CONTRACT, QUERY, ledger(other(1)))
    revised = own(2, contract_sha256="e" * 64)
    with pytest.raises(ReleaseRefused):
        confirmed_entry(CONTRACT, QUERY, ledger(own(1), revised))


def test_releases_of_all_contracts_count():
    """A second contract brings no releases of its own: the people are the same."""
    with pytest.raises(DisclosureError):
        refuse_if_used_up([own(1), other(2)], Policy(max_releases=2), FIRST_DAY)
    refuse_if_used_up([own(1), other(2)], Policy(max_releases=3), FIRST_DAY)


def test_the_joint_key_depends_on_the_two_secrets_alone():
    """On no name of a contract, nor on what the parties are called in a room."""
    halves = [bytes(range(32)), bytes(range(32, 64))]
    one, again = joint_key(halves), joint_key(reversed(halves))

    assert (one.chain_key, one.noise_key) == (again.chain_key, again.noise_key)
    assert one.chain_key != joint_key([halves[0], bytes(range(64, 96))]).chain_key
