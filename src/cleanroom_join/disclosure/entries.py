"""
Entries of the ledger: what one run published, as a value and as canonical JSON.

An entry has parts: a header, then one part per cell that was new.  They hold exact
figures and fingerprints, so they leave the room sealed only (`spark.ledger`);
nothing here shows them.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.canonical import canonical_bytes
from cleanroom_join.disclosure.fingerprint import Fingerprint
from cleanroom_join.disclosure.history import Version, cell_id
from cleanroom_join.disclosure.layout import layout_of
from cleanroom_join.disclosure.marks import Mark
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import CellKey, Question
    from cleanroom_join.disclosure.history import CellId
    from cleanroom_join.disclosure.table import GuardedTable

__all__ = [
    "FORM",
    "GENESIS",
    "Anchor",
    "Entry",
    "form_of",
    "next_entry",
    "read_entry",
    "write_entry",
]

FORM = 3
"""
Form of the entries that are written and read here.

The first had no contents; in the second, subjects had other words of fingerprints.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """Where the ledger ends, as the other party was told."""

    run: int
    head: str
    """64 hexadecimal digits."""


GENESIS = Anchor(run=0, head="0" * 64)
"""Before the first run."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Entry:
    """One run's release."""

    run: int
    previous: str
    """Head of the entry before."""
    contract_sha256: str
    output: str
    question: str
    """Identity of the question."""
    as_of: dt.date
    shown: Mapping[CellId, int]
    """The run whose figures each published cell shows."""
    leaves: frozenset[CellId]
    """Those of them that are no sums of others."""
    cells: Mapping[CellId, Version]
    """The cells that were new in this run."""


def next_entry(
    before: Anchor,
    question: Question,
    table: GuardedTable,
    marks: Mapping[CellKey, Mark | None],
    *,
    contract_sha256: str,
    as_of: dt.date,
) -> Entry:
    """
    Return the entry of a release that is about to be shown.

    Args:
        before: Where the ledger ends.
        question: What was asked.
        table: What is shown.
        marks: Mark of every item with rows.
        contract_sha256: Digest of the contract.
        as_of: Day of the run, UTC.

    Raises:
        InternalError: If a cell that is new has no mark.
    """
    run = before.run + 1
    new: dict[CellId, Version] = {}
    shown: dict[CellId, int] = {}
    for cell in table.published:
        identity = cell_id(question, cell.key)
        shown[identity] = run
        if cell.repeated_from is not None:
            shown[identity] = cell.repeated_from.run
            continue
        mark = marks.get(cell.key)
        if mark is None:
            raise InternalError.of("a published cell has no mark")
        figures = dict(zip(question.figure_ids, cell.figures, strict=True))
        new[identity] = Version(run=run, as_of=as_of, mark=mark, figures=figures)
    leaves = layout_of(list(marks), question).leaves
    return Entry(
        run=run,
        previous=before.head,
        contract_sha256=contract_sha256,
        output=question.output.name,
        question=question.identity,
        as_of=as_of,
        shown=shown,
        leaves=frozenset(cell_id(question, leaf) for leaf in leaves) & shown.keys(),
        cells=new,
    )


def write_entry(entry: Entry) -> list[bytes]:
    """Return the parts of an entry: the header, then its new cells."""
    header = {
        "form": FORM,
        "run": entry.run,
        "previous": entry.previous,
        "contract_sha256": entry.contract_sha256,
        "output": entry.output,
        "question": entry.question,
        "as_of": entry.as_of.isoformat(),
        "parts": 1 + len(entry.cells),
        "shown": [
            {"cell": _pairs(cell), "run": run, "leaf": cell in entry.leaves}
            for cell, run in entry.shown.items()
        ],
    }
    cells = [
        {
            "cell": _pairs(cell),
            "as_of": version.as_of.isoformat(),
            "mark": {
                name: _aspect_written(fingerprint)
                for name, fingerprint in version.mark.aspects.items()
            },
            "figures": {n: _written(value) for n, value in version.figures.items()},
        }
        for cell, version in entry.cells.items()
    ]
    return [canonical_bytes(part) for part in (header, *cells)]


def form_of(header: bytes) -> object:
    """Return the form of an entry whose head was verified; None if it says none."""
    found = json.loads(header)
    return found.get("form") if isinstance(found, dict) else None


def read_entry(parts: Sequence[bytes]) -> Entry:
    """
    Return the entry that `write_entry` wrote.

    Raises:
        InternalError: If it is none; only after its head was verified.
    """
    try:
        header, *cells = (json.loads(part) for part in parts)
        return Entry(
            run=header["run"],
            previous=header["previous"],
            contract_sha256=header["contract_sha256"],
            output=header["output"],
            question=header["question"],
            as_of=dt.date.fromisoformat(header["as_of"]),
            shown={_cell(s["cell"]): s["run"] for s in header["shown"]},
            leaves=frozenset(_cell(s["cell"]) for s in header["shown"] if s["leaf"]),
            cells={_cell(c["cell"]): _version(c, header["run"]) for c in cells},
        )
    except (ValueError, KeyError, TypeError, ArithmeticError):
        raise InternalError.of("a verified ledger entry cannot be read") from None


def _version(cell: Mapping[str, object], run: int) -> Version:
    """Return one cell of an entry."""
    figures = cell["figures"]
    if not isinstance(figures, dict):
        raise TypeError
    return Version(
        run=run,
        as_of=dt.date.fromisoformat(str(cell["as_of"])),
        mark=_mark(cell["mark"]),
        figures={name: _read(value) for name, value in figures.items()},
    )


def _aspect_written(fingerprint: Fingerprint) -> Mapping[str, object]:
    """Return one aspect of a mark as JSON has it."""
    return {
        "subjects": fingerprint.subjects,
        "words": base64.b64encode(fingerprint.words).decode("ascii"),
        # As text: it may be larger than what numbers in JSON are exact for.
        "keys": str(fingerprint.keys),
    }


def _mark(aspects: object) -> Mark:
    """Return the mark of one cell of an entry."""
    if not isinstance(aspects, dict):
        raise TypeError
    return Mark(
        {
            name: Fingerprint(
                base64.b64decode(str(aspect["words"])),
                int(aspect["subjects"]),
                int(aspect["keys"]),
            )
            for name, aspect in aspects.items()
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
