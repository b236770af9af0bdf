"""Warnings about a measure: not a number, outside its bounds, hardly any value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.data_profile.bound_ladder import BoundLadder, nearest_sufficient
from cleanroom_join.data_profile.contract_lines import measure_line, number_text
from cleanroom_join.data_profile.data_warning import MARGIN, DataWarning, Effect
from cleanroom_join.data_profile.fact_texts import bounds_text, share_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.data_profile.column_facts import MeasureFacts

__all__ = ["measure_warnings"]


def measure_warnings(facts: MeasureFacts, terms: AssetTerms) -> Iterator[DataWarning]:
    """Yield what the guard will object to in a measure column."""
    name, k = facts.column.name, terms.min_cohort
    if facts.not_finite:
        yield DataWarning(
            column=name,
            effect=Effect.REFUSED,
            finding=f"{facts.not_finite:,} of {facts.rows:,} rows are NaN or infinite;"
            " the room refuses a table that has any (E305).",
            advice="Write NULL instead where the table is made.",
        )
    if facts.values < MARGIN * k <= facts.rows:
        yield DataWarning(
            column=name,
            effect=Effect.SUPPRESSED,
            finding=f"only {facts.values:,} of {facts.rows:,} rows have a value; the"
            f" guard suppresses figures about fewer than {k:,} subjects.",
            advice="Fill the column, or leave its measure out of the outputs.",
        )
    if is_near_limit(facts, terms.max_clamped_share):
        yield _outside(facts, terms)


def is_near_limit(facts: MeasureFacts, tolerated: Decimal) -> bool:
    """Return whether the values outside are half of what is tolerated, or more."""
    return facts.outside > 0 and MARGIN * facts.outside >= tolerated * facts.values


def _outside(facts: MeasureFacts, terms: AssetTerms) -> DataWarning:
    """Return the warning about values outside the bounds, with wider bounds."""
    measure, tolerated = facts.column, terms.max_clamped_share
    wider = _wider_bounds(facts, tolerated)
    finding = (
        f"{share_text(facts.outside, facts.values)} of {facts.values:,} values"
        f" ({facts.outside:,}) lie outside {bounds_text(measure)}; the guard"
        f" suppresses every cell in which more than {number_text(tolerated * 100)} %"
        " do (max_clamped_share)."
    )
    if wider is None:
        return DataWarning(
            column=measure.name,
            effect=Effect.SUPPRESSED,
            finding=finding,
            advice="No bound that a contract may have covers enough of them: use a"
            " larger unit or fewer decimal places, or correct the values.",
        )
    changes = [
        f"bound of {measure.name} {number_text(old)} → {number_text(new)}"
        for old, new in (
            (measure.minimum, wider.minimum),
            (measure.maximum, wider.maximum),
        )
        if old != new
    ]
    share = share_text(wider.left, facts.values)
    return DataWarning(
        column=measure.name,
        effect=Effect.SUPPRESSED,
        finding=finding,
        advice=f"Agree on wider bounds: {', '.join(changes)} leaves {share} outside"
        f" ({wider.left:,} values).",
        change=measure_line(terms.asset, measure, wider.minimum, wider.maximum),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bounds:
    """Bounds that suffice."""

    minimum: Decimal
    maximum: Decimal
    left: int
    """Values that are outside them."""


def _wider_bounds(facts: MeasureFacts, tolerated: Decimal) -> _Bounds | None:
    """
    Return the nearest round bounds outside of which few enough values lie.

    Each side may keep a quarter of what the guard tolerates, so that both together
    stay below the half where a warning begins.
    """

    def is_few(count: int) -> bool:
        return count == 0 or 2 * MARGIN * count < tolerated * facts.values

    measure, ladder = facts.column, BoundLadder.of(facts.column)
    found = []
    left = 0
    for bound, rungs, counts in (
        (measure.minimum, ladder.below, facts.below),
        (measure.maximum, ladder.above, facts.above),
    ):
        outside = sum(counts.values())
        if is_few(outside):
            found.append(bound)
            left += outside
            continue
        number = nearest_sufficient(rungs, counts, is_few)
        if number is None:
            return None
        covered = rungs.index(number) + 1
        left += sum(n for rung, n in counts.items() if rung > covered)
        found.append(number)
    return _Bounds(minimum=found[0], maximum=found[1], left=left)
