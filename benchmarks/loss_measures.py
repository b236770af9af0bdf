"""
What the guard publishes of one table, beside what passes its rules by itself.

A leaf is *good* if it is published with neither totals nor coarser labels, so that
nothing has to be suppressed for others; a marginal is good if it is published as the
only cell of a query.  Both are decided with the largest budget that a contract can
have.  A *person-cell* is one joined subject in one cell.
"""

from __future__ import annotations

import time
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from benchmarks.loss_levels import (
    bare_query,
    is_leaf,
    kept_dimensions,
    level_name,
    level_of,
    without_coarser_labels,
)
from benchmarks.loss_steps import watched
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Protection, resolve
from cleanroom_join.disclosure import protect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from benchmarks.loss_shares import ColumnShares
    from benchmarks.loss_steps import Steps
    from benchmarks.loss_tables import LossTable
    from cleanroom_join.attacks.game import Row
    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure import CellStatistics, GuardedTable

__all__ = ["Asked", "Decided", "Good", "ask", "decide", "good_cells"]

KEY = b"k" * 32
"""Of noise and fingerprints; nothing here is secret."""

LARGEST_BUDGET = Decimal(1)
"""The largest budget that a contract may have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One table, counted."""

    contract: Contract
    query: Query
    rows: list[Row]
    cells: tuple[CellStatistics, ...]
    seconds: float
    """What making and counting the rows took."""

    @property
    def subjects(self) -> Mapping[CellLabels, int]:
        """Joined subjects by cell."""
        joined = self.query.subjects[0].label
        return {c.labels: c.subjects[joined].subjects for c in self.cells}


@dataclass(frozen=True, kw_only=True, slots=True)
class Good:
    """What passes every rule by itself."""

    leaves: frozenset[CellLabels]
    marginals: Mapping[str, frozenset[CellLabels]]
    """By the dimensions that are kept, ``diagnosis x plan``; ``all`` if none is."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What one decision published and suppressed."""

    leaves: int
    person_cells: int
    coarser: int
    marginals: dict[str, int]
    suppressed: dict[str, int]
    """Leaves and totals by rule."""
    seconds: float
    """Without what counting shares took, which is a query of Spark's."""
    share_seconds: float
    decisions: int
    rounds: int
    steps: list[dict[str, object]] = field(default_factory=list)
    """By rule, round and step: leaves, coarser cells, totals and person-cells taken."""
    unknown_steps: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return asdict(self)


def ask(
    table: LossTable,
    *,
    seed: int,
    protection: Protection | None = None,
    without: Collection[str] = (),
    fingerprints: bool = False,
) -> Asked:
    """
    Make and count the rows of a table.

    Args:
        table: The table.
        seed: Of its rows.
        protection: Instead of the contract's.
        without: What is not asked for: ``labels``, the coarser ones, or ``totals``.
        fingerprints: Whether cells have fingerprints, with which differencing compares
            cells that may share subjects.  They take most of the time.
    """
    start = time.perf_counter()
    contract = Contract.from_toml(table.contract)
    if protection is not None:
        contract = replace(
            contract, policy=replace(contract.policy, protection=protection)
        )
    output = contract.output(table.output)
    if "totals" in without:
        output = replace(output, totals=())
    if "labels" in without:
        contract = without_coarser_labels(contract)
    query = resolve(contract, output)
    rows = table.rows(seed)
    cells = count(rows, query, KEY if fingerprints else None, contract.policy)
    if not fingerprints:
        cells = tuple(
            replace(c, cell_key=zlib.crc32(repr(c.labels).encode())) for c in cells
        )
    return Asked(
        contract=contract,
        query=query,
        rows=rows,
        cells=cells,
        seconds=time.perf_counter() - start,
    )


def good_cells(asked: Asked) -> Good:
    """Return what passes every rule by itself."""
    leaves = [c for c in asked.cells if is_leaf(c.labels, asked.query)]
    everything = _labels_published(asked, asked.query.output.group_by, leaves)
    marginals = {
        level_name(kept): _labels_published(
            asked,
            kept,
            [c for c in asked.cells if kept_dimensions(c.labels, asked.query) == kept],
        )
        for kept in asked.query.output.totals
    }
    return Good(leaves=everything, marginals=MappingProxyType(marginals))


