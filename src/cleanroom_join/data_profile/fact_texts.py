"""What is in one's own table, in plain numbers: one line for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import OTHER, MeasureType
from cleanroom_join.data_profile.contract_lines import number_text
from cleanroom_join.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanroom_join.contract import MeasureColumn
    from cleanroom_join.data_profile.column_facts import (
        DimensionFacts,
        MeasureFacts,
        TableFacts,
    )

__all__ = ["bounds_text", "describe_facts", "labels_text", "rows_text", "share_text"]

_SHOWN = 5
"""Labels that one line lists."""


def describe_facts(facts: TableFacts) -> Iterator[str]:
    """
    Yield one line for each measure and dimension, and one about repeated subjects.

    For the owner of the table only: the lines have exact counts, small ones too.
    """
    for measure in facts.measures:
        yield _measure(measure)
    for dimension in facts.dimensions:
        yield _dimension(dimension)
    if facts.repeated is not None:
        repeated = facts.repeated
        yield (
            f"{repeated.column}: subjects on more than one row:"
            f" {repeated.subjects:,} ({rows_text(repeated.rows)});"
            f" the contract promises one row per {repeated.subject}"
        )


def _measure(facts: MeasureFacts) -> str:
    """Return the line of a measure."""
    found = []
    if facts.column.type is not MeasureType.BOOLEAN:
        share = share_text(facts.outside, facts.values)
        above, below = sum(facts.above.values()), sum(facts.below.values())
        found.append(
            f"{share} of {facts.values:,} values outside {bounds_text(facts.column)}"
            f" ({above:,} above, {below:,} below)"
        )
    found.append(_nulls(facts.nulls, facts.rows))
    if facts.not_finite:
        found.append(f"{facts.not_finite:,} NaN or infinite")
    return f"{facts.column.name}: {', '.join(found)}"


def _dimension(facts: DimensionFacts) -> str:
    """Return the line of a dimension."""
    found = []
    if facts.column.has_other:
        share = share_text(facts.others, facts.rows)
        found.append(f"{OTHER} in {share} ({rows_text(facts.others)})")
        found += [
            f"of them {labels_text([value.text])} ({value.rows:,})"
            for value in facts.frequent_others
        ]
    found.append(_nulls(facts.nulls, facts.rows))
    if facts.unused:
        found.append(f"no row has {labels_text(facts.unused)}")
    return f"{facts.column.name}: {', '.join(found)}"


def _nulls(nulls: int, rows: int) -> str:
    """Return how many rows have no value."""
    return f"NULL in {share_text(nulls, rows)} ({rows_text(nulls)})"


def rows_text(count: int) -> str:
    """Return a number of rows."""
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def bounds_text(measure: MeasureColumn) -> str:
    """Return the declared bounds."""
    return f"{number_text(measure.minimum)} to {number_text(measure.maximum)}"


def labels_text(labels: Iterable[str]) -> str:
    """Return labels in quotation marks, the first five of them."""
    texts = [f'"{printable(label)}"' for label in labels]
    more = len(texts) - _SHOWN
    shown = ", ".join(texts[:_SHOWN])
    return f"{shown} and {more:,} more" if more > 0 else shown


def share_text(count: int, whole: int) -> str:
    """
    Return a share in percent with one decimal place; never 0 % of something.

    Examples:
        >>> [share_text(n, 3000) for n in (0, 1, 60, 1000, 2999, 3000)]
        ['0 %', 'under 0.1 %', '2 %', '33.3 %', 'over 99.9 %', '100 %']
    """
    tenths = round(1000 * count / max(whole, 1))
    if count and not tenths:
        return "under 0.1 %"
    if count < whole and tenths == 1000:  # noqa: PLR2004 - a hundred percent
        return "over 99.9 %"
    return f"{tenths // 10}.{tenths % 10} %".replace(".0 ", " ")
