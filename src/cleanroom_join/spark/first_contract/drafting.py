"""From two raw tables to a draft: what is counted, and in which order it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_FLOOR, Contract
from cleanroom_join.errors import ContractError, InternalError
from cleanroom_join.first_contract.column_roles import Role
from cleanroom_join.first_contract.draft import (
    Draft,
    DraftColumn,
    DraftTable,
    subject_name,
    without_repeated_names,
)
from cleanroom_join.first_contract.output_choice import (
    choose_grouping,
    choose_measures,
)
from cleanroom_join.first_contract.role_choice import role_of
from cleanroom_join.first_contract.shared_identifiers import (
    choose_identifier,
    identifiers_to_try,
)
from cleanroom_join.first_contract.toml_draft import draft_toml
from cleanroom_join.spark.first_contract.cell_sizes import (
    JoinedTables,
    cell_figures,
    grouping_sizes,
)
from cleanroom_join.spark.first_contract.column_contents import described_columns
from cleanroom_join.spark.first_contract.raw_facts import column_facts
from cleanroom_join.spark.first_contract.token_tables import (
    identifier_counts,
    token_tables,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from cleanroom_join.first_contract.column_roles import ColumnRole
    from cleanroom_join.first_contract.shared_identifiers import (
        IdentifierCounts,
        SharedIdentifier,
    )
    from cleanroom_join.spark.first_contract.raw_facts import RawTable
    from cleanroom_join.spark.first_contract.token_tables import Keep, TokenTable

    Progress = Callable[[str], AbstractContextManager[object]]
    """Called with a step's name; the step runs inside what it returns."""

__all__ = ["FirstContract", "draft_contract"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstContract:
    """A draft, its text, and the contract that the text is."""

    draft: Draft
    counts: IdentifierCounts
    """How often the chosen identifier occurs; for the owner of both tables only."""
    toml: str
    contract: Contract


def draft_contract(
    tables: tuple[RawTable, RawTable],
    *,
    expires: dt.date,
    progress: Progress,
    keep: Keep,
) -> FirstContract:
    """
    Draft the first contract of two tables that one owner holds: test data.

    Args:
        tables: The raw table of the party that will run the room, and the other's.
        expires: The contract's last day.
        progress: Called with each step.
        keep: Called with a name and a frame that several queries read; it may write
            the frame down, and returns it.

    Raises:
        TableRefused: If the tables share no identifier, or nothing can be published.
        SparkFailure: If Spark fails; its own text is replaced.
    """
    k = COHORT_FLOOR
    assets = (tables[0].asset, tables[1].asset)
    with progress("looking at columns: kinds, types, names"):
        left, right = ([role_of(c) for c in column_facts(t)] for t in tables)
        identifiers = identifiers_to_try(left, right)
        numbered = [r.name for r in (*left, *right) if r.role is Role.NUMBERED]
        if not identifiers:
            # There is none to choose, so this raises, before anything is tokenised.
            choose_identifier([], assets, k, numbered=numbered)
    with progress("comparing identifiers, as tokens of a key that is forgotten"):
        made = token_tables(tables, (left, right), identifiers, keep)
        counts = identifier_counts(made, len(identifiers))
        tried = list(zip(identifiers, counts, strict=True))
        chosen, counted = choose_identifier(tried, assets, k, numbered=numbered)
        token = f"t{identifiers.index(chosen)}"
    with progress("counting values, coarser labels and bounds"):
        drafted = without_repeated_names(
            (
                _draft_table(tables[0], left, made[0], token, counted.unique[0]),
                _draft_table(tables[1], right, made[1], token, counted.unique[1]),
            )
        )
    with progress("joining, to see which cells are large enough"):
        joined = JoinedTables(made, drafted, token)
        sizes = grouping_sizes(joined)
        group_by = choose_grouping(sizes, counted.shared, k).dimensions
        figures = cell_figures(joined, group_by)
    draft = Draft(
        tables=drafted,
        identifier=chosen,
        subject=subject_name(chosen.kinds),
        alternatives=_alternatives(tried, chosen, k),
        group_by=group_by,
        measures=choose_measures(figures, group_by, k),
        expires=expires,
    )
    toml = draft_toml(draft)
    return FirstContract(draft=draft, counts=counted, toml=toml, contract=_read(toml))


def _draft_table(
    table: RawTable,
    roles: Sequence[ColumnRole],
    made: TokenTable,
    token: str,
    unique: bool,  # noqa: FBT001 - a fact of the table
) -> DraftTable:
    """Return a table with the contents of its columns, in the raw table's order."""
    described = {c.name: c for c in described_columns(made, token, COHORT_FLOOR)}
    columns = (described.get(role.name, DraftColumn(role=role)) for role in roles)
    return DraftTable(
        party=table.party,
        asset=table.asset,
        columns=tuple(columns),
        one_row_per_subject=unique,
    )


def _alternatives(
    tried: Sequence[tuple[SharedIdentifier, IdentifierCounts]],
    chosen: SharedIdentifier,
    k: int,
) -> tuple[SharedIdentifier, ...]:
    """Return the other identifiers that match k subjects."""
    return tuple(one for one, n in tried if one != chosen and n.shared >= k)


def _read(toml: str) -> Contract:
    """Return the contract that a draft is; a draft that is none is a bug of ours."""
    try:
        return Contract.from_toml(toml)
    except ContractError as error:
        codes = sorted({problem.code for problem in error.problems})
    raise InternalError.of(f"a first contract has faults ({', '.join(codes)})")
