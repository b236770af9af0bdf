"""The digest of a contract: contracts with one digest give the same output."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import Dimension
from cleanroom_join.crypto.canonical_json import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanroom_join.contract.terms.model import ContractTerms

__all__ = ["ORDER", "contract_digest", "hashed_document", "pasted_digest"]

ORDER = "$order"
"""Key of the orders that a release shows; no key of a contract begins so."""


def contract_digest(document: Mapping[str, object], terms: ContractTerms) -> str:
    """
    Return the SHA-256 of a contract as canonical JSON, 64 hexadecimal digits.

    The order of keys does not count, except where a release shows it: measures are
    columns, and coarser labels are rows, in their order.  Alphabetical order is the
    order of a document that says nothing of it, so only another one is added
    (docs/adr/0027-order-counts-where-it-shows.md).

    Args:
        document: The parsed document, without faults.
        terms: What the reader made of it.
    """
    return sha256_hex(hashed_document(document, terms))


def hashed_document(
    document: Mapping[str, object], terms: ContractTerms
) -> dict[str, object]:
    """Return what the digest is taken of: equal if and only if the digests are."""
    hashed = {key: _hashable(value) for key, value in document.items()}
    orders = {
        path: list(shown) for path, shown, usual in _orders(terms) if shown != usual
    }
    return {**hashed, ORDER: orders} if orders else hashed


def pasted_digest(text: str) -> str:
    r"""
    Return a digest as people paste it: without blanks and line ends, in lower case.

    Examples:
        >>> pasted_digest(" 48B3 1cd0\n")
        '48b31cd0'
    """
    return "".join(text.split()).lower()


def _orders(
    terms: ContractTerms,
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield the path of each order that shows, the order, and the one by name."""
    for output in terms.outputs.values():
        names = tuple(measure.name for measure in output.measures)
        yield f"outputs.{output.name}.measures", names, tuple(sorted(names))
    for asset in terms.assets.values():
        for name, column in asset.columns.items():
            if isinstance(column, Dimension):
                parents = column.parents
                usual = dict.fromkeys(parents[label] for label in sorted(parents))
                path = f"assets.{asset.name}.columns.{name}.parents"
                yield path, column.coarser_labels, tuple(usual)


def _hashable(value: object) -> object:
    """Return a TOML value as canonical JSON takes it, with numbers and dates marked."""
    if isinstance(value, dict):
        return {key: _hashable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hashable(item) for item in value]
    if isinstance(value, Decimal):  # with decimal places, or it would be an integer
        # Every digit counts: `Decimal.normalize` would round to 28 of them.
        return {"$decimal": format(value, "f").rstrip("0")}
    if isinstance(value, (dt.date, dt.time)):
        return {"$date": value.isoformat()}
    return value
