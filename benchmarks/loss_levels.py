"""Which level of a table a cell is on, and a query for one level alone."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL, Contract, Dimension, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.contract import CellLabels, Output, Query

__all__ = [
    "bare_query",
    "is_leaf",
    "kept_dimensions",
    "level_name",
    "level_of",
    "without_coarser_labels",
]


def level_name(kept: Iterable[str]) -> str:
    """Return what a kind of totals is called, by the dimensions that are kept."""
    return " x ".join(kept) or "all"


def bare_query(contract: Contract, output: Output) -> Query:
    """Resolve an output without totals, and its dimensions without coarser labels."""
    return resolve(without_coarser_labels(contract), replace(output, totals=()))


def without_coarser_labels(contract: Contract) -> Contract:
    """Return a contract whose dimensions have no coarser labels."""
    assets = {
        name: replace(
            asset,
            columns=MappingProxyType(
                {
                    column: replace(c, parents=MappingProxyType({}))
                    if isinstance(c, Dimension)
                    else c
                    for column, c in asset.columns.items()
                }
            ),
        )
        for name, asset in contract.terms.assets.items()
    }
    terms = replace(contract.terms, assets=MappingProxyType(assets))
    return replace(contract, terms=terms)


def kept_dimensions(labels: CellLabels, query: Query) -> tuple[str, ...] | None:
    """Return which dimensions a total keeps; None of a cell that is no total."""
    if ALL not in labels:
        return None
    names = (d.name for d in query.dimensions)
    return tuple(n for n, label in zip(names, labels, strict=True) if label != ALL)


def is_leaf(labels: CellLabels, query: Query) -> bool:
    """Return whether a cell is a leaf."""
    return level_of(labels, query) == "leaf"


def level_of(labels: CellLabels, query: Query) -> str:
    """Return ``leaf``, ``coarser``, or the name of a kind of totals."""
    kept = kept_dimensions(labels, query)
    if kept is not None:
        return level_name(kept)
    coarser = any(
        label in dimension.coarser_labels
        for label, dimension in zip(labels, query.dimensions, strict=True)
    )
    return "coarser" if coarser else "leaf"
