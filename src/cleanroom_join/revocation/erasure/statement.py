"""The erasure statement: what was erased, what was searched, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.revocation.erasure.token_forms import FORMS
from cleanroom_join.version import __version__

if TYPE_CHECKING:
    import datetime as dt

    from cleanroom_join.revocation.erasure.storage_kind import StorageKind

__all__ = [
    "ErasureOutcome",
    "ErasureStatement",
    "Found",
    "NotSearched",
    "Searched",
    "TableErasure",
]


class ErasureOutcome(Described):
    """How an erasure ended."""

    ERASED = "ERASED", "Everything was searched, and holds no token of them."
    WAITING = (
        "WAITING",
        "Only files that VACUUM will delete hold one: erase again.",
    )
    INCOMPLETE = "INCOMPLETE", "Not everything was searched; the rest holds no token."
    FOUND = "FOUND", "A token is where no retention will delete it."


@dataclass(frozen=True, kw_only=True, slots=True)
class TableErasure:
    """One Gold table before and after."""

    asset: str
    version_before: int
    version_after: int
    retention_hours: int
    """Hours for which the table keeps files that no version uses, rounded up."""
    vacuumed_before: dt.datetime
    """VACUUM deleted what was out of use at this time; UTC."""
    waits_until: dt.datetime
    """From then on VACUUM deletes all that is out of use now; UTC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Searched:
    """Files of one kind, of one table or folder."""

    of: str
    """Asset, name of a consent table, or number of a folder in the call."""
    kind: StorageKind
    files: int
    size: int
    """Bytes, before anything is decoded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotSearched:
    """What nobody looked into; it is not said to hold nothing."""

    of: str
    kind: StorageKind | None
    """Which files; None for all."""
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Where a token is, or the beginning of one."""

    of: str
    kind: StorageKind
    what: str
    """A value of `FileFinding`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureStatement:
    """
    What one erasure did, for the records of a party.

    It covers every subject that the consent tables have an ERASE event of.  It holds
    no token, no digest, and no number of subjects or of their rows.
    """

    party: str
    contract: str
    """Digest of the contract."""
    events_version: int
    """Version of `consent_events` that says who is erased."""
    state_version: int
    """Version of `consent_state` that says who came back since, and is not."""
    begun: dt.datetime
    ended: dt.datetime
    tables: tuple[TableErasure, ...]
    searched: tuple[Searched, ...]
    not_searched: tuple[NotSearched, ...]
    found: tuple[Found, ...]
    archive_deleted: bool
    """Whether files of the archive held a token, and were deleted."""

    @property
    def outcome(self) -> ErasureOutcome:
        """How it ended."""
        if any(not found.kind.expires for found in self.found):
            return ErasureOutcome.FOUND
        if self.found:
            return ErasureOutcome.WAITING
        if self.not_searched:
            return ErasureOutcome.INCOMPLETE
        return ErasureOutcome.ERASED

    @property
    def waits_until(self) -> dt.datetime | None:
        """From when on erasing again helps; None unless it waits."""
        if self.outcome is not ErasureOutcome.WAITING:
            return None
        return max(table.waits_until for table in self.tables)

    def as_json(self) -> dict[str, object]:
        """Return its fields as JSON values; times in RFC 3339, UTC."""
        return {
            "statement": "cleanroom_join/erasure/v1",
            "library": __version__,
            "party": self.party,
            "contract": self.contract,
            "consent": {"events": self.events_version, "state": self.state_version},
            "begun": _time(self.begun),
            "ended": _time(self.ended),
            "outcome": self.outcome.value,
            "meaning": self.outcome.meaning,
            "waits_until": _time(self.waits_until) if self.waits_until else None,
            "forms": FORMS,
            "tables": [
                {
                    "asset": table.asset,
                    "version_before": table.version_before,
                    "version_after": table.version_after,
                    "retention_hours": table.retention_hours,
                    "vacuumed_before": _time(table.vacuumed_before),
                }
                for table in self.tables
            ],
            "searched": [
                {"of": s.of, "kind": s.kind.value, "files": s.files, "bytes": s.size}
                for s in self.searched
            ],
            "not_searched": [
                {"of": n.of, "kind": n.kind and n.kind.value, "why": n.why}
                for n in self.not_searched
            ],
            "found": [
                {"of": f.of, "kind": f.kind.value, "what": f.what} for f in self.found
            ],
            "archive_deleted": self.archive_deleted,
        }

    def to_bytes(self) -> bytes:
        """Return the statement as canonical JSON, to be signed or kept."""
        return canonical_bytes(self.as_json())


def _time(moment: dt.datetime) -> str:
    """Return a time in UTC as RFC 3339 writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
