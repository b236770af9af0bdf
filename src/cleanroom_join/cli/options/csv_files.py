"""What a user may say about CSV files: ``--delimiter`` and ``--encoding``."""

from __future__ import annotations

from typing import Annotated

import typer

from cleanroom_join.raw_files import CsvOptions

__all__ = ["CsvDelimiter", "CsvEncoding", "csv_options"]

CsvDelimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHARACTER",
        help="What separates columns of CSV, where the first line leaves it open.",
    ),
]
CsvEncoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="The encoding of CSV that is not UTF-8 and has no byte order mark.",
    ),
]


def csv_options(delimiter: str | None, encoding: str | None) -> CsvOptions:
    """
    Return what the user said.

    Raises:
        typer.BadParameter: If it is no separator or no encoding.
    """
    try:
        return CsvOptions.of(delimiter, encoding)
    except ValueError as error:
        message = str(error)
    raise typer.BadParameter(message)
