"""All warnings about one table, what the room would refuse first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.data_profile.data_warning import MARGIN, DataWarning, Effect
from cleanroom_join.data_profile.dimension_warnings import dimension_warnings
from cleanroom_join.data_profile.measure_warnings import measure_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.data_profile.column_facts import TableFacts

__all__ = ["find_warnings"]

_ORDER = tuple(Effect)


def find_warnings(facts: TableFacts, terms: AssetTerms) -> tuple[DataWarning, ...]:
    """
    Return what the room will refuse or the guard will suppress, if nothing changes.

    Args:
        facts: Counts of the table as it would be shared.
        terms: ``contract.asset(name)`` of the same table.
    """
    found = [*_subjects(facts, terms), *_repeated(facts, terms)]
    for measure in facts.measures:
        found += measure_warnings(measure, terms)
    for dimension in facts.dimensions:
        found += dimension_warnings(dimension, terms)
    return tuple(sorted(found, key=lambda warning: _ORDER.index(warning.effect)))


def _subjects(facts: TableFacts, terms: AssetTerms) -> Iterator[DataWarning]:
    """Yield token columns with hardly enough tokens for one cell."""
    k = terms.min_cohort
    for column, rows in facts.with_token.items():
        if rows < MARGIN * k:
            yield DataWarning(
                column=column,
                effect=Effect.REFUSED,
                finding=f"{rows:,} of {facts.rows:,} rows have a token; the room"
                f" needs at least {k:,} subjects of each kind (E303).",
                advice="Look at the reasons above, and at the consent column if there"
                " is one.",
            )


def _repeated(facts: TableFacts, terms: AssetTerms) -> Iterator[DataWarning]:
    """Yield that subjects repeat where the contract promises one row for each."""
    repeated = facts.repeated
    if repeated is None or repeated.subjects == 0:
        return
    name = terms.asset.name
    yield DataWarning(
        column=repeated.column,
        effect=Effect.REFUSED,
        finding=f"subjects on more than one row: {repeated.subjects:,}"
        f" ({repeated.rows:,} rows); the room refuses the table (E311).",
        advice="Keep one row for each subject where the table is made, or take"
        f' one_row_per = "{repeated.subject}" out of [assets.{name}].',
    )
