"""
Whether an answer was compared with all releases of the ledger.

The guard compares subjects by hashes of their tokens.  Releases about tokens of another
key, of another kind of subject or of another partnership may be about the same people,
and nothing tells.  So such an answer waits until both parties have accepted it in the
contract, for the releases that there are and for no later ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.disclosure.ledger.uncompared import Uncompared

__all__ = ["comparability_problems"]


def comparability_problems(uncompared: Uncompared) -> Iterator[str]:
    """Yield the other tokens of the ledger that the contract does not accept."""
    if not 0 <= uncompared.accepted_through <= uncompared.last_run:
        yield (
            "the contract accepts the releases through run"
            f" {uncompared.accepted_through} as not compared, and the ledger ends with"
            f" run {uncompared.last_run}: uncompared_through names a run that there is"
        )
    for tokens, run in uncompared.others.items():
        if tokens == uncompared.tokens:
            yield (
                f"the answer and run {run} of the ledger are about several kinds of"
                " subject, and a party can choose by which of a person's identities it"
                " matches the person: both parties accept that with uncompared_through;"
                " docs/howto/join-on-several-kinds.md says what to look at"
            )
            continue
        yield (
            f"the answer is about tokens of {uncompared.tokens}, run {run} of the"
            f" ledger about {tokens}: they may be the same people's, and cannot be"
            " compared; docs/howto/change-the-key.md says how both parties go on"
        )
