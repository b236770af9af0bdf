"""What the budget charges: the values of a column, the membership of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_SIZE, FUNCTIONS, Argument, Membership
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from cleanroom_join.contract import Asset, Measure, Policy, Query

__all__ = ["PARTS", "BudgetLine", "budget_lines"]

PARTS = 1_000_000
"""Parts of a whole share; shares are whole numbers of these, rounded up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetLine:
    """One secret of the subjects, and the figures that are equations about it."""

    name: str
    """What is secret, by table and column; the ledger adds up by it."""
    label: str
    """What is secret, as the contract calls it."""
    limit: int
    """Most that the shares of a subject may add up to, in `PARTS`."""
    figure_ids: tuple[str, ...]
    """Figures of the query that are about the secret."""
    own: frozenset[int]
    """
    Indices of the dimensions of the secret's own table.

    Cells that differ in one of them are about different rows of it.
    """


def budget_lines(query: Query, policy: Policy) -> tuple[BudgetLine, ...]:
    """
    Return what the figures of a query are charged to.

    The values of a measure column are known to its party alone, so every figure about
    it tells the other party something.  Whether a subject is in a table is told by all
    figures but those about columns of this table: the other party knows its own values,
    so each of its columns is another equation about the same unknown memberships.

    Args:
        query: The query.
        policy: The policy; it sets the limits.
    """
    return (*_value_lines(query, policy), *_membership_lines(query, policy))


def _value_lines(query: Query, policy: Policy) -> Iterator[BudgetLine]:
    """Yield a line for the values of each measure column."""
    columns = _columns_of_figures(query)
    for column in query.columns:
        asset = next(a for a in query.assets if column in a.columns)
        yield BudgetLine(
            name=f"values of {query.path_of(column)}",
            label=f"values of {asset.name}.{column}",
            limit=_parts(policy.budget_values),
            figure_ids=tuple(f for f, of in columns.items() if of == column),
            own=_own_dimensions(query, asset),
        )


def _membership_lines(query: Query, policy: Policy) -> Iterator[BudgetLine]:
    """Yield a line for the membership of each table where it is a secret."""
    for asset in query.assets:
        if asset.membership is Membership.KNOWN:
            continue
        yield BudgetLine(
            name=f"membership of {query.table_of(asset)}",
            label=f"membership of {asset.name}",
            limit=_parts(policy.budget_membership),
            figure_ids=tuple(
                figure
                for figure, column in _columns_of_figures(query).items()
                if column is None or column not in asset.columns
            ),
            own=_own_dimensions(query, asset),
        )


def _columns_of_figures(query: Query) -> Mapping[str, str | None]:
    """
    Return the measure column of each figure, None where it reads none.

    Figures that say the same as the number of subjects are left out.
    """
    found: dict[str, str | None] = {COHORT_SIZE: None}
    for figure, measure in zip(
        query.figure_ids[1:], query.output.measures, strict=True
    ):
        if not _counts_joined_subjects(measure, query):
            found[figure] = measure.column if measure.column in query.columns else None
    return found


def _counts_joined_subjects(measure: Measure, query: Query) -> bool:
    """Return whether a measure is the number of subjects under another name."""
    argument = FUNCTIONS[measure.function].argument
    if argument is Argument.NONE:
        return all(asset.one_row_per == query.output.on for asset in query.assets)
    if argument is Argument.SUBJECT:
        return query.counted(measure) == query.subjects[0]
    if argument is Argument.MEASURE:
        return False
    return assert_never(argument)


def _own_dimensions(query: Query, asset: Asset) -> frozenset[int]:
    """Return the indices of the query's dimensions that a table has."""
    return frozenset(
        index
        for index, dimension in enumerate(query.dimensions)
        if dimension.name in asset.columns
    )


def _parts(limit: Decimal) -> int:
    """Return a limit in `PARTS`."""
    return int(limit * PARTS)
