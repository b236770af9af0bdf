"""Columns as TOML: identifiers, measures with bounds, dimensions with domains."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import DimensionType, MeasureType
from cleanroom_join.contract.terms.settings import COHORT_FLOOR
from cleanroom_join.errors import assert_never, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.first_contract.draft import DraftColumn

__all__ = [
    "dimension_lines",
    "measure_lines",
    "toml_list",
    "toml_string",
]

_WIDTH = 88


def toml_string(text: str) -> str:
    """Return a text as a basic string of TOML, which escapes as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def toml_list(texts: Sequence[str]) -> str:
    """Return a list of strings on one line."""
    return f"[{', '.join(map(toml_string, texts))}]"


def measure_lines(column: DraftColumn) -> Iterator[str]:
    """Yield the line of a measure, with its bounds."""
    role = column.role
    match role.measure:
        case MeasureType.BOOLEAN:
            yield '# For a rate. To group by it instead: { dimension = "boolean" }.'
            yield f'{column.name} = {{ measure = "boolean" }}'
        case MeasureType.INT | MeasureType.DECIMAL:
            low, high = column.bounds or (0, 1)
            scale = f", scale = {role.scale}" if role.scale else ""
            yield "# Round numbers beyond nearly all values. A value outside counts as"
            yield "# the bound; too many of these suppress a cell."
            yield (
                f'{column.name} = {{ measure = "{role.measure.value}", min = {low:f},'
                f" max = {high:f}{scale} }}"
            )
        case _:
            assert_never(role.measure)


def dimension_lines(asset: str, column: DraftColumn) -> Iterator[str]:
    """Yield the tables of a dimension, with its domain and coarser labels."""
    role = column.role
    yield ""
    if column.unlisted:
        yield f"# Values of at least {COHORT_FLOOR} subjects; others count as (other)."
    yield f"[assets.{asset}.columns.{column.name}]"
    yield from _domain(column)
    if role.sensitive:
        yield "sensitive = true  # judged by its name: a group must have several values"
    if column.parents:
        yield f"# {_origin(column)}, for cells with too few subjects."
        yield f"[assets.{asset}.columns.{column.name}.parents]"
        for label, parent in column.parents.items():
            yield f"{toml_string(label)} = {toml_string(parent)}"
    else:
        yield "# A coarser label for small cells, such as a region above its cities:"
        yield f"# [assets.{asset}.columns.{column.name}.parents]"
        yield '# "VALUE" = "COARSER LABEL"'


def _origin(column: DraftColumn) -> str:
    """Return where coarser labels come from."""
    if column.parents_column is None:
        return "Codes that begin alike are one group"
    return f"Each value has one value of {printable(column.parents_column)}"


def _domain(column: DraftColumn) -> Iterator[str]:
    """Yield the key ``dimension``, on several lines if it is long."""
    match column.role.dimension:
        case DimensionType.BOOLEAN:
            yield 'dimension = "boolean"'
            return
        case DimensionType.INT:
            values = list(column.labels)
        case DimensionType.STRING:
            values = [toml_string(label) for label in column.labels]
        case _:
            assert_never(column.role.dimension)
    line = f"dimension = [{', '.join(values)}]"
    if len(line) <= _WIDTH:
        yield line
        return
    yield "dimension = ["
    row = " "
    for value in values:
        if len(row) + len(value) + 2 > _WIDTH and row.strip():
            yield row
            row = " "
        row += f" {value},"
    yield row
    yield "]"
