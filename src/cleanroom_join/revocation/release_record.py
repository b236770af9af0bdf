"""
What a party keeps of each release, to know later which consent it was made with.

It is the commit metadata that every release table has in its Delta history
(``DESCRIBE HISTORY``, column ``userMetadata``): digests, names, and for each party the
version and the time of the consent state that the run read.  No figure is in it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.errors import ConsentRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ReleaseRecord", "consent_document", "read_release_record"]

_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
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
    consent: Mapping[str, dt.datetime]
    """By party, the time of the consent state that the run read; empty if unknown."""


def consent_document(read: Mapping[str, dt.datetime]) -> dict[str, str]:
    """Return the times of the consent states as a release's metadata has them."""
    return {party: _written(time) for party, time in read.items()}


def read_release_record(data: bytes, file: str) -> ReleaseRecord:
    """
    Return the record that a file holds.

    Args:
        data: Commit metadata, as JSON.
        file: Name of the file, for an error.

    Raises:
        ConsentRefused: If it is no such record (E630).
    """
    try:
        return _record(json.loads(data[: _MOST_BYTES + 1])["cleanroom_join"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ConsentRefused.release_record(file) from None


def _record(fields: Mapping[str, object]) -> ReleaseRecord:
    """Return the record of some fields, or raise an error of Python's."""
    revision, consent = fields["contract_revision"], fields.get("consent", {})
    if type(revision) is not int or not isinstance(consent, dict):
        raise TypeError
    times = {_text(party): _read(_text(time)) for party, time in consent.items()}
    return ReleaseRecord(
        release_sha256=_digest(_text(fields["release_sha256"])),
        output=_text(fields["output"]),
        contract_id=_text(fields["contract_id"]),
        contract_revision=revision,
        consent=MappingProxyType(times),
    )


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


def _read(text: str) -> dt.datetime:
    """Return the time that `_written` wrote, or raise ValueError."""
    if _TIME.fullmatch(text) is None:
        raise ValueError
    return dt.datetime.fromisoformat(text[:-1]).replace(tzinfo=dt.timezone.utc)


def _written(time: dt.datetime) -> str:
    """Return a time in UTC, of whole seconds."""
    return f"{time.astimezone(dt.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
