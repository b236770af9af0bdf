"""
Entries of the ledger: what one run published.

They hold exact figures and fingerprints, so they leave the room sealed only
(`spark.ledger`); nothing here shows them.  As canonical JSON: `entry_parts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.history import PublishedVersion, cell_id
from cleanroom_join.disclosure.model.layout import layout_of
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.model.history import CellId
    from cleanroom_join.disclosure.model.result import GuardedTable
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["GENESIS", "ConfirmedHead", "Entry", "next_entry"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmedHead:
    """Where the ledger ends, as the other party was told."""

    run: int
    head: str
    """64 hexadecimal digits."""


GENESIS = ConfirmedHead(run=0, head="0" * 64)
"""Before the first run."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Entry:
    """One run's release."""

    run: int
    previous: str
    """Head of the entry before."""
    nonce: str
    """
    Digits that no other run has.

    With them the head tells nothing: two runs that would release the same have two.
    """
    contract_sha256: str
    output: str
    query: str
    """Identity of the question."""
    as_of: dt.date
    leaves: frozenset[CellId]
    """Those of its cells that are no sums of others."""
    cells: Mapping[CellId, PublishedVersion]
    """Every published cell: new in this run, or as it was in the run it names."""
    audited: bool = True
    """Whether the guard had the solver that totals need."""
    sizes: tuple[tuple[str, int], ...] = ()
    """Distinct subjects by asset, then of all together; secret like the rest."""


def next_entry(
    before: ConfirmedHead,
    query: Query,
    table: GuardedTable,
    signatures: Mapping[CellLabels, CellSignature | None],
    *,
    contract_sha256: str,
    as_of: dt.date,
    nonce: str = "",
    sizes: tuple[tuple[str, int], ...] = (),
) -> Entry:
    """
    Return the entry of a release that is about to be shown.

    Args:
        before: Where the ledger ends.
        query: What was asked.
        table: What is shown.
        signatures: Mark of every item with rows.
        contract_sha256: Digest of the contract.
        as_of: Day of the run, UTC.
        nonce: Random digits.
        sizes: What the report tells in steps, if it is written later.

    Raises:
        InternalError: If a cell that is new has no mark.
    """
    run = before.run + 1
    cells: dict[CellId, PublishedVersion] = {}
    for cell in table.published:
        identity = cell_id(query, cell.labels)
        if cell.repeated_from is not None:
            cells[identity] = cell.repeated_from
            continue
        signature = signatures.get(cell.labels)
        if signature is None:
            raise InternalError.of("a published cell has no mark")
        figures = dict(zip(query.figure_ids, cell.figures, strict=True))
        cells[identity] = PublishedVersion(
            run=run, as_of=as_of, signature=signature, figures=figures
        )
    leaves = layout_of(list(signatures), query).leaves
    return Entry(
        run=run,
        previous=before.head,
        nonce=nonce,
        contract_sha256=contract_sha256,
        output=query.output.name,
        query=query.identity,
        as_of=as_of,
        leaves=frozenset(cell_id(query, leaf) for leaf in leaves) & cells.keys(),
        cells=cells,
        audited=table.audited,
        sizes=sizes,
    )
