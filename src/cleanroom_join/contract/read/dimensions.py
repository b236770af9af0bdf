"""Dimensions: their domains, the coarser labels above them, and totals over them."""

from __future__ import annotations

from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import ALL, OTHER, Dimension, DimensionType
from cleanroom_join.errors import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.read.strict_toml import Table

__all__ = ["dimension", "totals"]

_MAX_INTEGER = 2**53 - 1
"""RFC 7493, section 2.2."""

_MAX_DEPTH = 4
"""Coarser levels above a value; each multiplies the cells that are counted."""


def dimension(name: str, table: Table) -> Dimension:
    """Read a grouping column, its finite domain and the hierarchy above it."""
    sensitive = table.boolean("sensitive", default=False)
    domain = table.raw("dimension")
    parents = table.table("parents", required=False)
    kind, values = _domain(domain, table)
    hierarchy = _parents(parents, values, kind)
    return Dimension(
        name=name, type=kind, values=values, sensitive=sensitive, parents=hierarchy
    )


def _domain(domain: object, table: Table) -> tuple[DimensionType, tuple[str, ...]]:
    """Return type and values of a domain as it stands in the contract."""
    if domain == "boolean":
        return DimensionType.BOOLEAN, ("false", "true")
    if isinstance(domain, list) and all(type(v) is int for v in domain) and domain:
        values = tuple(str(value) for value in domain)
        if len(set(values)) < len(values):
            table.report("dimension", "names a value twice", "E116")
        if any(abs(value) > _MAX_INTEGER for value in domain):
            table.report("dimension", "has a value beyond 2^53", "E113")
        return DimensionType.INT, values
    if isinstance(domain, list):
        texts = table.texts("dimension")
        for label in (OTHER, ALL):
            if label in texts:
                table.report("dimension", f'"{label}" is reserved', "E116")
        return DimensionType.STRING, texts
    table.report(
        "dimension",
        'must be "boolean" or a list of all-string or all-integer values',
        "E112",
    )
    return DimensionType.STRING, ()


def _parents(
    table: Table, values: tuple[str, ...], kind: DimensionType
) -> Mapping[str, str]:
    """Read ``{ value = "coarser label", … }``: a forest above the values."""
    parents = {key: str(table.text(key)) for key in table.content}
    if parents and kind is DimensionType.BOOLEAN:
        table.report("", "a boolean has nothing coarser above it", "E116")
    for label, parent in parents.items():
        if label not in values and label not in parents.values():
            table.report(label, "is neither a value nor a coarser label", "E115")
        if parent in (*values, OTHER, ALL):
            table.report(label, f'"{printable(parent)}" is a value or reserved', "E116")
        if len(_chain(label, parents)) > _MAX_DEPTH:
            table.report(label, f"has no end within {_MAX_DEPTH} steps", "E116")
    heights: dict[str, int] = {}
    for value in values:
        for height, label in enumerate(_chain(value, parents), start=1):
            if heights.setdefault(label, height) != height:
                text = "is as many steps above every value beneath it, or none"
                table.report(label, text, "E116")
    return MappingProxyType(parents)


def _chain(label: str, parents: Mapping[str, str]) -> list[str]:
    """Return the labels above one, at most one too many."""
    found: list[str] = []
    while label in parents and len(found) <= _MAX_DEPTH:
        label = parents[label]
        found.append(label)
    return found


def totals(table: Table, group_by: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """
    Read which totals an output has: ``"all"``, or the dimensions that each keeps.

    They come in one order, however the contract writes them.
    """
    if not table.has("totals"):
        table.asked.add("totals")
        return ()
    given = table.raw("totals")
    if given == "all":
        return every_total(group_by)
    if not isinstance(given, list) or not all(
        isinstance(kept, list) and all(isinstance(name, str) for name in kept)
        for kept in given
    ):
        table.report("totals", 'must be "all" or a list of lists of dimensions', "E112")
        return ()
    ordered = [
        tuple(sorted(kept, key=lambda n: group_by.index(n) if n in group_by else -1))
        for kept in given
    ]
    return tuple(sorted(ordered, key=lambda kept: (-len(kept), kept)))


def every_total(group_by: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return every way to keep fewer dimensions, finest first."""
    return tuple(
        kept
        for size in reversed(range(len(group_by)))
        for kept in sorted(combinations(group_by, size))
    )
