"""
Raw files as they come: where they lie, how they are encoded, separated and quoted.

The contract of one party's table may come in, and the bytes of its file; no Spark, and
nothing that makes tokens.  Every file is read by the letter of RFC 4180, or refused
with the likely cause.  Spark then reads it with the settings found here, and must find
the same fields (`spark.party.raw_files`).
"""

from __future__ import annotations

from cleanroom_join.raw_files.column_names import (
    matched_columns,
    raw_column_names,
    readable_names,
)
from cleanroom_join.raw_files.csv_options import CsvOptions
from cleanroom_join.raw_files.csv_scan import FIELD_END, CsvScan, csv_names, scan_csv
from cleanroom_join.raw_files.encodings import Encoding
from cleanroom_join.raw_files.formats import refuse_unless_parquet
from cleanroom_join.raw_files.raw_paths import (
    RawFolder,
    check_raw_file,
    is_csv,
    require_file,
)

__all__ = [
    "FIELD_END",
    "CsvOptions",
    "CsvScan",
    "Encoding",
    "RawFolder",
    "check_raw_file",
    "csv_names",
    "is_csv",
    "matched_columns",
    "raw_column_names",
    "readable_names",
    "refuse_unless_parquet",
    "require_file",
    "scan_csv",
]
