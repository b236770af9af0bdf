"""The search of an erasure: tables by their folders and rows, folders of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.erasure import (
    FileFinding,
    FolderSearch,
    Found,
    NotSearched,
    Searched,
    StorageKind,
    delete_files,
    kind_in_table,
    search_folder,
)
from cleanroom_join.spark.common.consent_state import KEY, subject_key
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.revocation.erasure.delta_table import (
    live_files,
    local_folder,
    local_path,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from pathlib import Path, PurePath

    from pyspark.sql import SparkSession

    from cleanroom_join.spark.revocation.erasure.consent_rows import Erased

__all__ = ["Search"]

_NO_FILES = "this process does not reach the files"
_ELSEWHERE = "the newest version uses files outside of the table's folder"


class Search:
    """What was searched so far, what was not, and where something was found."""

    def __init__(self, spark: SparkSession, erased: Erased) -> None:
        self._spark = spark
        self._erased = erased
        self.searched: list[Searched] = []
        self.not_searched: list[NotSearched] = []
        self.found: list[Found] = []

    def rows(self, of: str, table: str, token_columns: Sequence[str]) -> None:
        """Search the rows of a table's newest version, by a join with the digests."""
        step = "searching a table's rows"
        frame = without_spark_text(step, lambda: self._spark.table(table))
        for name in token_columns:
            keys = frame.select(subject_key(column_named(name)).alias(KEY))
            left = keys.join(self._erased.frame, KEY, "left_semi").select(F.lit(1))
            if without_spark_text(step, left.limit(1).collect):
                self.found.append(
                    Found(of=of, kind=StorageKind.ROWS, what=FileFinding.TOKEN.value)
                )
                return

    def files(self, of: str, table: str, location: str, version: int) -> None:
        """
        Search every file in a table's folder, if this process reaches them.

        Args:
            of: How the statement calls the table.
            table: Its quoted name.
            location: Where Delta says that it is.
            version: One of its newest versions, whose commit must be there.
        """
        folder = local_folder(location, version)
        if folder is None:
            self.pass_over(of, None, _NO_FILES)
            return
        live = live_files(self._spark, table)
        searched = self._folder(of, folder, kind_in_table)
        # A shallow clone, or a commit that came while the search went on.
        if not live <= searched.names:
            self.pass_over(of, StorageKind.DATA, _ELSEWHERE)

    def folders(
        self, named: str, paths: Sequence[str | os.PathLike[str]], kind: StorageKind
    ) -> None:
        """
        Search folders of one kind, which the statement names and numbers.

        Raises:
            RevocationRefused: If there is no such folder (E621).
        """
        for number, path in enumerate(paths, 1):
            of = f"{named} {number}"
            folder = _as_files(path, of)
            if folder is None:
                self.pass_over(of, kind, _NO_FILES)
            else:
                self._folder(of, folder, lambda _: kind)

    def archives(self, paths: Sequence[str | os.PathLike[str]]) -> bool:
        """
        Delete the files of archives that hold a token, then search what is left.

        Returns:
            Whether a file was deleted.

        Raises:
            RevocationRefused: If there is no such folder (E621), or a file cannot be
                deleted (E624).
        """
        deleted = False
        for number, path in enumerate(paths, 1):
            folder = _as_files(path, f"archive {number}")
            if folder is None:
                continue
            first = search_folder(
                folder, lambda _: StorageKind.ARCHIVE, self._erased.subjects
            )
            deleted = deleted or bool(first.found)
            try:
                delete_files(folder, first)
            except OSError:
                raise RevocationRefused.undeletable_files(f"archive {number}") from None
        self.folders("archive", paths, StorageKind.ARCHIVE)
        return deleted

    def pass_over(self, of: str, kind: StorageKind | None, why: str) -> None:
        """Keep what is not searched, and why."""
        self.not_searched.append(NotSearched(of=of, kind=kind, why=why))

    def _folder(
        self, of: str, folder: Path, kind_of: Callable[[PurePath], StorageKind]
    ) -> FolderSearch:
        """Search one folder, and keep what came out."""
        searched = search_folder(folder, kind_of, self._erased.subjects)
        self.searched.extend(
            Searched(of=of, kind=p, files=n, size=searched.sizes.get(p, 0))
            for p, n in sorted(searched.files.items(), key=lambda item: item[0].value)
        )
        for kind, why in sorted(searched.unread, key=lambda u: (u[0].value, u[1])):
            self.pass_over(of, kind, why)
        pairs = {(kind, finding.value) for kind, finding in searched.found.values()}
        self.found.extend(
            Found(of=of, kind=kind, what=what)
            for kind, what in sorted(pairs, key=lambda k: (k[0].value, k[1]))
        )
        return searched


def _as_files(path: str | os.PathLike[str], of: str) -> Path | None:
    """
    Return a folder as this process sees it; None if it is in a store of objects.

    Raises:
        RevocationRefused: If it should be here, and is not (E621).
    """
    folder = local_path(str(path))
    if folder is not None and not folder.is_dir():
        raise RevocationRefused.missing_folder(of)
    return folder
