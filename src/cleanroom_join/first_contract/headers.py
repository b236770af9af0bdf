"""Whether the first line of a file names its columns, since a contract has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.names import ANYTHING
from cleanroom_join.contract.terms.texts import text_fault
from cleanroom_join.errors import FileRefused
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
        FileRefused: If the line is absent, one name, or like data, or if no contract
            can have a name.
    """
    if not names:
        raise FileRefused.header(file, "is empty", "export the table again")
    if any(map(is_like_data, names)):
        raise FileRefused.header(
            file,
            "begins with a line that looks like data",
            "write the names of the columns into the first line",
        )
    if any(text_fault(name) or not ANYTHING.fits(name) for name in names):
        raise FileRefused.header(
            file,
            "has a name of a column that no contract can have",
            "give columns names of at most 200 letters, digits and signs",
        )
    if len(names) == 1:
        raise FileRefused.header(
            file,
            "has one column only",
            "say by which character columns are separated, such as --delimiter '^'",
        )
