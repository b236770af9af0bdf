"""Whether a query fits the shared tables, registered or built in a notebook."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

from cleanroom_join.contract.check.bounded_contributions import check_one_kind
from cleanroom_join.contract.check.names import check_declared
from cleanroom_join.contract.check.totals import check_preferred, check_totals
from cleanroom_join.contract.terms.columns import (
    Dimension,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import Argument
from cleanroom_join.contract.terms.names import COLUMN_NAME
from cleanroom_join.contract.terms.query import COHORT_SIZE
from cleanroom_join.errors import (
    Problem,
    assert_never,
    did_you_mean,
    named,
    nearest,
    printable,
)

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
    joined = [assets[n] for n in dict.fromkeys(output.join) if n in assets]
    problems = list(_joins(output, assets, path))
    whole = not problems
    problems += _rows(output, joined, path)
    if not whole:
        # A column may be in the table that is missing: all tables are looked at.
        joined = list(assets.values())
    problems += _group_by(output, joined, path, whole=whole)
    problems += check_totals(output, path)
    problems += check_preferred(output, path)
    problems += check_one_kind(output, joined if whole else (), policy, path)
    taken = Counter(name.lower() for name in (*output.group_by, COHORT_SIZE))
    for measure in output.measures:
        here = f"{path}.measures.{printable(measure.name)}"
        if not COLUMN_NAME.fits(measure.name):
            problems.append(Problem(here, f"is not {COLUMN_NAME.description}", "E112"))
        if taken[measure.name.lower()]:
            problems.append(Problem(here, "is also another output column", "E116"))
        taken[measure.name.lower()] += 1
        problems += _measure(measure, joined, output, here, whole=whole)
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
    """Yield that not two or more different declared tables are joined."""
    for index, name in enumerate(output.join):
        here = f"{path}.join[{index}]"
        yield from check_declared(name, assets, "asset", here, "assets")
        if name in output.join[:index]:
            yield Problem(here, f"{named(name)} is named twice", "E116")
    if len(output.join) < 2:  # noqa: PLR2004 - a join has two sides
        yield Problem(f"{path}.join", "must name at least two assets", "E116")


def _rows(output: Output, joined: list[Asset], path: str) -> Iterator[Problem]:
    """Yield tables without the subject, or more than one with many rows of one."""
    lacking = [asset for asset in joined if asset.token_column(output.on) is None]
    if output.on and lacking:
        tables = " and ".join(f'"{asset.name}"' for asset in lacking)
        near = did_you_mean(output.on, _subjects(joined))
        text = f"{named(output.on)} is no subject of asset {tables}{near}"
        about = [_column_path(a, c) for a in lacking for c in a.columns]
        yield Problem(f"{path}.on", text, "E115", about)
    if lacking:
        return
    many = [asset for asset in joined if asset.one_row_per != output.on]
    if len(many) > 1:
        names = " and ".join(asset.name for asset in many)
        yield Problem(
            f"{path}.join",
            f"{names} may both have many rows per subject; all but one asset need"
            f' one_row_per = "{printable(output.on)}"',
            "E116",
            [f"assets.{printable(asset.name)}.one_row_per" for asset in many],
        )


def _group_by(
    output: Output, joined: list[Asset], path: str, *, whole: bool
) -> Iterator[Problem]:
    """Yield grouping columns that are no dimension of exactly one joined asset."""
    dimensions = _names(joined, Dimension)
    if not output.group_by:
        yield Problem(f"{path}.group_by", "must name at least one dimension", "E113")
    for index, name in enumerate(output.group_by):
        here = f"{path}.group_by[{index}]"
        found = [c for c in _columns(name, joined) if isinstance(c, Dimension)]
        if not found:
            yield _not_a("dimension", name, dimensions, joined, here)
        elif len(_columns(name, joined)) > 1 and whole:
            yield Problem(here, f'"{name}" is in several joined assets', "E116")
        elif name in output.group_by[:index]:
            yield Problem(here, f'"{name}" is named twice', "E116")
        elif name.lower() in (COHORT_SIZE, *map(str.lower, output.group_by[:index])):
            yield Problem(here, f'"{name}" is also another output column', "E116")


def _measure(
    measure: Measure, joined: list[Asset], output: Output, here: str, *, whole: bool
) -> Iterator[Problem]:
    """Yield that a measure lacks the argument it needs, or has a wrong one."""
    argument = FUNCTIONS[measure.function].argument
    if argument is Argument.NONE:
        if measure.column is not None:
            text = f"{measure.function.value} takes no column"
            yield Problem(f"{here}.column", text, "E116", [f"{here}.function"])
    elif measure.column is None:
        text = f"{measure.function.value} needs a column"
        yield Problem(here, text, "E111", [f"{here}.function"])
    elif argument is Argument.SUBJECT:
        path = f"{here}.column"
        yield from _counted(measure.column, joined, output, path, whole=whole)
    elif argument is Argument.MEASURE:
        yield from _measured(measure, measure.column, joined, here, whole=whole)
    else:
        assert_never(argument)


def _counted(
    subject: str, joined: list[Asset], output: Output, path: str, *, whole: bool
) -> Iterator[Problem]:
    """Yield that a kind of subject is in no joined asset, or in several."""
    carried = _subjects(joined)
    if subject not in carried:
        text = f"{named(subject)} is no subject of any joined asset"
        near = did_you_mean(subject, carried)
        about = [_column_path(a, c) for a in joined for c in a.columns]
        yield Problem(path, text + near, "E115", about)
    if carried[subject] > 1 and subject != output.on and whole:
        yield Problem(path, f'"{subject}" is in several assets', "E116")


def _measured(
    measure: Measure, name: str, joined: list[Asset], here: str, *, whole: bool
) -> Iterator[Problem]:
    """Yield that no joined asset has a measure of the right type, or several have."""
    types = FUNCTIONS[measure.function].types
    found = _columns(name, joined)
    if not any(isinstance(c, MeasureColumn) and c.type in types for c in found):
        what = f"{' or '.join(kind.value for kind in types)} measure"
        measures = _names(joined, MeasureColumn)
        yield _not_a(what, name, measures, joined, f"{here}.column", f"{here}.function")
    elif len(found) > 1 and whole:
        text = f'"{name}" is in several joined assets'
        yield Problem(f"{here}.column", text, "E116")


def _not_a(
    what: str, name: str, known: list[str], joined: list[Asset], here: str, *also: str
) -> Problem:
    """Return that no joined asset has such a column, and what it has under the name."""
    article = "an" if what.startswith("int") else "a"
    text = f"{named(name)} is not {article} {what} of any joined asset"
    owners = [asset for asset in joined if name in asset.columns]
    if owners:
        end = f"; it is {_role(owners[0].columns[name])}"
    else:
        end = did_you_mean(name, known)
    # The declaration, or the one whose name is misspelt.
    looked_for = {name, nearest(name, known)} - {None}
    columns = [(a, c) for a in joined for c in a.columns]
    about = [_column_path(a, c) for a, c in columns if c in looked_for]
    # A name that is none is declared wrongly, perhaps this one.
    about += [_column_path(a, c) for a, c in columns if not COLUMN_NAME.fits(c)]
    return Problem(here, text + end, "E115", [*about, *also])


def _role(column: Column) -> str:
    """Return what a column is."""
    if isinstance(column, SubjectColumn):
        return "a column of tokens"
    if isinstance(column, Dimension):
        return "a dimension"
    if isinstance(column, MeasureColumn):
        article = "an" if column.type is MeasureType.INT else "a"
        return f"{article} {column.type.value} measure"
    return assert_never(column)


def _subjects(joined: Iterable[Asset]) -> Counter[str]:
    """Return how many of some assets carry each kind of subject."""
    return Counter(c.subject for a in joined for c in a.subject_columns())


def _column_path(asset: Asset, column: str) -> str:
    """Return the path at which a column is declared."""
    return f"assets.{printable(asset.name)}.columns.{printable(column)}"


def _columns(name: str, joined: Iterable[Asset]) -> list[Column]:
    """Return the columns called *name* in the joined assets."""
    return [asset.columns[name] for asset in joined if name in asset.columns]


def _names(joined: Iterable[Asset], kind: type) -> list[str]:
    """Return the names of all columns of *kind* in the joined assets."""
    return [c.name for a in joined for c in a.columns.values() if isinstance(c, kind)]
