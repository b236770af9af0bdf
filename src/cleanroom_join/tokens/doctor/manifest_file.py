"""Cards as JSON: written canonically, read as what a stranger may have sent."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cleanroom_join.contract.terms.settings import COHORT_FLOOR
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.errors import TokenError, WriteFailed, printable
from cleanroom_join.tokens.doctor.manifest import (
    MOST_BUCKETS,
    SCHEMA,
    ColumnManifest,
    PartManifest,
    TokenManifest,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

__all__ = ["read_manifest", "save_manifest", "write_manifest"]

_MOST_BYTES = 1_000_000
_MOST_ENTRIES = 400
_LONGEST_TEXT = 300
_PER_MILLE = 1000
_LARGEST = 10**15


def write_manifest(card: TokenManifest) -> bytes:
    """Return the card as canonical JSON, one line."""
    document = {"schema": SCHEMA, **_plain(card)}
    return canonical_bytes(document) + b"\n"


def save_manifest(card: TokenManifest, path: str | os.PathLike[str]) -> None:
    """
    Write the card to a new file.

    Raises:
        WriteFailed: If something is there already.
    """
    place = Path(path)
    try:
        with place.open("xb") as file:
            file.write(write_manifest(card))
    except FileExistsError:
        raise WriteFailed.exists(f'file "{printable(place.name)}"') from None


def read_manifest(data: bytes) -> TokenManifest:
    """
    Return the card that *data* holds.

    Raises:
        InvalidCard: If it is no card; nothing of it is quoted but the place.
    """
    if len(data) > _MOST_BYTES:
        raise TokenError.manifest("card", "is larger than 1 MB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise TokenError.manifest("card", "is not JSON") from None
    place = _Place(document, "card")
    if place.text("schema") != SCHEMA:
        raise TokenError.manifest("card.schema", f'is not "{SCHEMA}"')
    card = _card(place)
    k = card.min_cohort
    if k < COHORT_FLOOR:
        raise TokenError.manifest("card.min_cohort", f"is below {COHORT_FLOOR}")
    for column in card.columns:
        if min(column.buckets, default=k) < k or 0 < column.subjects < k:
            raise TokenError.manifest("card.columns", "has a count below its own k")
    return card


def _plain(value: Any) -> Any:
    """Return a card's value as JSON can hold it; shares in thousandths."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)
        }
    if isinstance(value, (dict, MappingProxyType)):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return round(value * _PER_MILLE) if isinstance(value, float) else value


class _Place:
    """A JSON object and where it is; gives members of the wanted type or raises."""

    def __init__(self, content: object, path: str) -> None:
        if not isinstance(content, dict) or len(content) > _MOST_ENTRIES:
            raise TokenError.manifest(path, "is not an object of reasonable size")
        self.content, self.path = content, path

    def _get(self, key: str) -> object:
        if key not in self.content:
            raise TokenError.manifest(f"{self.path}.{key}", "is missing")
        return self.content[key]

    def text(self, key: str) -> str:
        """Return a text of one line."""
        return _text(self._get(key), f"{self.path}.{key}")

    def count(self, key: str) -> int:
        """Return a whole number that is not negative."""
        return _count(self._get(key), f"{self.path}.{key}")

    def items(self, key: str, most: int) -> list[object]:
        """Return a list of at most *most* items."""
        value = self._get(key)
        if not isinstance(value, list) or len(value) > most:
            raise TokenError.manifest(
                f"{self.path}.{key}", f"is not a list of up to {most}"
            )
        return value

    def mapping(
        self, key: str, read: Callable[[object, str], Any]
    ) -> Mapping[str, Any]:
        """Return a mapping whose values *read* takes."""
        inner = _Place(self._get(key), f"{self.path}.{key}")
        return MappingProxyType(
            {
                _text(name, inner.path): read(value, inner.path)
                for name, value in inner.content.items()
            }
        )


def _text(value: object, path: str) -> str:
    """Return a printable text."""
    if (
        not isinstance(value, str)
        or len(value) > _LONGEST_TEXT
        or not (value.isprintable() or not value)
    ):
        raise TokenError.manifest(path, "is not a text of one line")
    return value


def _count(value: object, path: str) -> int:
    """Return a whole number that is not negative."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise TokenError.manifest(path, "is not a whole number from 0")
    return value


def _share(value: object, path: str) -> float:
    """Return a share that was written in thousandths."""
    return min(_count(value, path), _PER_MILLE) / _PER_MILLE


def _digest(value: object, path: str) -> str:
    """Return a SHA-256 in hexadecimal."""
    if not isinstance(value, str) or re.fullmatch("[0-9a-f]{64}", value) is None:
        raise TokenError.manifest(path, "is not a SHA-256")
    return value


def _digests(value: object, path: str) -> tuple[str, ...]:
    """Return a list of digests."""
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES:
        raise TokenError.manifest(path, "is not a list of digests")
    return tuple(_digest(item, path) for item in value)


def _card(place: _Place) -> TokenManifest:
    """Read the whole card."""
    return TokenManifest(
        party=place.text("party"),
        asset=place.text("asset"),
        library=place.text("library"),
        engine=place.text("engine"),
        partnership=place.text("partnership"),
        key_id=place.text("key_id"),
        retiring=tuple(
            _text(i, f"{place.path}.retiring") for i in place.items("retiring", 20)
        ),
        key_check_value=place.text("key_check_value"),
        spec_sha256=_digest(place.content.get("spec_sha256"), "card.spec_sha256"),
        tables=place.mapping("tables", _digest),
        vectors_sha256=_digest(
            place.content.get("vectors_sha256"), "card.vectors_sha256"
        ),
        steps=place.mapping("steps", _digests),
        min_cohort=place.count("min_cohort"),
        columns=tuple(
            _column(_Place(item, f"card.columns[{i}]"))
            for i, item in enumerate(place.items("columns", 50))
        ),
    )


def _column(place: _Place) -> ColumnManifest:
    """Read one token column."""
    buckets = place.items("buckets", MOST_BUCKETS)
    if len(buckets) & (len(buckets) - 1):
        raise TokenError.manifest(f"{place.path}.buckets", "is not a power of two long")
    if not place.items("parts", 8):
        raise TokenError.manifest(f"{place.path}.parts", "is empty")
    return ColumnManifest(
        column=place.text("column"),
        subject=place.text("subject"),
        label=place.text("label"),
        parts=tuple(
            _part(_Place(item, f"{place.path}.parts[{i}]"))
            for i, item in enumerate(place.items("parts", 8))
        ),
        reasons=place.mapping("reasons", _count),
        subjects=place.count("subjects"),
        multiplicity=place.mapping("multiplicity", _count),
        buckets=tuple(_count(item, f"{place.path}.buckets") for item in buckets),
        made_by=place.mapping("made_by", _share),
    )


def _part(place: _Place) -> PartManifest:
    """Read one raw column."""
    figures = ("reasons", "raw_lengths", "lengths", "masks", "removed", "traits")
    return PartManifest(
        source=place.text("source"),
        kind=place.text("kind"),
        declared=place.text("declared"),
        **{name: place.mapping(name, _count) for name in figures},
    )
