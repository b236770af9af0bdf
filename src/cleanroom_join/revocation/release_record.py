"""
What a party keeps of each release, to know later which consent it was made with.

It is the commit metadata that every release table has in its Delta history
(``DESCRIBE HISTORY``, column ``userMetadata``): digests, names, the day of the run, and
for each party the version of the consent state that the run read.  No figure is in it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.errors import RevocationRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ReleaseRecord", "read_release_record"]

_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MOST_BYTES = 65_536
_MOST_TEXT = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseRecord:
    """One saved release."""

    release_sha256: str
    """Digest over its columns and rows; both parties know it."""
    output: str
    contract_id: str
    contract_revision: int
    as_of: dt.date | None
    """Day of the run, UTC; None if the metadata does not say it."""
    consent: Mapping[str, int]
    """By party, the version of the consent state that the run read, where known."""

    def applied_until(self, max_age_hours: int) -> dt.datetime | None:
        """
        Return a time up to which the run's consent states had every applied event.

        A room refuses a state that is older than the contract allows, so the state is
        at most so much older than the day of the run.

        Returns:
            None if the day is unknown.
        """
        if self.as_of is None:
            return None
        begun = dt.datetime.combine(self.as_of, dt.time(), dt.timezone.utc)
        return begun - dt.timedelta(hours=max_age_hours)


def read_release_record(data: bytes, file: str) -> ReleaseRecord:
    """
    Return the record that a file holds.

    Args:
        data: Commit metadata, as JSON.
        file: Name of the file, for an error.

    Raises:
        RevocationRefused: If it is no such record (E630).
    """
    try:
        return _record(json.loads(data[: _MOST_BYTES + 1])["cleanroom_join"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise RevocationRefused.release_record(file) from None


def _record(fields: Mapping[str, object]) -> ReleaseRecord:
    """Return the record of some fields, or raise an error of Python's."""
    consent, day = fields.get("consent", {}), fields.get("as_of")
    if not isinstance(consent, dict):
        raise TypeError
    return ReleaseRecord(
        release_sha256=_digest(_text(fields["release_sha256"])),
        output=_text(fields["output"]),
        contract_id=_text(fields["contract_id"]),
        contract_revision=_whole(fields["contract_revision"]),
        as_of=None if day is None else _day(_text(day)),
        # A table without versions has none in it.
        consent=MappingProxyType(
            {_text(p): _whole(v) for p, v in consent.items() if v is not None}
        ),
    )


def _whole(value: object) -> int:
    """Return an integer, or raise TypeError."""
    if type(value) is not int:
        raise TypeError
    return value


def _digest(text: str) -> str:
    """Return a digest, or raise ValueError."""
    if _DIGEST.fullmatch(text) is None:
        raise ValueError
    return text


def _text(value: object) -> str:
    """Return a short text, or raise TypeError."""
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise TypeError
    return value


def _day(text: str) -> dt.date:
    """Return a day of a release, written as 2026-11-28, or raise ValueError."""
    if _DAY.fullmatch(text) is None:
        raise ValueError
    day = dt.date.fromisoformat(text)
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError
    return day
