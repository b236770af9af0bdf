"""Changes of a column: no coarser labels, rare or empty values together, bounds."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from cleanroom_join.advice.change import ChangeKind, Draft, RawChange
from cleanroom_join.advice.toml_edits import value_at, with_value, without
from cleanroom_join.contract import OTHER, Dimension, DimensionType
from cleanroom_join.sql import identifier, string

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cleanroom_join.advice.facts import DimensionFacts, Facts
    from cleanroom_join.advice.toml_statements import Path
    from cleanroom_join.contract import Asset, Contract

__all__ = ["column_drafts"]

_FEWEST_VALUES = 2
"""Values that a dimension keeps when others become ``(other)``."""

_NAMED = 4
"""Values that a sentence names."""


def column_drafts(text: str, contract: Contract, facts: Facts) -> Iterator[Draft]:
    """Yield the drafts of every column that some output uses."""
    assets = contract.terms.assets
    used = [
        (assets[asset], column)
        for asset, column in facts.dimensions
        if asset in assets and column in assets[asset].columns
    ]
    yield from _no_labels(text, used)
    for asset, name in used:
        column = asset.columns[name]
        if isinstance(column, Dimension):
            found = facts.dimensions[asset.name, name]
            yield from _rare_values(text, asset, column, found)
            yield from _empty_values(text, asset, column, found)
    yield from _wider_bounds(text, contract, facts)


def _no_labels(text: str, used: Collection[tuple[Asset, str]]) -> Iterator[Draft]:
    """Yield a contract without any coarser labels, and without those of each column."""
    paths = {
        name: (*_path(asset, name), "parents")
        for asset, name in used
        if isinstance(column := asset.columns[name], Dimension) and column.parents
    }
    if len(paths) > 1:
        yield Draft(
            kind=ChangeKind.LABELS,
            description=f"Drop the coarser labels of {', '.join(paths)}",
            text=without(text, *paths.values()),
        )
    for name, path in paths.items():
        yield Draft(
            kind=ChangeKind.LABELS,
            description=f"Drop the coarser labels of {name}",
            text=without(text, path),
        )


def _rare_values(
    text: str, asset: Asset, column: Dimension, found: DimensionFacts
) -> Iterator[Draft]:
    """Yield a dimension of which rare values are published together."""
    if not column.has_other:
        return
    fewest = 1 if found.has_other else 2
    rare = tuple(takewhile(found.rare.__contains__, found.rarest_first))
    for values in dict.fromkeys((found.rarest_first[:fewest], rare)):
        if len(values) < fewest or len(column.values) - len(values) < _FEWEST_VALUES:
            continue
        names, together = _listed(values), " together" if len(values) > 1 else ""
        yield Draft(
            kind=ChangeKind.MERGE,
            description=f'Publish {names} of {column.name}{together} as "{OTHER}"',
            text=_without_values(text, _path(asset, column.name), column, values),
        )


def _empty_values(
    text: str, asset: Asset, column: Dimension, found: DimensionFacts
) -> Iterator[Draft]:
    """Yield a dimension whose empty values are ``(other)``, or left out."""
    if not found.has_null:
        return
    quoted = identifier(column.name)
    rarest = found.rarest_first[:1]
    alone = found.has_other or not rarest
    if column.has_other and (alone or len(column.values) > _FEWEST_VALUES):
        fill = _unknown_value(column)
        value = string(fill) if isinstance(fill, str) else str(fill)
        beside = "" if alone else f" and {_listed(rarest)}"
        together = "" if alone else " together"
        path = _path(asset, column.name)
        yield Draft(
            kind=ChangeKind.EMPTY,
            description=f"Publish empty values{beside} of {column.name}{together}"
            f' as "{OTHER}"',
            text=text if alone else _without_values(text, path, column, rarest),
            raw=RawChange(
                asset=asset.name,
                column=column.name,
                fill=fill,
                sql=f"COALESCE({quoted}, {value}) AS {quoted}",
            ),
        )
    yield Draft(
        kind=ChangeKind.EMPTY,
        description=f"Leave rows with an empty {column.name} out of {asset.name}",
        text=text,
        raw=RawChange(
            asset=asset.name,
            column=column.name,
            fill=None,
            sql=f"WHERE {quoted} IS NOT NULL",
        ),
    )


def _wider_bounds(text: str, contract: Contract, facts: Facts) -> Iterator[Draft]:
    """Yield measures with a bound further out."""
    for (asset_name, name, key), bounds in facts.bounds.items():
        path = _path(contract.terms.assets[asset_name], name)
        declared = value_at(text, (*path, key))
        for bound in bounds:
            value = int(bound) if bound == int(bound) else bound
            verb = "Raise" if key == "max" else "Lower"
            yield Draft(
                kind=ChangeKind.BOUND,
                description=f"{verb} the bound of {name} from {declared:,}"
                f" to {value:,}",
                text=with_value(text, (*path, key), value),
            )


def _path(asset: Asset, column: str) -> Path:
    """Return where a contract declares a column."""
    return "assets", asset.name, "columns", column


def _listed(values: Collection[str]) -> str:
    """Return the first values for a sentence, and how many more there are."""
    named = [f'"{value}"' for value in values]
    if len(named) > _NAMED:
        named[_NAMED - 1 :] = [f"{len(named) - _NAMED + 1} more"]
    *before, last = named
    return f"{', '.join(before)} and {last}" if before else last


def _unknown_value(column: Dimension) -> str | int:
    """Return a value outside a domain, which becomes ``(other)``."""
    if column.type is DimensionType.INT:
        return min(int(value) for value in column.values) - 1
    value = "unknown"
    while value in column.values:
        value += "_"
    return value


def _without_values(
    text: str, path: Path, column: Dimension, values: Collection[str]
) -> str:
    """Return a contract whose dimension has fewer values, and no label above none."""
    left = [value for value in column.values if value not in values]
    whole = column.type is DimensionType.INT
    domain = [int(value) for value in left] if whole else list(left)
    changed = with_value(text, (*path, "dimension"), domain)
    needed = {label for value in left for label in (value, *column.ancestors(value))}
    dropped = [label for label in column.parents if label not in needed]
    return without(changed, *((*path, "parents", label) for label in dropped))
