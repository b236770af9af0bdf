"""Entries as chunks: they are read as they were written, and their lengths reveal nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.attacks.guarded_room import FIRST_DAY
from cleanroom_join.contract import resolve
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    ROWS,
    SUBJECTS,
    CellSignature,
    Fingerprint,
    PublishedVersion,
)
from cleanroom_join.disclosure.ledger.encoding import (
    FORM,
    chunk_bytes,
    form_of,
    read_entry,
    write_entry,
)
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract
from tests.support.ledger_entries import FIGURES, NORTH, ledger_entry


def test_an_entry_is_read_as_it_was_written():
    """Counts stay counts, and decimals stay decimals, even if they are integers."""
    again = read_entry(write_entry(ledger_entry()))

    assert again == ledger_entry()
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
    version = replace(ledger_entry().cells[NORTH], figures=figures)

    again = read_entry(
        write_entry(ledger_entry(cells={NORTH: version}, leaves=frozenset()))
    )

    assert again.cells[NORTH].figures == figures
    assert {n: type(v) for n, v in again.cells[NORTH].figures.items()} == {
        n: type(v) for n, v in figures.items()
    }


@pytest.mark.parametrize(("size", "chunks"), [(0, 0), (30_000, 0), (30_000, 9)])
def test_all_chunks_have_one_length(size, chunks):
    """Their keeper sees neither which cell they are of, nor how many hold a cell."""
    written = write_entry(ledger_entry(2), size, chunks)

    assert len({len(chunk) for chunk in written}) == 1
    assert len(written[0]) >= size
    assert len(written) == max(3, chunks)
    assert read_entry(written) == ledger_entry(2)


def test_a_missing_chunk_is_refused():
    """The header says how many cells there are."""
    with pytest.raises(InternalError):
        read_entry(write_entry(ledger_entry())[:-1])


@given(
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**53 - 1),
    st.sampled_from(["north", "south", "(other)", None]),
    st.sampled_from(["young", "old", None]),
)
def test_no_cell_needs_more_than_its_chunk(count, run, region, age):
    """For all labels and figures: the lengths of chunks do not differ."""
    query = resolve(contract(), contract().output("segments"))
    words = {
        name: bytes(2 * FINGERPRINT_WORDS) for name in (ROWS, *query.facet_columns)
    }
    signatures = {SUBJECTS: bytes(8 * FINGERPRINT_WORDS), **words}
    version = PublishedVersion(
        run=run,
        as_of=FIRST_DAY,
        signature=CellSignature(
            {n: Fingerprint(w, 2**53 - 1, count) for n, w in signatures.items()}
        ),
        figures=dict.fromkeys(query.figure_ids, Decimal(count) / 1000),
    )
    cell = (("age_band", age), ("region", region))
    full = ledger_entry(cells={cell: version}, leaves=frozenset([cell]))

    written = write_entry(replace(full, run=run), chunk_bytes(query))

    assert {len(chunk) for chunk in written} == {chunk_bytes(query)}


STRANGE = [
    *(b"", b"[]", b"{}", b"no json", b'{"run": "x"}', b"null", b"\xff\xfe"),
    b"[" * 100_000,
    b"9" * 5000,
]


@pytest.mark.parametrize("chunk", STRANGE, ids=range(len(STRANGE)))
def test_a_chunk_that_is_no_header_has_no_form(chunk):
    """So its ledger is outdated, and no text of it is quoted."""
    assert form_of(chunk) is None


@pytest.mark.parametrize("chunk", STRANGE, ids=range(len(STRANGE)))
def test_a_genuine_entry_of_another_form_is_refused(chunk):
    """An entry under the right key that cannot be read stops the run."""
    with pytest.raises(InternalError) as raised:
        read_entry([chunk])

    assert raised.value.__context__ is None  # it would quote the chunk


def test_an_entry_names_its_form():
    """A header without a form has none."""
    header, *_ = write_entry(ledger_entry())

    assert form_of(header) == FORM
    assert form_of(b'{"run":1}') is None
    assert form_of(b"[]") is None


@pytest.mark.parametrize("revision", ["2", None, True, 2.0])
def test_a_revision_that_is_no_number_is_refused(revision):
    """Later contracts are compared with it."""
    header, *cells = write_entry(ledger_entry())
    document = {**json.loads(header), "contract_revision": revision}

    with pytest.raises(InternalError):
        read_entry([json.dumps(document).encode(), *cells])


def test_an_entry_without_a_revision_is_outdated():
    """As versions before wrote it: it is recognised by its form, and is not read."""
    header, *cells = write_entry(ledger_entry())
    document = {**json.loads(header), "form": 6}
    del document["contract_revision"]
    old = json.dumps(document).encode()

    assert form_of(old) not in {FORM, None}
    with pytest.raises(InternalError):
        read_entry([old, *cells])
