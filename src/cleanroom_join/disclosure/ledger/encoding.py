"""
Entries of the ledger as canonical JSON.

An entry has parts: a header, then one part per published cell, new or as it was.  They
are sealed (`spark.sealing`), but who keeps them sees how many there are and how long
they are.  So all are of one length, and where it must not be known how many cells are
published, the rest are fillers.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanroom_join.contract import OTHER
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure.ledger.entry import Entry
from cleanroom_join.disclosure.model.fingerprint import LENGTHS, Fingerprint
from cleanroom_join.disclosure.model.history import PublishedVersion
from cleanroom_join.disclosure.model.signature import ROWS, SUBJECTS, CellSignature
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.model.history import CellId

__all__ = ["FORM", "chunk_bytes", "form_of", "read_entry", "write_entry"]

FORM = 5
"""
Form of the entries that are written and read here; entries of others are outdated.
"""

_FILLER = b"null"
"""A part that holds nothing, in JSON."""

_UNREADABLE = (ValueError, LookupError, TypeError, ArithmeticError, RecursionError)
"""What parts that nobody wrote here may raise; some of it quotes them."""

_LONGEST_NUMBER = 40
"""More digits than any figure, count of subjects or sum of keys has."""


def write_entry(entry: Entry, size: int = 0, chunks: int = 0) -> list[bytes]:
    """
    Return the parts of an entry: the header, its cells, and fillers, of one length.

    Args:
        entry: What is written.
        size: Bytes of a part at least; see `chunk_bytes`.
        chunks: How many there are at least.
    """
    header = {
        "form": FORM,
        "run": entry.run,
        "previous": entry.previous,
        "nonce": entry.nonce,
        "contract_sha256": entry.contract_sha256,
        "output": entry.output,
        "query": entry.query,
        "as_of": entry.as_of.isoformat(),
        "audited": entry.audited,
        "sizes": [[name, size] for name, size in entry.sizes],
        "cells": len(entry.cells),
    }
    cells = [
        _cell_written(cell, version, leaf=cell in entry.leaves)
        for cell, version in entry.cells.items()
    ]
    written = [canonical_bytes(chunk) for chunk in (header, *cells)]
    written += [_FILLER] * (chunks - len(written))
    length = max(size, *map(len, written))
    return [chunk.ljust(length) for chunk in written]


def _cell_written(
    cell: CellId, version: PublishedVersion, *, leaf: bool
) -> Mapping[str, object]:
    """Return one cell as JSON has it."""
    return {
        "cell": _pairs(cell),
        "leaf": leaf,
        "run": version.run,
        "as_of": version.as_of.isoformat(),
        "signature": {
            name: _facet_written(fingerprint)
            for name, fingerprint in version.signature.facets.items()
        },
        "figures": {n: _written(value) for n, value in version.figures.items()},
    }


def chunk_bytes(query: Query) -> int:
    """Return how long a part of any entry of a question can be, in bytes."""
    longest = 10**_LONGEST_NUMBER
    people, contents = (
        Fingerprint(bytes(length), longest, longest) for length in LENGTHS
    )
    facets = dict.fromkeys((ROWS, *query.facet_columns), contents)
    labels = {
        dimension.name: max(
            (*dimension.values, *dimension.parents.values(), OTHER),
            key=lambda label: len(canonical_bytes(label)),
        )
        for dimension in query.dimensions
    }
    version = PublishedVersion(
        run=longest,
        as_of=dt.date.max,
        signature=CellSignature({SUBJECTS: people, **facets}),
        figures=dict.fromkeys(query.figure_ids, longest),
    )
    cell = _cell_written(tuple(labels.items()), version, leaf=False)
    return len(canonical_bytes(_as_text(cell)))


def _as_text(value: object) -> object:
    """Return a value with its numbers as text, which is longer."""
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    return str(value) if type(value) is int else value


def form_of(header: bytes) -> object:
    """Return the form of an entry whose head was verified; None if it says none."""
    try:
        found = json.loads(header)
    except _UNREADABLE:
        return None
    return found.get("form") if isinstance(found, dict) else None


def read_entry(chunks: Sequence[bytes]) -> Entry:
    """
    Return the entry that `write_entry` wrote.

    Raises:
        InternalError: If it is none; only after its head was verified.
    """
    try:
        entry = _entry(chunks)
    except _UNREADABLE:
        entry = None
    # Not raised where the other error is known: that one holds the text it is about.
    if entry is None:
        raise InternalError.of("a verified ledger entry cannot be read")
    return entry


def _entry(chunks: Sequence[bytes]) -> Entry:
    """Return the entry that was written, or raise whatever is wrong with it."""
    header, *found = (json.loads(chunk) for chunk in chunks)
    cells = _cells(found, header["cells"])
    return Entry(
        run=header["run"],
        previous=header["previous"],
        nonce=header["nonce"],
        contract_sha256=header["contract_sha256"],
        output=header["output"],
        query=header["query"],
        as_of=dt.date.fromisoformat(header["as_of"]),
        leaves=frozenset(_cell(cell["cell"]) for cell in cells if cell["leaf"]),
        cells={_cell(cell["cell"]): _version(cell) for cell in cells},
        audited=header["audited"],
        sizes=tuple((name, size) for name, size in header["sizes"]),
    )


def _cells(found: Sequence[object], number: int) -> list[dict[str, Any]]:
    """Return the parts that are cells, as many as the header says."""
    cells = [cell for cell in found if isinstance(cell, dict)]
    if len(cells) != number:
        raise ValueError
    return cells


def _version(cell: Mapping[str, object]) -> PublishedVersion:
    """Return one cell of an entry."""
    figures, run = cell["figures"], cell["run"]
    if not isinstance(figures, dict) or not isinstance(run, int):
        raise TypeError
    return PublishedVersion(
        run=run,
        as_of=dt.date.fromisoformat(str(cell["as_of"])),
        signature=_signature(cell["signature"]),
        figures={name: _read(value) for name, value in figures.items()},
    )


def _facet_written(fingerprint: Fingerprint) -> Mapping[str, object]:
    """Return one aspect of a mark as JSON has it."""
    return {
        "subjects": fingerprint.subjects,
        "words": base64.b64encode(fingerprint.words).decode("ascii"),
        # As text: it may be larger than what numbers in JSON are exact for.
        "keys": str(fingerprint.keys),
    }


def _signature(facets: object) -> CellSignature:
    """Return the mark of one cell of an entry."""
    if not isinstance(facets, dict):
        raise TypeError
    return CellSignature(
        {
            name: Fingerprint(
                base64.b64decode(str(facet["words"])),
                int(facet["subjects"]),
                int(facet["keys"]),
            )
            for name, facet in facets.items()
        }
    )


def _written(figure: int | Decimal) -> int | str:
    """Return a figure as JSON has it: a count as a number, all others as text."""
    return figure if isinstance(figure, int) else str(figure)


def _read(figure: int | str) -> int | Decimal:
    """Return a figure as it was."""
    return figure if isinstance(figure, int) else Decimal(figure)


def _pairs(cell: CellId) -> list[list[str | None]]:
    """Return a cell's identity as JSON has it."""
    return [[name, label] for name, label in cell]


def _cell(pairs: Sequence[Sequence[str]]) -> CellId:
    """Return a cell's identity from JSON."""
    return tuple((name, label) for name, label in pairs)
