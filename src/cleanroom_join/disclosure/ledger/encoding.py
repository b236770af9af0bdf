"""
Ledger entries as canonical JSON, cut into chunks of one length.

The first chunk is a header; every other chunk holds one published or suppressed cell,
or is a filler.  `spark.ledger.encryption` encrypts the chunks, but whoever stores them
sees how many there are and how long each is.  So all chunks have the same length, and
fillers hide the number of cells where it must stay secret.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cleanroom_join.contract import OTHER
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure.ledger.entry import Entry
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.disclosure.ledger.signature_encoding import (
    decoded_signature,
    encoded_signature,
    longest_signature,
)
from cleanroom_join.disclosure.model.history import PublishedVersion
from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
from cleanroom_join.errors import InternalError, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.model.history import CellId

__all__ = ["FORM", "chunk_bytes", "form_of", "read_entry", "write_entry"]

FORM = 9
"""Form of the entries that this version writes and reads; all others are outdated."""

_FILLER = b"null"
"""JSON of a chunk that holds nothing."""

_UNREADABLE = (ValueError, LookupError, TypeError, ArithmeticError, RecursionError)
"""What reading a foreign chunk may raise; some of these errors quote the chunk."""

_MAX_DIGITS = 40
"""More digits than any run, figure, count of subjects or sum of hashes has."""


# --- writing -----------------------------------------------------------------------


def write_entry(entry: Entry, min_bytes: int = 0, min_chunks: int = 0) -> list[bytes]:
    """
    Return the chunks of an entry: its header, its cells, and fillers, of one length.

    Args:
        entry: The entry.
        min_bytes: Fewest bytes of a chunk; see `chunk_bytes`.
        min_chunks: Fewest chunks; fillers make up for cells that are not there.
    """
    header = {
        "form": FORM,
        "run": entry.run,
        "previous": entry.previous,
        "nonce": entry.nonce,
        "contract_id": entry.contract_id,
        "contract_sha256": entry.contract_sha256,
        "contract_revision": entry.contract_revision,
        "tokens": None if entry.tokens is None else entry.tokens.document,
        "output": entry.output,
        "query": entry.query,
        "as_of": entry.as_of.isoformat(),
        "audited": entry.audited,
        "sizes": [[name, size] for name, size in entry.sizes],
        "versions": [[name, version] for name, version in entry.versions],
        "cells": len(entry.cells),
        "suppressed": len(entry.suppressed),
        "limits": _encoded_limits(entry.limits),
        "charges": dict(entry.charges),
        "refusal": None if entry.refusal is None else entry.refusal.as_json(),
        "hierarchies": {n: dict(each) for n, each in entry.hierarchies.items()},
    }
    cells = [
        _encoded_cell(cell, version, leaf=cell in entry.leaves)
        for cell, version in entry.cells.items()
    ]
    suppressed = [
        {"suppressed": _encoded_id(cell), "signature": encoded_signature(signature)}
        for cell, signature in entry.suppressed.items()
    ]
    contents = (header, *cells, *suppressed)
    chunks = [canonical_bytes(content) for content in contents]
    chunks += [_FILLER] * (min_chunks - len(chunks))
    length = max(min_bytes, *map(len, chunks))
    return [chunk.ljust(length) for chunk in chunks]


def chunk_bytes(query: Query) -> int:
    """Return how long a chunk of any entry of a query can become, in bytes."""
    longest = 10**_MAX_DIGITS
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
        signature=longest_signature(query, longest),
        figures=dict.fromkeys(query.figure_ids, longest),
    )
    cell = _encoded_cell(tuple(labels.items()), version, leaf=False)
    return len(canonical_bytes(_numbers_as_text(cell)))


def _numbers_as_text(value: object) -> object:
    """Return a value with its numbers as text, which is longer."""
    if isinstance(value, dict):
        return {name: _numbers_as_text(item) for name, item in value.items()}
    return str(value) if type(value) is int else value


def _encoded_cell(
    cell: CellId, version: PublishedVersion, *, leaf: bool
) -> Mapping[str, object]:
    """Return the JSON object of one cell."""
    return {
        "cell": _encoded_id(cell),
        "leaf": leaf,
        "run": version.run,
        "as_of": version.as_of.isoformat(),
        "signature": encoded_signature(version.signature),
        "figures": {
            figure_id: _encoded_figure(figure)
            for figure_id, figure in version.figures.items()
        },
    }


def _encoded_id(cell: CellId) -> list[list[str | None]]:
    """Return the JSON array of a cell's identity."""
    return [[name, label] for name, label in cell]


def _encoded_limits(limits: PrimaryLimits | None) -> Mapping[str, str] | None:
    """Return the JSON object of the limits of the primary rules."""
    if limits is None:
        return None
    return {name: str(value) for name, value in limits.values.items()}


