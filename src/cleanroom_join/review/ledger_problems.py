"""What a ledger that cannot be relied on is called, and what to do about it."""

from __future__ import annotations

from cleanroom_join.disclosure import LedgerState

__all__ = ["ledger_problem", "ledger_step"]

_PROBLEMS = {
    LedgerState.MISSING: "missing: there is none, or its confirmed head or the joint"
    " key is missing",
    LedgerState.STALE: "stale: it does not end at the run that the other party"
    " confirmed last",
    LedgerState.FORKED: "forked: it ends with another head than the other party"
    " confirmed",
    LedgerState.FORGED: "forged: an entry was changed, removed or made elsewhere",
    LedgerState.OUTDATED: "outdated: the anchor or an entry lacks facts that this"
    " version compares; docs/howto/keep-the-ledger.md says how to go on",
}

_STEPS = {
    LedgerState.MISSING: "make what is missing, which the line `ledger` names:"
    " docs/howto/keep-the-ledger.md, section Once",
    LedgerState.STALE: "the runner appends the missing entry (`append_ledger`), or the"
    " other party confirms it (`confirm`); then open a new `CleanRoom`",
    LedgerState.FORKED: "two runs were made from one ledger: both parties compare the"
    " runs in the room's events, and append the entry that the other party confirmed",
    LedgerState.FORGED: "the runner restores the ledger from its Delta history; a lost"
    " secret needs new secrets and an empty ledger",
    LedgerState.OUTDATED: "add the columns, or begin an empty ledger:"
    " docs/howto/keep-the-ledger.md, section When it does not fit",
}


def ledger_problem(state: LedgerState) -> str:
    """Return the finding on a ledger; whatever is no known state is no ledger."""
    return f"the ledger is {_PROBLEMS.get(state, _PROBLEMS[LedgerState.MISSING])}"


def ledger_step(finding: str) -> str:
    """Return what to do about the text of a finding on the ledger."""
    steps = {ledger_problem(state): step for state, step in _STEPS.items()}
    return steps.get(finding, _STEPS[LedgerState.MISSING])
