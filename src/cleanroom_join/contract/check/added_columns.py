"""Which columns a shared table may have beside the declared ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract.terms.model import Asset, ContractTerms

__all__ = ["added_columns"]


def added_columns(asset: Asset, terms: ContractTerms) -> Iterator[str]:
    """
    Yield the columns of retiring keys and, with `[revocation]`, of buckets.

    No declared column may have the name of one, nor two of them one name.  Of every
    key, since the contract's next revision may retire it.
    """
    ids = [key.id for key in terms.tokens.keys]
    for column in asset.subject_columns():
        yield from (column.under(key_id) for key_id in ids)
        if terms.revocation is not None:
            yield from (column.bucket(key_id) for key_id in (None, *ids))
