"""Search of a folder: every file, no link followed, nothing outside of it."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.revocation.erasure.file_search import (
    FileFinding,
    Unread,
    search_file,
)
from cleanroom_join.revocation.erasure.token_forms import holds_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import PurePath

    from cleanroom_join.revocation.erasure.storage_kind import StorageKind
    from cleanroom_join.revocation.erasure.subjects import ErasedSubjects

__all__ = ["FolderSearch", "delete_files", "search_folder"]

_LINK = Unread("links are not followed")
_SPECIAL = Unread("they are neither files nor folders")
_CLOSED = Unread("folders cannot be listed")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FolderSearch:
    """What was searched in a folder, and what was found."""

    files: Mapping[StorageKind, int]
    """Files by what they are for, those not read included."""
    sizes: Mapping[StorageKind, int]
    """Their bytes."""
    found: Mapping[Path, tuple[StorageKind, FileFinding]]
    """Files that hold something; their paths may, too."""
    unread: frozenset[tuple[StorageKind, str]]
    """What was not searched, and why."""
    names: frozenset[str]
    """Names of all files."""


def search_folder(
    root: Path, kind_of: Callable[[PurePath], StorageKind], subjects: ErasedSubjects
) -> FolderSearch:
    """
    Search every file under a folder, and its path: a folder of a partition has a name.

    Args:
        root: The folder; if it is a link, the folder that it leads to.
        kind_of: What a file is for, by its path from the folder.
        subjects: Whose tokens to look for.

    Raises:
        OSError: If there is no such folder.
    """
    root = root.resolve(strict=True)
    files: Counter[StorageKind] = Counter()
    sizes: Counter[StorageKind] = Counter()
    found: dict[Path, tuple[StorageKind, FileFinding]] = {}
    unread: set[tuple[StorageKind, str]] = set()
    names: set[str] = set()
    for path, obstacle in _walk(root):
        inside = path.relative_to(root)
        kind = kind_of(inside)
        names.add(path.name)
        files[kind] += 1
        result: FileFinding | Unread
        if holds_text(os.fsencode(inside), subjects):
            result = FileFinding.TOKEN
        else:
            result = obstacle or search_file(path, kind, subjects)
        if isinstance(result, Unread):
            unread.add((kind, result.why))
        elif result is not FileFinding.NOTHING:
            found[path] = kind, result
        if obstacle is None and path.exists():
            sizes[kind] += path.lstat().st_size
    return FolderSearch(
        files=files,
        sizes=sizes,
        found=found,
        unread=frozenset(unread),
        names=frozenset(names),
    )


def delete_files(root: Path, searched: FolderSearch) -> None:
    """
    Delete the files that hold a token, each only if it is still a file in the folder.

    Raises:
        OSError: If one cannot be deleted.
    """
    root = root.resolve(strict=True)
    for path, (_, finding) in searched.found.items():
        inside = path.parent.resolve() == path.parent and root in path.parents
        if finding is FileFinding.TOKEN and inside and not path.is_symlink():
            path.unlink(missing_ok=True)


def _walk(folder: Path) -> Iterator[tuple[Path, Unread | None]]:
    """Yield what is under a folder, folders aside, with what keeps it unread."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder, _CLOSED
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_symlink():
            yield path, _LINK
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path)
        elif stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
            yield path, None
        else:
            yield path, _SPECIAL
