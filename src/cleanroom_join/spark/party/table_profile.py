"""What `Gold.profile` gives the owner of a table: tokens, columns, warnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.data_profile import describe_facts, find_warnings
from cleanroom_join.disclosure.coarse_counts import coarsen_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.data_profile import DataWarning, TableFacts
    from cleanroom_join.tokens.steps import Reason

__all__ = ["TableProfile", "TokenProfile"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenProfile:
    """How many identifiers of one column have a token, and why the others have none."""

    table: str
    column: str
    min_cohort: int
    counts: Mapping[Reason | None, int]
    """Rows by reason; None counts the rows that have a token."""

    def __repr__(self) -> str:
        """Name the column; `describe` shows figures, coarsened."""
        return f"TokenProfile(table={self.table!r}, column={self.column!r})"

    @property
    def tokens(self) -> int:
        """Rows with a token."""
        return self.counts.get(None, 0)

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts.values())

    def describe(self) -> tuple[str, ...]:
        """Return one line per reason, with coarsened counts, none below k."""
        with_token = coarsen_count(self.tokens, self.min_cohort)
        lines = [f"{self.column}: {with_token} rows with a token"]
        for found, count in sorted(self.counts.items(), key=lambda item: -item[1]):
            if found is not None and count:
                lines.append(
                    f"  {found.value}: {coarsen_count(count, self.min_cohort)} rows"
                )
        return tuple(lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableProfile:
    """
    One table as it would be shared, for its owner: it has exact counts, small ones too.

    It has no identifier, and no value outside a domain that fewer than k subjects have.
    """

    tokens: tuple[TokenProfile, ...]
    """One for each token column."""
    facts: TableFacts
    terms: AssetTerms

    def __repr__(self) -> str:
        """Name the asset; `describe` shows figures."""
        return f"TableProfile(asset={self.terms.asset.name!r})"

    @property
    def warnings(self) -> tuple[DataWarning, ...]:
        """What the room will refuse or the guard will suppress, if nothing changes."""
        return find_warnings(self.facts, self.terms)

    def describe_columns(self) -> tuple[str, ...]:
        """Return lines about tokens, then one about each measure and dimension."""
        tokens = (line for profile in self.tokens for line in profile.describe())
        return (*tokens, *describe_facts(self.facts))

    def describe_warnings(self) -> tuple[str, ...]:
        """Return the lines of each warning, of which the first names the table."""
        asset = self.terms.asset
        return tuple(
            line
            for warning in self.warnings
            for first, *others in [warning.describe()]
            for line in (f"WARNING {asset.party}/{asset.name}  {first}", *others)
        )

    def describe(self) -> tuple[str, ...]:
        """Return the lines about columns, then those of the warnings."""
        return (*self.describe_columns(), *self.describe_warnings())

    def as_json(self) -> dict[str, object]:
        """Return columns and warnings as JSON has them."""
        asset = self.terms.asset
        return {
            "party": asset.party,
            "asset": asset.name,
            "columns": list(self.describe_columns()),
            "warnings": [warning.as_json() for warning in self.warnings],
        }
