"""Whether a query fits the shared tables, registered or built in a notebook."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

from cleanroom_join.contract.check.bounded_contributions import check_one_kind
from cleanroom_join.contract.check.names import check_declared
from cleanroom_join.contract.check.totals import check_preferred, check_totals
from cleanroom_join.contract.terms.columns import Dimension, MeasureColumn
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import Argument
from cleanroom_join.contract.terms.names import COLUMN_NAME
from cleanroom_join.contract.terms.query import COHORT_SIZE
from cleanroom_join.errors import Problem, assert_never, did_you_mean, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cleanroom_join.contract.terms.columns import Column
    from cleanroom_join.contract.terms.model import Asset, Measure, Output
    from cleanroom_join.contract.terms.policy import Policy

__all__ = ["check_output", "count_possible_cells"]


def check_output(
    output: Output, assets: Mapping[str, Asset], policy: Policy
) -> list[Problem]:
    """Return what is wrong with a query, registered or built in a notebook."""
    path = f"outputs.{printable(output.name)}"
    problems = list(_joins(output, assets, path))
    joined = [assets[name] for name in output.join if name in assets]
    problems += _group_by(output, joined, path)
    problems += check_totals(output, path)
    problems += check_preferred(output, path)
    problems += check_one_kind(output, joined, policy, path)
    taken = Counter(name.lower() for name in (*output.group_by, COHORT_SIZE))
    for measure in output.measures:
        here = f"{path}.measures.{printable(measure.name)}"
        if not COLUMN_NAME.fits(measure.name):
            problems.append(Problem(here, f"is not {COLUMN_NAME.description}", "E112"))
        if taken[measure.name.lower()]:
            problems.append(Problem(here, "is also another output column", "E116"))
        taken[measure.name.lower()] += 1
        problems += _measure(measure, joined, output.on, here)
    cells = count_possible_cells(output, assets)
    if cells > policy.max_cells:
        problems.append(
            Problem(
                f"{path}.group_by",
                f"has {cells} possible cells, the policy allows {policy.max_cells}",
                "E117",
            )
        )
    return problems


def count_possible_cells(output: Output, assets: Mapping[str, Asset]) -> int:
    """
    Return how many cells a query can have, from declared domains alone.

    Totals count, and so do the coarser labels that small cells may be merged into.
    """
    joined = [assets[name] for name in output.join if name in assets]
    found = {name: _columns(name, joined) for name in output.group_by}
    sizes = {
        name: (columns[0].size, len(set(columns[0].parents.values())))
        for name, columns in found.items()
        if columns and isinstance(columns[0], Dimension)
    }
    cells = prod(size + coarser for size, coarser in sizes.values())
    for kept in output.totals:
        cells += prod(sizes[name][0] for name in kept if name in sizes)
    return cells


def _joins(output: Output, assets: Mapping[str, Asset], path: str) -> Iterator[Problem]:
    """Yield what is wrong with the joined tables, all but one of one row a subject."""
    for index, name in enumerate(output.join):
        here = f"{path}.join[{index}]"
        yield from check_declared(name, assets, "asset", here)
        if name in output.join[:index]:
            yield Problem(here, f'"{printable(name)}" is named twice', "E116")
    if len(output.join) < 2:  # noqa: PLR2004 - a join has two sides
        yield Problem(f"{path}.join", "must name at least two assets", "E116")
    joined = [assets[name] for name in output.join if name in assets]
    for asset in joined:
        if output.on and asset.token_column(output.on) is None:
            yield Problem(
                f"{path}.on",
                f'"{printable(output.on)}" is no subject of asset "{asset.name}"',
                "E115",
            )
    if not all(asset.token_column(output.on) for asset in joined):
        return
    many = [a.name for a in joined if a.one_row_per != output.on]
    if len(many) > 1:
        yield Problem(
            f"{path}.join",
            f"{' and '.join(many)} may both have many rows per subject; all but one "
            f'asset need one_row_per = "{printable(output.on)}"',
            "E116",
        )


def _group_by(output: Output, joined: list[Asset], path: str) -> Iterator[Problem]:
    """Yield grouping columns that are no dimension of exactly one joined asset."""
    dimensions = _names(joined, Dimension)
    if not output.group_by:
        yield Problem(f"{path}.group_by", "must name at least one dimension", "E113")
    for index, name in enumerate(output.group_by):
        here = f"{path}.group_by[{index}]"
        found = [c for c in _columns(name, joined) if isinstance(c, Dimension)]
        if not found:
            near = did_you_mean(name, dimensions)
            yield Problem(
                here,
                f'"{printable(name)}" is not a dimension of any joined asset{near}',
                "E115",
            )
        elif len(_columns(name, joined)) > 1:
            yield Problem(here, f'"{name}" is in several joined assets', "E116")
        elif name in output.group_by[:index]:
            yield Problem(here, f'"{name}" is named twice', "E116")
        elif name.lower() in (COHORT_SIZE, *map(str.lower, output.group_by[:index])):
            yield Problem(here, f'"{name}" is also another output column', "E116")


def _measure(
    measure: Measure, joined: list[Asset], on: str, here: str
) -> Iterator[Problem]:
    """Yield that a measure lacks the argument it needs, or has a wrong one."""
    argument = FUNCTIONS[measure.function].argument
    if argument is Argument.NONE:
        if measure.column is not None:
            text = f"{measure.function.value} takes no column"
            yield Problem(f"{here}.column", text, "E116")
    elif measure.column is None:
        yield Problem(here, f"{measure.function.value} needs a column", "E111")
    elif argument is Argument.SUBJECT:
        yield from _counted(measure.column, joined, on, f"{here}.column")
    elif argument is Argument.MEASURE:
        yield from _measured(measure, measure.column, joined, f"{here}.column")
    else:
        assert_never(argument)


def _counted(
    subject: str, joined: list[Asset], on: str, path: str
) -> Iterator[Problem]:
    """Yield that a kind of subject is in no joined asset, or in several."""
    carried = Counter(c.subject for a in joined for c in a.subject_columns())
    yield from check_declared(subject, carried, "subject", path)
    if carried[subject] > 1 and subject != on:
        yield Problem(path, f'"{subject}" is in several assets', "E116")


def _measured(
    measure: Measure, name: str, joined: list[Asset], path: str
) -> Iterator[Problem]:
    """Yield that no joined asset has a measure of the right type, or several have."""
    types = FUNCTIONS[measure.function].types
    found = _columns(name, joined)
    if not any(isinstance(c, MeasureColumn) and c.type in types for c in found):
        near = did_you_mean(name, _names(joined, MeasureColumn))
        kinds = " or ".join(kind.value for kind in types)
        text = f'"{printable(name)}" is not a {kinds} measure of any joined asset{near}'
        yield Problem(path, text, "E115")
    elif len(found) > 1:
        yield Problem(path, f'"{name}" is in several joined assets', "E116")


def _columns(name: str, joined: Iterable[Asset]) -> list[Column]:
    """Return the columns called *name* in the joined assets."""
    return [asset.columns[name] for asset in joined if name in asset.columns]


def _names(joined: Iterable[Asset], kind: type) -> list[str]:
    """Return the names of all columns of *kind* in the joined assets."""
    return [c.name for a in joined for c in a.columns.values() if isinstance(c, kind)]
