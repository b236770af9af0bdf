"""Whether each name of a table stands for one table, and for no table of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.model import ENTRY_TABLE
from cleanroom_join.contract.terms.query import UNREGISTERED
from cleanroom_join.errors import Problem, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract.terms.model import ContractTerms, LedgerTerms

__all__ = ["check_tables"]


def check_tables(terms: ContractTerms) -> Iterator[Problem]:
    """
    Yield assets that are one table, and outputs named like a table that we write.

    What the guard compares between releases, and what noise is drawn from, goes by
    party, table and column.  Two assets on one table may declare a column differently,
    so that one run compares it as two columns, or a table is joined with itself.
    """
    # No name has backticks or a catalog; Spark ignores case in what is left.
    assets: dict[tuple[str, str], str] = {}
    for asset in terms.assets.values():
        first = assets.setdefault((asset.party, asset.table.lower()), asset.name)
        if asset.party and asset.table and first != asset.name:
            text = f'is the table of asset "{printable(first)}" too'
            yield Problem(f"assets.{printable(asset.name)}.table", text, "E124")
    taken = {UNREGISTERED, *_tables_of(terms.ledger)}
    for name in terms.outputs:
        if name in taken or name.startswith(ENTRY_TABLE):
            text = "is the name of a table of the ledger, or of a query that is built"
            yield Problem(f"outputs.{printable(name)}", text, "E125")


def _tables_of(ledger: LedgerTerms | None) -> set[str]:
    """Return the names of the ledger's tables without their schema."""
    if ledger is None:
        return set()
    tables = (ledger.table, ledger.anchor, ledger.secret)
    return {table.lower().rpartition(".")[2] for table in tables if table}
