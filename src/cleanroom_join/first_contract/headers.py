"""Whether the first line of a file names its columns, since a contract has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import TableRefused
from cleanroom_join.first_contract.header_words import is_like_data

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check_header"]


def check_header(file: str, names: Sequence[str]) -> None:
    """
    Refuse a first line that cannot be names of columns; it is never quoted.

    Args:
        file: The file's name, for messages.
        names: What its first line holds.

    Raises:
        TableRefused: If the line is absent or one name, is like data, or has blanks
            around names.
    """
    if not names:
        raise TableRefused.header(file, "is empty", "export the table again")
    if any(map(is_like_data, names)):
        raise TableRefused.header(
            file,
            "begins with a line that looks like data",
            "write the names of the columns into the first line",
        )
    if any(name != name.strip() for name in names):
        raise TableRefused.header(
            file,
            "has blanks around names of columns",
            "write it without blanks after separators",
        )
    if len(names) == 1:
        raise TableRefused.header(
            file,
            "has one column only",
            "separate columns by commas, not by semicolons or tabs",
        )
