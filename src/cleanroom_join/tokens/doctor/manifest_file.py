"""
Token manifests as JSON: written canonically, read as untrusted input.

Reading names the path of a fault and quotes nothing: the file comes from the other
party, and its text must not reach a terminal or a log.
"""

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
    GROUPINGS,
    MOST_BUCKETS,
    SCHEMA,
    SHARE_STEPS,
    ColumnManifest,
    ComponentManifest,
    TokenManifest,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from cleanroom_join.tokens.doctor.manifest import Groupings

__all__ = ["read_manifest", "save_manifest", "write_manifest"]

_MOST_BYTES = 1_000_000
_MOST_ENTRIES = 400
_MOST_COLUMNS = 50
_MOST_COMPONENTS = 8
_MOST_KEYS = 20
_LONGEST_TEXT = 300
_PER_MILLE = 1000
_LARGEST = 10**15


def write_manifest(manifest: TokenManifest) -> bytes:
    """Return the manifest as canonical JSON on one line."""
    document = {"schema": SCHEMA, **_plain(manifest)}
    return canonical_bytes(document) + b"\n"


def save_manifest(manifest: TokenManifest, path: str | os.PathLike[str]) -> None:
    """
    Write the manifest to a new file.

    Raises:
        WriteFailed: If the file is there already.
    """
    target = Path(path)
    try:
        with target.open("xb") as file:
            file.write(write_manifest(manifest))
    except FileExistsError:
        raise WriteFailed.exists(f'file "{printable(target.name)}"') from None


