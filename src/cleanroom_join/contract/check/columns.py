"""Whether a column's keys fit each other: domain and hierarchy, bounds and scale."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import (
    ALL,
    LARGEST_UNITS,
    OTHER,
    Dimension,
    DimensionType,
    MeasureColumn,
    SubjectColumn,
)
from cleanroom_join.contract.terms.texts import imitates, readings
from cleanroom_join.errors import Problem, assert_never, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanroom_join.contract.terms.columns import Column

__all__ = ["check_column"]

_MAX_DEPTH = 4
"""Coarser levels above a value; each multiplies the cells that are counted."""


def check_column(column: Column, path: str) -> Iterator[Problem]:
    """Yield what is wrong between the keys of one column."""
    if isinstance(column, Dimension):
        yield from _dimension(column, path)
    elif isinstance(column, MeasureColumn):
        yield from _bounds(column, path)
    elif not isinstance(column, SubjectColumn):
        assert_never(column)


def _dimension(column: Dimension, path: str) -> Iterator[Problem]:
    """Yield reserved values, and labels that look alike or make no hierarchy."""
    for label in (OTHER, ALL):
        if label in column.values:
            yield Problem(f"{path}.dimension", f'"{label}" is reserved', "E116")
    yield from _alike(column, path)
    path = f"{path}.parents"
    if column.parents and column.type is DimensionType.BOOLEAN:
        yield Problem(path, "a boolean has nothing coarser above it", "E116")
    yield from _labels(column, path)
    yield from _heights(column, path)


def _alike(column: Dimension, path: str) -> Iterator[Problem]:
    """Yield labels that a reader takes for another label, or for one of ours."""
    seen: dict[str, str] = {}
    for key, labels in (
        ("dimension", column.values),
        ("parents", column.coarser_labels),
    ):
        for label in labels:
            name, here = f'"{printable(label)}"', f"{path}.{key}"
            if label not in (OTHER, ALL) and imitates(label):
                yield Problem(here, f"{name} looks like {OTHER}, {ALL} or NULL", "E123")
            others = {seen.setdefault(r, label) for r in readings(label)} - {label}
            if label and others:
                text = f'{name} looks like "{printable(min(others))}"'
                yield Problem(here, text, "E123")


def _labels(column: Dimension, path: str) -> Iterator[Problem]:
    """Yield labels from nowhere, with two meanings, or in a circle."""
    parents, values = column.parents, set(column.values)
    coarser = set(parents.values())
    for label, parent in parents.items():
        here = f"{path}.{printable(label)}"
        if label not in values and label not in coarser:
            yield Problem(here, "is neither a value nor a coarser label", "E115")
        if parent in values or parent in (OTHER, ALL):
            text = f'"{printable(parent)}" is a value or reserved'
            yield Problem(here, text, "E116")
        if len(_chain(label, parents)) > _MAX_DEPTH:
            text = f"has no end within {_MAX_DEPTH} steps"
            yield Problem(here, text, "E116")


def _heights(column: Dimension, path: str) -> Iterator[Problem]:
    """Yield labels that are more steps above one value than above another."""
    heights: dict[str, int] = {}
    for value in column.values:
        for height, label in enumerate(_chain(value, column.parents), start=1):
            if heights.setdefault(label, height) != height:
                text = "is as many steps above every value beneath it, or none"
                yield Problem(f"{path}.{printable(label)}", text, "E116")


def _chain(label: str, parents: Mapping[str, str]) -> list[str]:
    """Return the labels above one, at most one too many."""
    found: list[str] = []
    while label in parents and len(found) <= _MAX_DEPTH:
        label = parents[label]
        found.append(label)
    return found


def _bounds(column: MeasureColumn, path: str) -> Iterator[Problem]:
    """Yield bounds that are crossed, or too long for the scale."""
    if column.minimum > column.maximum:
        yield Problem(f"{path}.min", "must not be above max", "E113")
    units = Decimal(10) ** column.scale
    for key, bound in (("min", column.minimum), ("max", column.maximum)):
        here = f"{path}.{key}"
        if bound * units != int(bound * units):
            text = f"has more than {column.scale} decimal places"
            yield Problem(here, text, "E113")
        if abs(bound * units) > LARGEST_UNITS:
            text = f"must be at most {LARGEST_UNITS} units of scale"
            yield Problem(here, text, "E113")
