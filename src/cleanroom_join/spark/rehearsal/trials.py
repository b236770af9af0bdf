"""
Changes of a contract tried on the tables of a rehearsal.

Each change is answered as the room would answer it, outputs in their order, with what
the outputs before released as history.  Nothing is saved, and nothing leaves the
machine: `cleanroom_join.advice` says what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.advice import (
    Advice,
    Answered,
    Effect,
    facts_of,
    possible_changes,
    reused_cells,
    utility,
    wider_bounds,
)
from cleanroom_join.contract import MeasureType, resolve
from cleanroom_join.contract.clock import utc_today
from cleanroom_join.disclosure import LedgerState, protect
from cleanroom_join.disclosure.ledger.entry import ConfirmedHead, next_entry
from cleanroom_join.errors import CleanRoomJoinError, InternalError
from cleanroom_join.spark.common.look import look
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.ledger.tables import Ledger, first_ledger
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.cells.shares import count_shares
from cleanroom_join.spark.room.consent import read_consent
from cleanroom_join.spark.room.inputs.engine import refuse_other_engine
from cleanroom_join.spark.room.pipeline import answer, opened
from cleanroom_join.spark.room.token_join import join

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.advice import Change, RawChange
    from cleanroom_join.advice.facts import BoundKey
    from cleanroom_join.contract import (
        Asset,
        Contract,
        MeasureColumn,
        Output,
        Query,
    )
    from cleanroom_join.disclosure import CellStatistics
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
    from cleanroom_join.spark.common.table_source import FrameSource
    from cleanroom_join.spark.ledger.joint_key import JointKey

    Progress = Callable[[str], AbstractContextManager[object]]
    """Called with a step's name; the step runs inside what it returns."""

__all__ = ["advise"]

_OUTSIDE = (Decimal("0.5"), Decimal("0.1"))
"""Shares of `max_clamped_share` that wider bounds leave outside."""

_FARTHEST = 1e12


def advise(
    spark: SparkSession,
    contract: Contract,
    text: str,
    source: FrameSource,
    *,
    limit: int,
    progress: Progress,
) -> Advice:
    """
    Answer a contract's outputs, and try changes that may publish more.

    Args:
        spark: The session.
        contract: The contract.
        text: Its file.
        source: The tokenised tables.
        limit: How many changes to try at most; at least zero.
        progress: Called with each step.

    Raises:
        CleanRoomJoinError: If the contract as it is cannot be answered.
    """
    refuse_other_engine(spark)
    trials = _Trials(
        spark=spark, contract=contract, source=source, key=first_ledger(contract).key
    )
    for name in contract.terms.outputs:
        with progress(f"the contract as it is answers {name}"):
            trials.answer_unchanged(name)
    answers = trials.answers
    if all(utility(answered).is_complete for answered in answers.values()):
        return Advice(contract=contract, answers=answers, tried=(), untried=())
    with progress("values outside bounds"):
        bounds = _wider_bounds(contract, source)
    changes = possible_changes(text, facts_of(answers.values(), bounds))
    chosen = changes[:limit]
    effects = []
    for number, change in enumerate(chosen, start=1):
        with progress(f"try {number} of {len(chosen)}: {change.description}"):
            effects.append(trials.effect(change))
    return Advice(
        contract=contract,
        answers=answers,
        tried=tuple(effects),
        untried=changes[limit:],
    )