def decide(
    asked: Asked, shares: ColumnShares, *, largest_budget: bool = False
) -> Decided:
    """
    Decide a table.

    Args:
        asked: The table.
        shares: Counts the shares of its subjects.
        largest_budget: Whether to take the largest budget instead of the contract's.
    """
    policy = asked.contract.policy
    if largest_budget:
        policy = with_largest_budget(policy)
    before = shares.seconds
    with watched() as steps:
        start = time.perf_counter()
        table = protect(asked.cells, asked.query, policy, None, KEY, shares)
        seconds = time.perf_counter() - start
    counting = shares.seconds - before
    return _decided(asked, table, steps, seconds - counting, counting)


def with_largest_budget(policy: Policy) -> Policy:
    """Return a policy with the largest budget that a contract may have."""
    return replace(
        policy, budget_values=LARGEST_BUDGET, budget_membership=LARGEST_BUDGET
    )


def _decided(
    asked: Asked,
    table: GuardedTable,
    steps: Steps,
    seconds: float,
    share_seconds: float,
) -> Decided:
    """Return what a guarded table says, in numbers."""
    published = [cell.labels for cell in table.published]
    leaves = [labels for labels in published if is_leaf(labels, asked.query)]
    levels = Counter(level_of(labels, asked.query) for labels in published)
    return Decided(
        leaves=len(leaves),
        person_cells=sum(asked.subjects[labels] for labels in leaves),
        coarser=levels["coarser"],
        marginals={
            level_name(kept): levels[level_name(kept)]
            for kept in asked.query.output.totals
        },
        suppressed=dict(Counter(cell.rule.value for cell in table.suppressed)),
        seconds=round(seconds, 2),
        share_seconds=round(share_seconds, 2),
        decisions=steps.decision,
        rounds=steps.round,
        steps=_summed(asked, steps),
        unknown_steps=steps.unknown,
    )


def _summed(asked: Asked, steps: Steps) -> list[dict[str, object]]:
    """Return how much each step took, by rule, round and step, in their order."""
    subjects = asked.subjects
    found: dict[tuple[int, str, str], Counter[str]] = {}
    for taken in steps.last_decision:
        sums = found.setdefault((taken.round, taken.rule, taken.step), Counter())
        sums["times"] += 1
        for labels in taken.cells:
            level = level_of(labels, asked.query)
            sums[level if level in ("leaf", "coarser") else "total"] += 1
            if level == "leaf":
                sums["person_cells"] += subjects[labels]
    return [
        {
            "round": number,
            "rule": rule,
            "step": step,
            "times": sums["times"],
            "leaves": sums["leaf"],
            "person_cells": sums["person_cells"],
            "coarser": sums["coarser"],
            "totals": sums["total"],
        }
        for (number, rule, step), sums in found.items()
    ]


def _labels_published(
    asked: Asked, kept: Sequence[str], cells: Sequence[CellStatistics]
) -> frozenset[CellLabels]:
    """
    Return the cells of one level that are published without any other level.

    The level is asked for as a query of its own.  A query has a dimension at least, so
    the whole is asked for as the first value of the first dimension.
    """
    names = kept or asked.query.output.group_by[:1]
    output = replace(asked.query.output, group_by=tuple(names))
    query = bare_query(asked.contract, output)
    own: dict[CellLabels, CellLabels] = {}
    relabelled = []
    for cell in cells:
        labels = _own_labels(cell.labels, asked.query, query, whole=not kept)
        own[labels] = cell.labels
        relabelled.append(replace(cell, labels=labels))
    policy = with_largest_budget(asked.contract.policy)
    table = protect(relabelled, query, policy, None, KEY)
    return frozenset(own[cell.labels] for cell in table.published)


def _own_labels(
    labels: CellLabels, query: Query, own: Query, *, whole: bool
) -> CellLabels:
    """Return the labels that a cell has in a query for its level alone."""
    if whole:
        return (own.dimensions[0].values[0],)
    by_name = {d.name: v for d, v in zip(query.dimensions, labels, strict=True)}
    found = [by_name[d.name] for d in own.dimensions]
    return tuple(
        v == "true" if d.type.value == "boolean" and isinstance(v, str) else v
        for d, v in zip(own.dimensions, found, strict=True)
    )