def read_manifest(data: bytes) -> TokenManifest:
    """
    Return the manifest that *data* holds.

    Raises:
        TokenError: If it is not a manifest, with the path of the fault in it.
    """
    if len(data) > _MOST_BYTES:
        raise TokenError.manifest("manifest", "is larger than 1 MB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise TokenError.manifest("manifest", "is not JSON") from None
    top = _Object(document, "manifest")
    if top.text("schema") != SCHEMA:
        raise TokenError.manifest("manifest.schema", f'is not "{SCHEMA}"')
    manifest = _manifest(top)
    k = manifest.min_cohort
    if k < COHORT_FLOOR:
        raise TokenError.manifest("manifest.min_cohort", f"is below {COHORT_FLOOR}")
    for column in manifest.columns:
        counts = [count for grouping in column.buckets for count in grouping]
        if min(counts, default=k) < k or 0 < column.subjects < k:
            raise TokenError.manifest("manifest.columns", "has a count below its own k")
    return manifest


def _plain(value: Any) -> Any:
    """Return a manifest's value as JSON can hold it; shares in thousandths."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)
        }
    if isinstance(value, (dict, MappingProxyType)):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return round(value * _PER_MILLE) if isinstance(value, float) else value


class _Object:
    """A JSON object and its path; gives members of the wanted type or raises."""

    def __init__(self, content: object, path: str) -> None:
        if not isinstance(content, dict) or len(content) > _MOST_ENTRIES:
            raise TokenError.manifest(path, "is not an object of reasonable size")
        self.content, self.path = content, path

    def member(self, key: str) -> object:
        """Return a member that must be there."""
        if key not in self.content:
            raise TokenError.manifest(f"{self.path}.{key}", "is missing")
        return self.content[key]

    def text(self, key: str) -> str:
        """Return a text of one line."""
        return _text(self.member(key), f"{self.path}.{key}")

    def count(self, key: str) -> int:
        """Return an integer from 0 on."""
        return _count(self.member(key), f"{self.path}.{key}")

    def digest(self, key: str) -> str:
        """Return a SHA-256 in hexadecimal."""
        return _digest(self.member(key), f"{self.path}.{key}")

    def items(self, key: str, most: int) -> list[object]:
        """Return a list of at most *most* items."""
        value = self.member(key)
        if not isinstance(value, list) or len(value) > most:
            raise TokenError.manifest(
                f"{self.path}.{key}", f"is not a list of up to {most}"
            )
        return value

    def mapping(
        self, key: str, read: Callable[[object, str], Any]
    ) -> Mapping[str, Any]:
        """Return a mapping of which *read* takes every value."""
        inner = _Object(self.member(key), f"{self.path}.{key}")
        return MappingProxyType(
            {
                _text(name, inner.path): read(value, inner.path)
                for name, value in inner.content.items()
            }
        )

    def objects(self, key: str, most: int) -> list[_Object]:
        """Return a list of at most *most* objects."""
        items = self.items(key, most)
        return [_Object(o, f"{self.path}.{key}[{i}]") for i, o in enumerate(items)]


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
    """Return an integer from 0 on; a boolean is none."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    if not is_count or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise TokenError.manifest(path, "is not a whole number from 0")
    return value


def _share(value: object, path: str) -> float:
    """Return a share that was written in thousandths."""
    return min(_count(value, path), _PER_MILLE) / _PER_MILLE


def _step(value: object, path: str) -> float:
    """Return one of the shares that a manifest may have, written in thousandths."""
    share = _count(value, path) / _PER_MILLE
    if share not in SHARE_STEPS:
        raise TokenError.manifest(path, "is not one of the published steps")
    return share


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


def _manifest(read: _Object) -> TokenManifest:
    """Read the manifest from its outermost object."""
    retiring = read.items("retiring", _MOST_KEYS)
    return TokenManifest(
        party=read.text("party"),
        asset=read.text("asset"),
        library=read.text("library"),
        engine=read.text("engine"),
        partnership=read.text("partnership"),
        key_id=read.text("key_id"),
        retiring=tuple(_text(key_id, f"{read.path}.retiring") for key_id in retiring),
        key_check_value=read.text("key_check_value"),
        spec_sha256=read.digest("spec_sha256"),
        tables=read.mapping("tables", _digest),
        vectors_sha256=read.digest("vectors_sha256"),
        steps=read.mapping("steps", _digests),
        min_cohort=read.count("min_cohort"),
        columns=tuple(_column(one) for one in read.objects("columns", _MOST_COLUMNS)),
        outside=read.mapping("outside", _step),
        missing=read.mapping("missing", _step),
    )


def _column(read: _Object) -> ColumnManifest:
    """Read one token column."""
    components = read.objects("components", _MOST_COMPONENTS)
    if not components:
        raise TokenError.manifest(f"{read.path}.components", "is empty")
    return ColumnManifest(
        column=read.text("column"),
        subject=read.text("subject"),
        label=read.text("label"),
        components=tuple(_component(one) for one in components),
        reasons=read.mapping("reasons", _count),
        subjects=read.count("subjects"),
        multiplicity=read.mapping("multiplicity", _count),
        buckets=_groupings(read),
        made_by=read.mapping("made_by", _share),
    )


def _groupings(read: _Object) -> Groupings:
    """Read the buckets of a column, of each grouping."""
    path = f"{read.path}.buckets"
    groupings = read.items("buckets", GROUPINGS)
    found = []
    for grouping, most in zip(groupings, MOST_BUCKETS, strict=False):
        if not isinstance(grouping, list) or len(grouping) > most:
            raise TokenError.manifest(path, f"is not a list of lists of up to {most}")
        if len(grouping) & (len(grouping) - 1):
            raise TokenError.manifest(path, "is not a power of two long")
        found.append(tuple(_count(item, path) for item in grouping))
    return tuple(found)


def _component(read: _Object) -> ComponentManifest:
    """Read one raw column."""
    figures = ("reasons", "raw_lengths", "lengths", "masks", "removed", "traits")
    return ComponentManifest(
        source=read.text("source"),
        kind=read.text("kind"),
        declared=read.text("declared"),
        **{name: read.mapping(name, _count) for name in figures},
    )