@dataclass(kw_only=True, repr=False)
class _Trials:
    """The answers to a contract as it is, with which changes are compared."""

    spark: SparkSession
    contract: Contract
    source: FrameSource
    key: JointKey | None
    """One for all trials, so that statistics can be used again."""
    answers: dict[str, Answered] = field(default_factory=dict)
    _tokens: dict[str, JoinedTokens] = field(default_factory=dict)
    _ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        """Begin a ledger."""
        self._ledger = self._new_ledger()

    def answer_unchanged(self, name: str) -> None:
        """Answer an output of the contract, checks of the tables included."""
        query = resolve(self.contract, self.contract.output(name))
        shared = opened(self.spark, self.contract, query, self.source)
        consent = read_consent(shared, self.contract, query)
        found = answer(self.contract, query, shared, self._ledger, consent)
        answered = Answered(query=query, cells=found.cells, table=found.table)
        self.answers[name] = answered
        self._tokens[name] = found.tokens
        _enter(self._ledger, self.contract, answered, found.tokens)

    def effect(self, change: Change) -> Effect:
        """Return what a change publishes; an error of ours is a refusal."""
        before = {name: utility(answered) for name, answered in self.answers.items()}
        try:
            after = self._after(change)
        except InternalError:
            raise
        except CleanRoomJoinError as refusal:
            return Effect(change=change, before=before, after={}, refusal=refusal)
        found = {name: utility(answered) for name, answered in after.items()}
        return Effect(change=change, before=before, after=found)

    def _after(self, change: Change) -> Mapping[str, Answered]:
        """Return the answers under a changed contract."""
        contract = change.contract
        ledger = self._new_ledger()
        found: dict[str, Answered] = {}
        for name, output in contract.terms.outputs.items():
            query = resolve(contract, output)
            before = self.answers[name]
            same_so_far = all(found[n] is self.answers[n] for n in found)
            touched = _is_touched(query, change.raw)
            if same_so_far and query == before.query and not touched:
                found[name] = before
            else:
                found[name] = self._answered(contract, output, change, ledger)
            _enter(ledger, contract, found[name], self._tokens[name])
        return found

    def _answered(
        self, contract: Contract, output: Output, change: Change, ledger: Ledger
    ) -> Answered:
        """Answer one output; its cells are counted again only if they must be."""
        query, policy = resolve(contract, output), contract.policy
        frames = {a.name: _frame(self.source(a), a, change.raw) for a in query.assets}
        joined = self._joined(query, frames, seeded=policy.contribution_bounded)
        before = self.answers[output.name]
        cells: tuple[CellStatistics, ...] | None = None
        if not _is_touched(query, change.raw):
            cells = reused_cells(before.cells, before.query, query, policy)
        if cells is None:
            fingerprinted = self.key is not None
            cells = aggregate(query, joined, policy, fingerprinted=fingerprinted)
        table = protect(
            cells,
            query,
            policy,
            ledger.history(self._tokens[output.name]),
            None if self.key is None else self.key.noise_key,
            partial(count_shares, query, joined),
        )
        return Answered(query=query, cells=cells, table=table)

    def _joined(
        self, query: Query, frames: Mapping[str, DataFrame], *, seeded: bool
    ) -> DataFrame:
        """Return the joined rows, under the key of all trials."""
        key = None if self.key is None else self.key.hash_key_row(self.spark)
        return without_spark_text(
            "joining", lambda: join(query, frames, key, seeded=seeded)
        )

    def _new_ledger(self) -> Ledger:
        """Return a ledger without entries."""
        state = LedgerState.MISSING if self.key is None else LedgerState.VERIFIED
        return Ledger(state=state, key=self.key)


def _enter(
    ledger: Ledger, contract: Contract, answered: Answered, tokens: JoinedTokens
) -> None:
    """Enter an answer, with which the next outputs are compared; not encrypted."""
    if ledger.key is None:
        return
    entry = next_entry(
        ledger.end,
        answered.query,
        answered.table,
        {cell.labels: cell.signature for cell in answered.cells},
        contract_id=contract.terms.id,
        contract_sha256=contract.digest,
        contract_revision=contract.terms.revision,
        tokens=tokens,
        as_of=utc_today(),
    )
    ledger.entries.append(entry)
    ledger.end = ConfirmedHead(run=entry.run, head="")


def _is_touched(query: Query, raw: RawChange | None) -> bool:
    """Return whether a query reads a raw table that a change concerns."""
    return raw is not None and any(raw.asset == asset.name for asset in query.assets)


def _frame(frame: DataFrame, asset: Asset, raw: RawChange | None) -> DataFrame:
    """Return a table as it would be had its owner changed the raw one."""
    if raw is None or raw.asset != asset.name:
        return frame
    column = column_named(raw.column)
    if raw.fill is None:
        return frame.where(column.isNotNull())
    return frame.withColumn(raw.column, F.coalesce(column, F.lit(raw.fill)))


def _wider_bounds(
    contract: Contract, source: FrameSource
) -> Mapping[BoundKey, tuple[Decimal, ...]]:
    """Return bounds to try for each measure column that an output reads."""
    used = {
        (asset.name, name): (asset, column)
        for output in contract.terms.outputs.values()
        for query in [resolve(contract, output)]
        for asset in query.assets
        for name, column in query.columns.items()
        if name in asset.columns and column.type is not MeasureType.BOOLEAN
    }
    shares = [s * contract.policy.max_clamped_share for s in _OUTSIDE]
    found: dict[BoundKey, tuple[Decimal, ...]] = {}
    for (asset_name, name), (asset, column) in used.items():
        lows, highs = _quantiles(source(asset), column, shares)
        for key, bounds in wider_bounds(column, lows, highs).items():
            found[asset_name, name, key] = bounds
    return found


def _quantiles(
    frame: DataFrame, measure: MeasureColumn, shares: list[Decimal]
) -> tuple[list[Decimal], list[Decimal]]:
    """Return the values below and above which some shares of a column lie."""
    levels = [float(s) for s in shares] + [float(1 - s) for s in shares]
    number = column_named(measure.name).cast("double")
    # Neither NaN nor infinite; both are refused elsewhere.
    finite = F.when(F.abs(number) < float("inf"), number)
    counted = frame.agg(F.percentile_approx(finite, levels).alias("quantiles"))
    (row,) = look("counting values outside bounds", counted)
    if row["quantiles"] is None:
        return [], []
    unit = Decimal(1).scaleb(-measure.scale)
    # No contract has bounds so far out, and these can be rounded.
    near = [min(max(value, -_FARTHEST), _FARTHEST) for value in row["quantiles"]]
    values = [Decimal(value).quantize(unit) for value in near]
    return values[: len(shares)], values[len(shares) :]
