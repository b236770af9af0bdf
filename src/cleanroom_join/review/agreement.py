"""
Whether a run is under what both parties agreed.

The party that runs the room fills in the notebook's parameters, so it alone brings the
contract and the library.  The *other* party's anchor row names the digests of both: it
is the one word in a run that the runner cannot give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.disclosure.ledger.agreed import AgreedDigests

__all__ = ["agreement_problems", "revision_problems"]

_STATED = "`cleanroom-join check` prints it"


def agreement_problems(
    running: AgreedDigests, anchored: AgreedDigests
) -> Iterator[str]:
    """
    Yield each digest of the run that is not the one in the other party's anchor.

    An anchor may name several, with blanks between them: two companies may have several
    contracts, and one ledger.

    Args:
        running: Of the contract and the library that run.
        anchored: As the other party's anchor names them.
    """
    yield from _digest_problems(
        "contract",
        running.contract,
        anchored.contract,
        "run the file that both parties agreed on; if this is it, the other party"
        " updates its anchor",
    )
    yield from _digest_problems(
        "library",
        running.library,
        anchored.library,
        "install the wheel that both parties agreed on; if this is it, the other party"
        " updates its anchor",
    )


def _digest_problems(
    name: str, running: str | None, anchored: str | None, remedy: str
) -> Iterator[str]:
    """Yield a problem unless a digest is known, anchored, and the same."""
    if not isinstance(running, str) or not running:
        yield f"the digest of the {name} that runs is not known"
    elif not isinstance(anchored, str) or not anchored:
        yield (
            f"the other party's anchor has no {name}_sha256: it adds the digest of the"
            f" {name} that both parties agreed on, {_STATED}"
        )
    elif running not in anchored.split():
        yield (
            f"the {name} that runs has the digest {running}, the other party's anchor"
            f" expects {printable(anchored)}: {remedy}"
        )


def revision_problems(revision: int, highest_revision: int) -> Iterator[str]:
    """
    Yield a problem if the contract is older than an entry of the ledger.

    Args:
        revision: Of the contract that runs.
        highest_revision: Of the contract's entries in the ledger; 0 if there are none.
    """
    if revision < 1 or not 0 <= highest_revision <= revision:
        yield (
            f"the contract is revision {revision}, the ledger has a release of revision"
            f" {highest_revision}: run the latest revision; to return to older terms,"
            " agree on them as a new revision"
        )
