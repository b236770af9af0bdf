"""
Every single change of a contract that may publish more.

Each is made as a person would make it: in the contract's text, which is then read
again.  A change that the reader refuses is no change.  None makes the policy less
strict: what the two companies owe their subjects is no matter of utility.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from cleanroom_join.advice.change import Change, ChangeKind
from cleanroom_join.advice.column_changes import column_drafts
from cleanroom_join.advice.effect import Advice
from cleanroom_join.advice.facts import facts_of
from cleanroom_join.advice.output_changes import output_drafts
from cleanroom_join.advice.toml_edits import hunks
from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.advice.change import Draft, RawChange
    from cleanroom_join.advice.effect import Answered
    from cleanroom_join.advice.facts import Facts

__all__ = ["advice_without_trials", "possible_changes"]


def possible_changes(text: str, facts: Facts) -> tuple[Change, ...]:
    """
    Return the changes of a contract to try, one of each kind in turn.

    Args:
        text: The contract's file.
        facts: What the rehearsal knows of the joined rows.

    Raises:
        ContractError: If the text is no contract.
    """
    contract = Contract.from_toml(text)
    by_kind: dict[ChangeKind, list[Change]] = {kind: [] for kind in ChangeKind}
    known: set[tuple[str, RawChange | None]] = {(contract.digest, None)}
    drafts = chain(output_drafts(text, contract), column_drafts(text, contract, facts))
    for draft in drafts:
        change = _read(text, draft)
        if change is None or (change.contract.digest, change.raw) in known:
            continue
        known.add((change.contract.digest, change.raw))
        by_kind[change.kind].append(change)
    in_turn = chain.from_iterable(zip_longest(*by_kind.values()))
    return tuple(change for change in in_turn if change is not None)


def advice_without_trials(
    contract: Contract, text: str, answers: Mapping[str, Answered]
) -> Advice:
    """
    Return what a rehearsal published and suppressed, and what could be tried.

    Bounds are not among the changes: they need another look at the tables.

    Args:
        contract: The contract that was rehearsed.
        text: Its file.
        answers: The answers by output.
    """
    changes = possible_changes(text, facts_of(answers.values(), {}))
    return Advice(contract=contract, answers=answers, tried=(), untried=changes)


def _read(text: str, draft: Draft) -> Change | None:
    """Return a draft with its contract; None if it makes none."""
    try:
        contract = Contract.from_toml(draft.text)
    except ContractError:
        return None
    return Change(
        kind=draft.kind,
        description=draft.description,
        hunks=hunks(text, draft.text),
        contract=contract,
        raw=draft.raw,
    )
