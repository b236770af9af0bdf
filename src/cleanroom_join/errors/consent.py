"""Errors of consent: a state that no run and no table may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ConsentRefused"]

_RUN_THE_JOB = "run the revocation job of {party}, then run this again."


class ConsentRefused(CleanRoomJoinError):
    """Consent is unknown, out of date or suspended: run the revocation job first."""

    code = "E610"

    @classmethod
    def early_heartbeat(cls, party: str) -> ConsentRefused:
        """Say that a heartbeat is of a time that is still to come."""
        return cls(
            f"the consent state of {printable(party)} has a heartbeat in the future.",
            hint="compare the clocks of the revocation job and of the room, then run"
            " the job again.",
            code="E610",
        )

    @classmethod
    def no_heartbeat(cls, party: str) -> ConsentRefused:
        """Say that nobody knows how fresh a party's consent state is."""
        return cls(
            f"the consent state of {printable(party)} has no heartbeat.",
            hint=_RUN_THE_JOB.format(party=printable(party)),
            code="E610",
        )

    @classmethod
    def stale(cls, party: str, hours: int, allowed: int) -> ConsentRefused:
        """Say how old a party's consent state is, and how old it may be."""
        return cls(
            f"the consent state of {printable(party)} is {hours:,} hours old; the"
            f" contract allows {allowed:,}.",
            hint=_RUN_THE_JOB.format(party=printable(party)),
            code="E610",
        )

    @classmethod
    def suspended(cls, what: str, by: str) -> ConsentRefused:
        """Say which party or table is suspended, and whose state says so."""
        return cls(
            f"{what} is suspended: the consent state of {printable(by)} says so.",
            hint="nothing is computed until that party resumes it by an event with"
            " evidence.",
            code="E611",
        )

    @classmethod
    def odd_rows(cls, party: str) -> ConsentRefused:
        """Say that a consent state has rows that no revocation job writes."""
        return cls(
            f"the consent state of {printable(party)} has rows that no revocation job"
            " writes: a key twice, or a scope, action or key that is none.",
            hint="that party makes the state again from its events; nothing else may"
            " write it.",
            code="E612",
        )

    @classmethod
    def other_columns(cls, party: str, expected: Iterable[str]) -> ConsentRefused:
        """Say which columns a consent state must have."""
        return cls(
            f"the consent state of {printable(party)} lacks columns, or has them of"
            f" another type; it needs {quoted(expected)}.",
            hint="share the table that the revocation job writes, or a view with these"
            " columns of all its rows.",
            code="E612",
        )

    @classmethod
    def other_key_ids(cls, party: str, table: str | None = None) -> ConsentRefused:
        """Say that tokens of opt-outs are of a key that tables have no tokens of."""
        where = "the contract accepts" if table is None else f"{printable(table)} has"
        return cls(
            f"the consent state of {printable(party)} has opt-outs whose tokens are of"
            f" another key than those that {where}, so they would be overlooked.",
            hint="that party delivers these opt-outs under the active key too, and then"
            " removes the rows of the other key (docs/howto/change-the-key.md).",
            code="E613",
        )

    @classmethod
    def no_state(cls, asset: str, table: str) -> ConsentRefused:
        """Say that the contract wants the consent state applied to a table."""
        return cls(
            f"the contract excludes the subjects of {printable(table)} from"
            f" {printable(asset)}, and no consent state was given.",
            hint='pass it: tokenise(…, consent_state="catalog.schema.consent_state").',
            code="E614",
        )