def _encoded_figure(figure: int | Decimal) -> int | str:
    """Return a figure in JSON: a count as a number, any other figure as text."""
    return figure if isinstance(figure, int) else str(figure)


# --- reading -----------------------------------------------------------------------


def form_of(header: bytes) -> object:
    """Return the form of an entry whose head was verified; None if it names none."""
    try:
        found = json.loads(header)
    except _UNREADABLE:
        return None
    return found.get("form") if isinstance(found, dict) else None


def read_entry(chunks: Sequence[bytes]) -> Entry:
    """
    Return the entry that `write_entry` wrote.

    Args:
        chunks: All chunks of an entry whose head was verified.

    Raises:
        InternalError: If they are no entry.
    """
    try:
        entry = _decoded_entry(chunks)
    except _UNREADABLE:
        entry = None
    # Raised outside the handler: that error would be its context, and quote the chunk.
    if entry is None:
        raise InternalError.of("a verified ledger entry cannot be read")
    return entry


def _decoded_entry(chunks: Sequence[bytes]) -> Entry:
    """Return an entry, or raise one of the errors that are `_UNREADABLE`."""
    header, *contents = (json.loads(chunk) for chunk in chunks)
    cells = _without_fillers(contents, "cell", header["cells"])
    suppressed = _without_fillers(contents, "suppressed", header["suppressed"])
    return Entry(
        run=header["run"],
        previous=header["previous"],
        nonce=header["nonce"],
        contract_id=header["contract_id"],
        contract_sha256=header["contract_sha256"],
        contract_revision=_decoded_revision(header["contract_revision"]),
        tokens=None
        if header["tokens"] is None
        else JoinedTokens.read(header["tokens"]),
        output=header["output"],
        query=header["query"],
        as_of=dt.date.fromisoformat(header["as_of"]),
        leaves=frozenset(_decoded_id(cell["cell"]) for cell in cells if cell["leaf"]),
        cells={_decoded_id(cell["cell"]): _decoded_version(cell) for cell in cells},
        audited=header["audited"],
        sizes=tuple((name, size) for name, size in header["sizes"]),
        versions=tuple((name, version) for name, version in header["versions"]),
        suppressed={
            _decoded_id(cell["suppressed"]): decoded_signature(cell["signature"])
            for cell in suppressed
        },
        limits=_decoded_limits(header["limits"]),
        charges=_decoded_charges(header["charges"]),
        refusal=Refusal.from_json(header["refusal"]),
        hierarchies=_decoded_hierarchies(header["hierarchies"]),
    )


def _decoded_revision(revision: object) -> int:
    """Return a revision, which is a number: later ones are compared with it."""
    if type(revision) is not int:
        raise TypeError
    return revision


def _decoded_limits(limits: Mapping[str, str] | None) -> PrimaryLimits | None:
    """Return the limits of the primary rules."""
    if limits is None:
        return None
    return PrimaryLimits({name: Decimal(value) for name, value in limits.items()})


def _decoded_charges(charges: Mapping[str, object]) -> dict[str, int]:
    """Return what a release cost, which is added up."""
    found = {line: charge for line, charge in charges.items() if type(charge) is int}
    if len(found) != len(charges):
        raise TypeError
    return found


def _decoded_hierarchies(
    hierarchies: Mapping[str, Mapping[str, object]],
) -> dict[str, dict[str, str]]:
    """Return which labels are above which, by dimension."""
    found = {
        name: {label: above for label, above in each.items() if isinstance(above, str)}
        for name, each in hierarchies.items()
    }
    if any(len(found[name]) != len(each) for name, each in hierarchies.items()):
        raise TypeError
    return found


def _without_fillers(
    contents: Sequence[object], kind: str, count: int
) -> list[dict[str, Any]]:
    """Return the chunks that are cells of a kind, as many as the header says."""
    cells = [c for c in contents if isinstance(c, dict) and kind in c]
    if len(cells) != count:
        raise ValueError
    return cells


def _decoded_id(pairs: Sequence[Sequence[str]]) -> CellId:
    """Return the identity of a cell."""
    return tuple((name, label) for name, label in pairs)


def _decoded_version(cell: Mapping[str, object]) -> PublishedVersion:
    """Return the published version of a cell."""
    figures, run = cell["figures"], cell["run"]
    if not isinstance(figures, dict) or not isinstance(run, int):
        raise TypeError
    return PublishedVersion(
        run=run,
        as_of=dt.date.fromisoformat(str(cell["as_of"])),
        signature=decoded_signature(cell["signature"]),
        figures={
            figure_id: _decoded_figure(figure) for figure_id, figure in figures.items()
        },
    )


def _decoded_figure(figure: int | str) -> int | Decimal:
    """Return a figure with the type that it had."""
    return figure if isinstance(figure, int) else Decimal(figure)
