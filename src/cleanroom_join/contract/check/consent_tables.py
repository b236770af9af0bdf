"""Whether each party's consent state is named, and is a table of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.check.names import check_declared
from cleanroom_join.contract.terms.columns import BUCKET
from cleanroom_join.errors import Problem, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract.terms.model import ContractTerms

__all__ = ["check_consent_tables"]


def check_consent_tables(terms: ContractTerms) -> Iterator[Problem]:
    """
    Yield parties without a consent state, and states that are another table too.

    A state that is an asset would be joined, and one that is a table of the ledger
    would be written by somebody else.
    """
    if terms.revocation is None or len(terms.parties) != 2:  # noqa: PLR2004 - two sides
        return
    tables = terms.revocation.tables
    for index, key in enumerate(terms.tokens.keys):
        if key.id == BUCKET:
            text = "is what columns of buckets end with: choose another id"
            yield Problem(f"tokens.keys[{index}].id", text, "E116")
    taken = _other_tables(terms)
    for party, table in tables.items():
        path = f"revocation.tables.{printable(party)}"
        yield from check_declared(party, terms.parties, "party", path, "parties")
        what = taken.get((party, table.lower()))
        if table and what is not None:
            yield Problem(path, f"is the table of {what} too", "E124")
    # After the names: a party may be missing because its name is misspelt.
    for party in terms.parties:
        if party not in tables:
            name = printable(party)
            text = f'needs the consent state of "{name}": {name} = "schema.table"'
            about = [f"revocation.tables.{printable(known)}" for known in tables]
            yield Problem("revocation.tables", text, "E116", about)


def _other_tables(terms: ContractTerms) -> dict[tuple[str, str], str]:
    """Return what every other table of the contract is, by party and name."""
    found = {
        (asset.party, asset.table.lower()): f'asset "{printable(asset.name)}"'
        for asset in terms.assets.values()
    }
    ledger = terms.ledger
    if ledger is not None:
        for party in terms.parties:
            found[party, ledger.secret.lower()] = "a secret of the ledger"
            if party == ledger.party:
                found[party, ledger.table.lower()] = "the ledger"
            else:
                found[party, ledger.anchor.lower()] = "the anchor of the ledger"
    return found
