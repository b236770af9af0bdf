"""The ledger's chain of heads, and the history that is believed of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest

from cleanroom_join.attacks.guarded_room import FIRST_DAY
from cleanroom_join.contract import Policy
from cleanroom_join.disclosure import LedgerState
from cleanroom_join.disclosure.ledger.chain import (
    EncryptedEntry,
    entry_head,
    history_of,
    refuse_if_used_up,
    verify_chain,
)
from cleanroom_join.disclosure.ledger.encoding import write_entry
from cleanroom_join.disclosure.ledger.entry import GENESIS, ConfirmedHead
from cleanroom_join.errors import DisclosureError
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.spark.ledger.tables import other_columns
from tests.support.ledger_entries import NORTH, OTHER, ledger_entry

KEY = hashlib.sha256(b"chain").digest()


def chain(length):
    """Return a ledger of so many entries, and its confirmed head."""
    end, found = GENESIS, []
    for run in range(1, length + 1):
        chunks = write_entry(ledger_entry(run, end.head))
        head = entry_head(KEY, end.head, chunks)
        found.append(EncryptedEntry(run=run, head=head, chunks=chunks))
        end = ConfirmedHead(run=run, head=head)
    return found, end


def test_history_has_every_version_under_its_run():
    """A repeated cell has the figures of the run in which it was new."""
    first, second = ledger_entry(), ledger_entry(2)

    releases = history_of([first, second]).releases

    assert [r.run for r in releases] == [1, 2]
    assert releases[1].cells[OTHER] == first.cells[OTHER]
    assert releases[1].cells[NORTH] == second.cells[NORTH]
    assert releases[1].leaves == {OTHER}


@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_complete_ledger_is_verified(length):
    """In any order of its entries; the empty one before the first run."""
    found, end = chain(length)

    assert verify_chain(found[::-1], end, KEY) is LedgerState.VERIFIED


def changed(found, index, **changes):
    """Return a ledger with one entry changed."""
    return [*found[:index], replace(found[index], **changes), *found[index + 1 :]]


WRONG = {
    "no confirmed head": (lambda f, e: (f, None, KEY), LedgerState.MISSING),
    "no key": (lambda f, e: (f, e, None), LedgerState.MISSING),
    "cut off": (lambda f, e: (f[:-1], e, KEY), LedgerState.STALE),
    "nothing left": (lambda f, e: ([], e, KEY), LedgerState.STALE),
    "confirmed head behind": (
        lambda f, e: (f, ConfirmedHead(run=2, head=f[1].head), KEY),
        LedgerState.STALE,
    ),
    "another end": (
        lambda f, e: (f, replace(e, head="0" * 64), KEY),
        LedgerState.FORKED,
    ),
    "a gap": (lambda f, e: ([f[0], f[2]], e, KEY), LedgerState.FORGED),
    "twice": (lambda f, e: ([*f, f[1]], e, KEY), LedgerState.FORGED),
    "another key": (lambda f, e: (f, e, bytes(32)), LedgerState.FORGED),
    "not opened": (
        lambda f, e: (changed(f, 1, chunks=[None, *f[1].chunks[1:]]), e, KEY),
        LedgerState.FORGED,
    ),
    "a chunk less": (
        lambda f, e: (changed(f, 1, chunks=f[1].chunks[:-1]), e, KEY),
        LedgerState.FORGED,
    ),
    "no chunks": (lambda f, e: (changed(f, 1, chunks=[]), e, KEY), LedgerState.FORGED),
    "chunks reversed": (
        lambda f, e: (changed(f, 0, chunks=f[0].chunks[::-1]), e, KEY),
        LedgerState.FORGED,
    ),
    "entries exchanged": (
        lambda f, e: ([replace(f[1], run=1), replace(f[0], run=2), f[2]], e, KEY),
        LedgerState.FORGED,
    ),
    "runs of two types": (
        lambda f, e: (changed(f, 0, run="1"), e, KEY),
        LedgerState.FORGED,
    ),
    "a run without number": (
        lambda f, e: (changed(f, 0, run=None), e, KEY),
        LedgerState.FORGED,
    ),
    "half a character as head": (
        lambda f, e: (changed(f, 0, head="\ud800"), e, KEY),
        LedgerState.FORGED,
    ),
    "half a character as end": (
        lambda f, e: (f, replace(e, head="\ud800"), KEY),
        LedgerState.FORKED,
    ),
    "strange head": (
        lambda f, e: (changed(f, 1, head="é"), e, KEY),
        LedgerState.FORGED,
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_every_wrong_ledger_has_its_state(case):
    """Every way to cut, fork or forge a ledger has a state, none of them verified."""
    spoil, state = WRONG[case]

    assert verify_chain(*spoil(*chain(3))) is state


def test_only_a_ledger_has_its_columns():
    """The type of each column matters, and their order does not."""
    columns = [tuple(c.split(" ")) for c in LEDGER_SCHEMA.split(", ")]

    assert not other_columns(columns[::-1])
    assert other_columns([("run", "string"), *columns[1:]])
    assert other_columns(columns[1:])
    assert other_columns([*columns, ("note", "string")])


def test_the_number_of_releases_is_limited():
    """In all, and within thirty days; on the day after the thirtieth it counts anew."""
    entries = [ledger_entry(run, as_of=FIRST_DAY) for run in range(1, 4)]

    refuse_if_used_up(entries, Policy(max_releases=4), FIRST_DAY)
    with pytest.raises(DisclosureError, match="E403"):
        refuse_if_used_up(entries, Policy(max_releases=3), FIRST_DAY)
    with pytest.raises(DisclosureError, match="E403"):
        refuse_if_used_up(
            entries, Policy(max_releases_a_month=3), FIRST_DAY + dt.timedelta(29)
        )
    refuse_if_used_up(
        entries, Policy(max_releases_a_month=3), FIRST_DAY + dt.timedelta(30)
    )
