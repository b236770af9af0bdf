"""
Erasure of subjects: which forms a token may have in files, the search, the statement.

Plain Python over files.  No session may come in, and no token: whom to search for is
known by digests, and what a search found is told without saying about whom.
"""

from __future__ import annotations

from cleanroom_join.revocation.erasure.file_search import FileFinding
from cleanroom_join.revocation.erasure.folder_search import (
    FolderSearch,
    delete_files,
    search_folder,
)
from cleanroom_join.revocation.erasure.retention import (
    DEFAULT_RETENTION,
    RETENTION_PROPERTY,
    parse_interval,
)
from cleanroom_join.revocation.erasure.statement import (
    ErasureOutcome,
    ErasureStatement,
    Found,
    NotSearched,
    Searched,
    TableErasure,
)
from cleanroom_join.revocation.erasure.storage_kind import StorageKind, kind_in_table
from cleanroom_join.revocation.erasure.subjects import ErasedSubjects

__all__ = [
    "DEFAULT_RETENTION",
    "RETENTION_PROPERTY",
    "ErasedSubjects",
    "ErasureOutcome",
    "ErasureStatement",
    "FileFinding",
    "FolderSearch",
    "Found",
    "NotSearched",
    "Searched",
    "StorageKind",
    "TableErasure",
    "delete_files",
    "kind_in_table",
    "parse_interval",
    "search_folder",
]
