"""
Ledger entries: what each run published, or why it refused.

A ledger entry holds published figures and secret fingerprints, so it leaves the room
only encrypted (`spark.ledger`), and nothing here shows it.  `encoding` writes it as
canonical JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.history import PublishedVersion, cell_id
from cleanroom_join.disclosure.model.layout import layout_of
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
    from cleanroom_join.disclosure.model.history import CellId, Hierarchies
    from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits
    from cleanroom_join.disclosure.model.result import GuardedTable
    from cleanroom_join.disclosure.model.signature import CellSignature
    from cleanroom_join.errors import Refusal

__all__ = ["GENESIS", "ConfirmedHead", "Entry", "TableVersions", "next_entry"]

TableVersions = tuple[tuple[str, "int | None"], ...]
"""
By asset, the version at which a run read its table.

None if the table has no version: every query of the run found one content, by digest.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmedHead:
    """The end of the ledger that the other party confirmed."""

    run: int
    """Number of the last run; 0 before the first."""
    head: str
    """Head of that run's entry, 64 hexadecimal digits (`chain.entry_head`)."""


GENESIS = ConfirmedHead(run=0, head="0" * 64)
"""The end of a ledger without entries."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Entry:
    """What one run released, or that it refused."""

    run: int
    """1 for the first run, then one more each time."""
    previous: str
    """Head of the entry before, 64 hexadecimal digits."""
    nonce: str
    """
    Random digits of this run.

    With them a head discloses nothing: two runs that publish the same differ in it.
    """
    contract_id: str
    """Several contracts of the same two companies have one ledger."""
    contract_sha256: str
    contract_revision: int
    tokens: JoinedTokens | None
    """Which tokens it is about; None if it is about none: a refusal."""
    output: str
    """Name of the output in the contract."""
    query: str
    """Identity of the query (`Query.identity`)."""
    as_of: dt.date
    """Day of the run, UTC."""
    leaves: frozenset[CellId]
    """The published cells that are no sums of others."""
    cells: Mapping[CellId, PublishedVersion]
    """Every published cell: new in this run, or repeated from the run that it names."""
    audited: bool = True
    """Whether SciPy, which totals need, was installed."""
    sizes: tuple[tuple[str, int], ...] = ()
    """Distinct subjects by asset, then of the join; secret like the rest."""
    suppressed: Mapping[CellId, CellSignature] = field(default_factory=dict)
    """
    Cells that a primary rule suppressed first in this run.

    Only where the chunks hide how many there are.
    """
    versions: TableVersions = ()
    limits: PrimaryLimits | None = None
    """The limits that the primary rules applied; None if they are unknown."""
    charges: Mapping[str, int] = field(default_factory=dict)
    """What the release cost of the budget against reconstruction, by line."""
    refusal: Refusal | None = None
    """The error that the run ended with; None if it had an answer, perhaps no cell."""
    hierarchies: Hierarchies = field(default_factory=dict)
    """Of the query's dimensions, as the contract declared them for this run."""


def next_entry(
    before: ConfirmedHead,
    query: Query,
    table: GuardedTable,
    signatures: Mapping[CellLabels, CellSignature | None],
    *,
    contract_id: str,
    contract_sha256: str,
    contract_revision: int,
    tokens: JoinedTokens | None,
    as_of: dt.date,
    nonce: str = "",
    sizes: tuple[tuple[str, int], ...] = (),
    versions: TableVersions = (),
    keep_suppressed: bool = False,
    refusal: Refusal | None = None,
) -> Entry:
    """
    Return the entry of a run, which is written before anybody sees how it ended.

    Args:
        before: The end of the ledger so far.
        query: The query.
        table: The release.
        signatures: The signature of every cell that has rows.
        contract_id: Id of the contract.
        contract_sha256: Its digest.
        contract_revision: Its revision.
        tokens: Which tokens were joined.
        as_of: Day of the run, UTC.
        nonce: Random digits.
        sizes: Distinct subjects by asset, which the report of a deferred release needs.
        versions: The version at which each shared table was read.
        keep_suppressed: Whether to enter the cells that a primary rule suppressed.  Set
            it only if the entry's chunks hide the number of cells.
        refusal: The error that the run ended with, if it did.

    Raises:
        InternalError: If a cell to enter has no signature.
    """
    run = before.run + 1
    cells: dict[CellId, PublishedVersion] = {}
    for cell in table.published:
        published_id = cell_id(query, cell.labels)
        if cell.repeated_from is not None:
            cells[published_id] = cell.repeated_from
            continue
        signature = _signature(signatures, cell.labels)
        figures = dict(zip(query.figure_ids, cell.figures, strict=True))
        cells[published_id] = PublishedVersion(
            run=run, as_of=as_of, signature=signature, figures=figures
        )
    leaves = layout_of(list(signatures), query).leaves
    return Entry(
        run=run,
        previous=before.head,
        nonce=nonce,
        contract_id=contract_id,
        contract_sha256=contract_sha256,
        contract_revision=contract_revision,
        tokens=tokens,
        output=query.output.name,
        query=query.identity,
        as_of=as_of,
        leaves=frozenset(cell_id(query, leaf) for leaf in leaves) & cells.keys(),
        cells=cells,
        audited=table.audited,
        sizes=sizes,
        versions=versions,
        suppressed={
            cell_id(query, cell.labels): _signature(signatures, cell.labels)
            for cell in table.suppressed
            if keep_suppressed and cell.rule.is_primary and not cell.decided_earlier
        },
        limits=table.limits,
        charges=table.charges,
        refusal=refusal,
        hierarchies={
            dimension.name.lower(): dimension.parents
            for dimension in query.dimensions
            if dimension.parents
        },
    )


def _signature(
    signatures: Mapping[CellLabels, CellSignature | None], labels: CellLabels
) -> CellSignature:
    """Return the signature of a cell that is entered."""
    signature = signatures.get(labels)
    if signature is None:
        raise InternalError.of("a cell to enter in the ledger has no signature")
    return signature
