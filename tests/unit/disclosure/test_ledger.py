"""The ledger's entries and what is believed of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import Policy, resolve
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    ROWS,
    SUBJECTS,
    CellSignature,
    Fingerprint,
    LedgerState,
    PublishedVersion,
)
from cleanroom_join.disclosure.ledger.chain import (
    EncryptedEntry,
    entry_head,
    history_of,
    refuse_if_used_up,
    verify_chain,
)
from cleanroom_join.disclosure.ledger.encoding import (
    chunk_bytes,
    form_of,
    read_entry,
    write_entry,
)
from cleanroom_join.disclosure.ledger.entry import GENESIS, ConfirmedHead, Entry
from cleanroom_join.errors import DisclosureError, InternalError
from cleanroom_join.spark.ledger.tables import LEDGER_SCHEMA, other_columns
from cleanroom_join.testing import contract

KEY = hashlib.sha256(b"chain").digest()
DAY = dt.date(2030, 1, 1)
NORTH = (("region", "north"),)
OTHER = (("age", None), ("region", "(other)"))
FIGURES = {
    "cohort_size": 105,
    "mean:amount": Decimal(5),
    "sum:amount": Decimal("-1.5E+3"),
    "rate:fraud": Decimal("0.0731"),
}


def entry(run=1, previous=GENESIS.head, **changes):
    """Return an entry with a new cell, and one that is repeated from the first run."""
    signature = CellSignature(
        {
            facet: Fingerprint(hashlib.sha512(b"x").digest() * length, 103, 2**63 + 105)
            for facet, length in (
                (SUBJECTS, FINGERPRINT_WORDS // 8),
                (ROWS, FINGERPRINT_WORDS // 32),
            )
        }
    )
    version = PublishedVersion(run=run, as_of=DAY, signature=signature, figures=FIGURES)
    repeated = replace(version, run=1)
    return Entry(
        **{
            "run": run,
            "previous": previous,
            "contract_sha256": "a" * 64,
            "output": "segments",
            "query": "b" * 64,
            "nonce": f"{run:032x}",
            "as_of": DAY,
            "leaves": frozenset([OTHER]),
            "cells": {NORTH: version, OTHER: repeated},
            "audited": run > 1,
            "sizes": (("payments", 1200), ("", 1000)),
            **changes,
        }
    )


def chain(length):
    """Return a ledger as it is found, and its anchor."""
    end, found = GENESIS, []
    for run in range(1, length + 1):
        chunks = write_entry(entry(run, end.head))
        head = entry_head(KEY, end.head, chunks)
        found.append(EncryptedEntry(run=run, head=head, chunks=chunks))
        end = ConfirmedHead(run=run, head=head)
    return found, end


def test_an_entry_is_read_as_it_was_written():
    """Counts stay counts and figures decimals, also those that look like counts."""
    again = read_entry(write_entry(entry()))

    assert again == entry()
    figures = again.cells[NORTH].figures
    assert {n: type(v) for n, v in figures.items()} == {
        n: type(v) for n, v in FIGURES.items()
    }


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.integers(100, 2**53 - 1)
        | st.decimals(allow_nan=False, allow_infinity=False),
    )
)
def test_any_figures_are_read_as_they_were(figures):
    """To the last digit and of the same type."""
    version = replace(entry().cells[NORTH], figures=figures)

    again = read_entry(write_entry(entry(cells={NORTH: version}, leaves=frozenset())))

    assert again.cells[NORTH].figures == figures
    assert {n: type(v) for n, v in again.cells[NORTH].figures.items()} == {
        n: type(v) for n, v in figures.items()
    }


@pytest.mark.parametrize(("size", "chunks"), [(0, 0), (30_000, 0), (30_000, 9)])
def test_all_parts_are_of_one_length(size, chunks):
    """Who keeps them sealed sees neither whose they are, nor how many hold something."""
    written = write_entry(entry(2), size, chunks)

    assert len({len(chunk) for chunk in written}) == 1
    assert len(written[0]) >= size
    assert len(written) == max(3, chunks)
    assert read_entry(written) == entry(2)


def test_a_part_that_is_missing_is_a_bug():
    """Under the right key, the header says how many cells there are."""
    with pytest.raises(InternalError):
        read_entry(write_entry(entry())[:-1])


@given(
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**53 - 1),
    st.sampled_from(["north", "south", "(other)", None]),
    st.sampled_from(["young", "old", None]),
)
def test_no_cell_needs_more_than_its_part(count, run, region, age):
    """Whatever it is about and however large its figures are: lengths tell nothing."""
    asked = resolve(contract(), contract().output("segments"))
    words = {
        name: bytes(2 * FINGERPRINT_WORDS) for name in (ROWS, *asked.facet_columns)
    }
    signatures = {SUBJECTS: bytes(8 * FINGERPRINT_WORDS), **words}
    version = PublishedVersion(
        run=run,
        as_of=DAY,
        signature=CellSignature(
            {n: Fingerprint(w, 2**53 - 1, count) for n, w in signatures.items()}
        ),
        figures=dict.fromkeys(asked.figure_ids, Decimal(count) / 1000),
    )
    cell = (("age_band", age), ("region", region))
    full = entry(cells={cell: version}, leaves=frozenset([cell]))

    written = write_entry(replace(full, run=run), chunk_bytes(asked))

    assert {len(chunk) for chunk in written} == {chunk_bytes(asked)}


def test_history_has_every_version_under_its_run():
    """A repeated cell has the figures of the run in which it was new."""
    first, second = entry(), entry(2)

    releases = history_of([first, second]).releases

    assert [r.run for r in releases] == [1, 2]
    assert releases[1].cells[OTHER] == first.cells[OTHER]
    assert releases[1].cells[NORTH] == second.cells[NORTH]
    assert releases[1].leaves == {OTHER}


@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_whole_ledger_is_verified(length):
    """In whatever order its entries come; the empty one at the beginning."""
    found, end = chain(length)

    assert verify_chain(found[::-1], end, KEY) is LedgerState.VERIFIED


def spoilt(found, place, **changes):
    """Return a ledger with one entry changed."""
    return [*found[:place], replace(found[place], **changes), *found[place + 1 :]]


WRONG = {
    "no anchor": (lambda f, e: (f, None, KEY), LedgerState.MISSING),
    "no key": (lambda f, e: (f, e, None), LedgerState.MISSING),
    "cut off": (lambda f, e: (f[:-1], e, KEY), LedgerState.STALE),
    "nothing left": (lambda f, e: ([], e, KEY), LedgerState.STALE),
    "anchor behind": (
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
        lambda f, e: (spoilt(f, 1, chunks=[None, *f[1].chunks[1:]]), e, KEY),
        LedgerState.FORGED,
    ),
    "a part less": (
        lambda f, e: (spoilt(f, 1, chunks=f[1].chunks[:-1]), e, KEY),
        LedgerState.FORGED,
    ),
    "no parts": (lambda f, e: (spoilt(f, 1, chunks=[]), e, KEY), LedgerState.FORGED),
    "parts turned round": (
        lambda f, e: (spoilt(f, 0, chunks=f[0].chunks[::-1]), e, KEY),
        LedgerState.FORGED,
    ),
    "entries exchanged": (
        lambda f, e: ([replace(f[1], run=1), replace(f[0], run=2), f[2]], e, KEY),
        LedgerState.FORGED,
    ),
    "runs of two types": (
        lambda f, e: (spoilt(f, 0, run="1"), e, KEY),
        LedgerState.FORGED,
    ),
    "a run without number": (
        lambda f, e: (spoilt(f, 0, run=None), e, KEY),
        LedgerState.FORGED,
    ),
    "half a character as head": (
        lambda f, e: (spoilt(f, 0, head="\ud800"), e, KEY),
        LedgerState.FORGED,
    ),
    "half a character as end": (
        lambda f, e: (f, replace(e, head="\ud800"), KEY),
        LedgerState.FORKED,
    ),
    "strange head": (lambda f, e: (spoilt(f, 1, head="é"), e, KEY), LedgerState.FORGED),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case):
    """Every way to cut, fork or forge a ledger has a state, none of them verified."""
    spoil, state = WRONG[case]

    assert verify_chain(*spoil(*chain(3))) is state


STRANGE = [
    *(b"", b"[]", b"{}", b"no json", b'{"run": "x"}', b"null", b"\xff\xfe"),
    b"[" * 100_000,
    b"9" * 5000,
]


@pytest.mark.parametrize("chunk", STRANGE, ids=range(len(STRANGE)))
def test_a_part_that_is_no_header_has_no_form(chunk):
    """So its ledger is outdated, and nothing is quoted."""
    assert form_of(chunk) is None


@pytest.mark.parametrize("chunk", STRANGE, ids=range(len(STRANGE)))
def test_a_genuine_entry_of_another_form_is_a_bug(chunk):
    """Under the right key nobody but us writes; what cannot be read stops the run."""
    with pytest.raises(InternalError) as raised:
        read_entry([chunk])

    assert raised.value.__context__ is None  # which would hold the part


def test_only_a_ledger_has_its_columns():
    """A run that is text is no run; the order of columns does not matter."""
    columns = [tuple(c.split(" ")) for c in LEDGER_SCHEMA.split(", ")]

    assert not other_columns(columns[::-1])
    assert other_columns([("run", "string"), *columns[1:]])
    assert other_columns(columns[1:])
    assert other_columns([*columns, ("note", "string")])


def test_the_number_of_releases_is_limited():
    """In all, and within thirty days; the day after the thirtieth counts no more."""
    entries = [entry(run, as_of=DAY) for run in range(1, 4)]

    refuse_if_used_up(entries, Policy(max_releases=4), DAY)
    with pytest.raises(DisclosureError, match="E403"):
        refuse_if_used_up(entries, Policy(max_releases=3), DAY)
    with pytest.raises(DisclosureError, match="E403"):
        refuse_if_used_up(
            entries, Policy(max_releases_a_month=3), DAY + dt.timedelta(29)
        )
    refuse_if_used_up(entries, Policy(max_releases_a_month=3), DAY + dt.timedelta(30))


def test_nothing_of_it_has_a_repr():
    """Neither figures nor words are shown."""
    one = entry()

    for shown in (
        repr(one),
        repr(one.cells[NORTH]),
        repr(one.cells[NORTH].signature),
        repr(one.cells[NORTH].signature.facets[SUBJECTS]),
    ):
        assert "105" not in shown.split(" at 0x")[0]
        assert "north" not in shown
