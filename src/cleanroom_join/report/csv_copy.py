"""
The published rows as CSV, which the page offers as a link that needs no script.

RFC 4180, in UTF-8 with a byte order mark, without which Excel misreads other letters
than ASCII's.  Labels are always quoted and NULL never is, so that NULL differs from an
empty label.  The labels come from both companies, and spreadsheets run a field that
begins like a formula (OWASP, *CSV Injection*): see `csv_copy`.
"""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.disclosure import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanroom_join.disclosure import Value
    from cleanroom_join.review import PublishedDetails

__all__ = ["csv_copy", "csv_link"]

_FORMULA = re.compile(
    r"""((?:^|[;,|\t\r\n])[\s"']*)([=+\-@\uff1d\uff0b\uff0d\uff20])"""
)
"""
A sign that begins a formula, at the start of a label or behind what separates fields.

Spreadsheets of some countries separate by semicolons, and so would split the label.
The wide signs are those that spreadsheets accept in Japanese.
"""


def csv_copy(published: PublishedDetails) -> str:
    """
    Return the published rows as CSV, under the names of their columns.

    An apostrophe stands before a sign that could begin a formula, in labels only:
    figures are numbers, and ``-1`` is one.
    """
    lines = [_line(column.name for column in published.columns)]
    lines += map(_line, published.rows)
    return "".join(lines)


def csv_link(published: PublishedDetails) -> str:
    """Return `csv_copy` as the address of a link."""
    data = b"\xef\xbb\xbf" + csv_copy(published).encode()
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(data).decode()}"


def _line(values: Iterable[Value]) -> str:
    """Return one line with its end."""
    return ",".join(map(_field, values)) + "\r\n"


def _field(value: Value) -> str:
    """Return a value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, int):
        return str(value)
    harmless = _FORMULA.sub(r"\1'\2", value).replace('"', '""')
    return f'"{harmless}"'
