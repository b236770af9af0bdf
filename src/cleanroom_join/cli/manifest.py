"""The ``manifest`` command: start a session, read a raw file, count it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from cleanroom_join.local import local_session
from cleanroom_join.party import token_manifest
from cleanroom_join.raw_files import check_raw_file
from cleanroom_join.spark.party.raw_files import read_raw_table

if TYPE_CHECKING:
    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.raw_files import CsvOptions
    from cleanroom_join.tokens import SecretKey
    from cleanroom_join.tokens.doctor import TokenManifest

__all__ = ["make"]


def make(
    terms: AssetTerms,
    key: SecretKey,
    *,
    data: Path,
    shared: Path | None,
    csv: CsvOptions,
) -> TokenManifest:
    """
    Return the token manifest of a raw table in a file.

    Args:
        terms: ``contract.asset(name)``.
        key: The contract's active key.
        data: The raw table, CSV or Parquet.
        shared: The table as shared (Parquet), if another pipeline made its tokens.
        csv: What the caller says about CSV files.

    Raises:
        CleanRoomJoinError: Whatever a step refuses.
    """
    check_raw_file(data, terms.asset, csv)
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, console.status("counting …"):
        spark = local_session(warehouse=Path(folder), short_lived=True)
        try:
            raw = read_raw_table(spark, terms.asset, data, csv)
            theirs = None if shared is None else spark.read.parquet(str(shared))
            return token_manifest(raw, terms, key=key, shared=theirs)
        finally:
            spark.stop()
