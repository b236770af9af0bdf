"""Which entries of a ledger cannot be compared with a run, and should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import ContractTerms
    from cleanroom_join.disclosure.ledger.entry import Entry
    from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens

__all__ = ["Uncompared", "uncompared"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncompared:
    """What the ledger holds of other tokens than those of a run."""

    tokens: JoinedTokens
    """Those of the run."""
    others: Mapping[JoinedTokens, int]
    """
    Other tokens with their last run, as far as the contract does not accept it.

    Those of the run itself are among them if they are of several kinds of subject.
    """
    accepted_through: int
    """The last run that the contract accepts."""
    last_run: int
    """The last run of the ledger."""


def uncompared(
    tokens: JoinedTokens, entries: Sequence[Entry], terms: ContractTerms
) -> Uncompared:
    """
    Return which earlier entries cannot be compared with a run, and should be.

    Both parties may accept it, in the contract: for all entries up to one run, or for
    kinds of subject that never stand for the same people.

    Releases that join on several kinds of subject are compared, but not with certainty:
    a party can choose by which of two identities of a person it matches that person
    (docs/explanation/limits.md).  So they are among these, too.

    Args:
        tokens: Those that the run joined.
        entries: The ledger, without the run itself.
        terms: The contract of the run.
    """
    accepted = 0 if terms.ledger is None else terms.ledger.uncompared_through
    names = () if terms.ledger is None else terms.ledger.kinds_apart
    apart = {terms.subjects[name].identifier.label for name in names}
    others = {
        entry.tokens: entry.run
        for entry in entries
        if entry.tokens is not None
        and (entry.tokens != tokens or tokens.of_several_kinds)
        and entry.run > accepted
        and not (
            entry.tokens.identifier != tokens.identifier
            and {entry.tokens.identifier, tokens.identifier} <= apart
        )
    }
    last = max((entry.run for entry in entries), default=0)
    return Uncompared(
        tokens=tokens, others=others, accepted_through=accepted, last_run=last
    )
