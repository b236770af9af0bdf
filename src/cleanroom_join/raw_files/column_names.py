"""Names of columns as files have them, and which of them a contract means."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from cleanroom_join.errors import TableRefused, is_visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanroom_join.contract import Asset

__all__ = ["matched_columns", "raw_column_names", "readable_names"]


def readable_names(names: Iterable[str]) -> tuple[str, ...]:
    r"""
    Return names as a contract may write them: in NFC, with one space where blanks are.

    Invisible characters are left out, and blanks around names.  A column without a name
    is called by its position, as Spark does.

    Examples:
        >>> readable_names(["\ufeffCard ", "a\u00a0b", ""])
        ('Card', 'a b', '_c2')
    """
    return tuple(
        _plain(unicodedata.normalize("NFC", name)) or f"_c{index}"
        for index, name in enumerate(names)
    )


def matched_columns(
    table: str,
    wanted: Iterable[str],
    names: Sequence[str],
    *,
    may_be_data: bool = False,
) -> dict[str, int]:
    """
    Return at which position each wanted column is.

    Case, the kind of blanks and invisible characters do not count, if one column only
    is meant then: databases export names in capitals, spreadsheets with no-break
    spaces.

    Args:
        table: The asset's name, for messages.
        wanted: The columns, as the contract names them.
        names: The columns of the table, by position.
        may_be_data: Whether *names* is the first line of a file, which may be a row: if
            none of them is wanted, no error quotes one.

    Raises:
        TableRefused: If a column is not there.
        TableRefused: If two columns have one name but for that.
    """
    positions: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        positions.setdefault(_folded(name), []).append(index)
    found = {name: positions.get(_folded(name), []) for name in wanted}
    if twice := [name for name, places in found.items() if len(places) > 1]:
        raise TableRefused.repeated_columns(table, twice)
    if missing := [name for name, places in found.items() if not places]:
        if may_be_data and len(missing) == len(found):
            raise TableRefused.no_raw_column(table, missing)
        raise TableRefused.missing_raw_columns(table, missing, names)
    return {name: places[0] for name, places in found.items()}


def raw_column_names(asset: Asset) -> tuple[str, ...]:
    """Return the names of the raw columns that an asset needs, each once."""
    names = [source for column in asset.columns.values() for source in column.sources]
    if asset.consent is not None:
        names.append(asset.consent)
    return tuple(dict.fromkeys(names))


def _plain(name: str) -> str:
    """Return a name without what nobody sees, with a space for each run of blanks."""
    words = ("".join(filter(is_visible, word)) for word in name.split())
    return " ".join(filter(None, words))


def _folded(name: str) -> str:
    """Return what names have in common that differ in case and blanks only."""
    return _plain(unicodedata.normalize("NFKC", name)).casefold()
