"""The figures of one published cell, in output order, under the policy's protection."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.contract import FUNCTIONS, Argument, OutputType, Protection
from cleanroom_join.disclosure.publish.bounded import BoundedQuantities
from cleanroom_join.disclosure.publish.cell_key import CellKeyQuantities
from cleanroom_join.disclosure.publish.exact import ExactQuantities
from cleanroom_join.disclosure.publish.rounding import round_figure
from cleanroom_join.errors import InternalError, assert_never

if TYPE_CHECKING:
    from decimal import Decimal

    from cleanroom_join.contract import Measure, Policy, Quantities, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.perturbation.draw import Noise

__all__ = ["published_figures"]


def published_figures(
    cell: CellStatistics, query: Query, policy: Policy, noise: Noise | None
) -> tuple[int | Decimal, ...]:
    """
    Return cohort size and measures of a cell that passed every rule, in output order.

    Args:
        cell: Its statistics.
        query: The query.
        policy: The effective policy, which names the protection.
        noise: Where noise is drawn from; None if there is no joint key.

    Raises:
        InternalError: If the protection asks for noise and there is none.
    """
    quantities = _quantities(cell, query, policy, noise)
    size = quantities.subjects(query.subjects[0].label)
    return (
        size,
        *(_figure(quantities, m, query, policy) for m in query.output.measures),
    )


def _quantities(
    cell: CellStatistics, query: Query, policy: Policy, noise: Noise | None
) -> Quantities:
    """Return the quantities of a cell under the policy's protection."""
    if policy.protection is Protection.THRESHOLD:
        return ExactQuantities(cell, query, policy)
    if policy.protection is Protection.PERTURBED:
        if noise is None:
            raise InternalError.of("a cell to publish has no noise")
        if policy.contribution_bounded:
            return BoundedQuantities(cell, query, policy, noise)
        return CellKeyQuantities(cell, query, noise)
    return assert_never(policy.protection)


def _figure(
    quantities: Quantities, measure: Measure, query: Query, policy: Policy
) -> int | Decimal:
    """Return one measure: a count, or a rounded number."""
    function = FUNCTIONS[measure.function]
    argument = "" if measure.column is None else measure.column
    if function.argument is Argument.SUBJECT:
        argument = query.counted(measure).label
    figure = function.figure(quantities, argument)
    if function.result is OutputType.FIGURE:
        return round_figure(Fraction(figure), policy.rate_digits)
    if function.result is OutputType.COUNT and isinstance(figure, int):
        return figure
    raise InternalError.of("an output function gave no figure of its type")
