"""The forms of names in a contract: assets, columns, tables, the collaboration."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ANYTHING", "COLUMN_NAME", "NAME", "SLUG", "TABLE_NAME", "Pattern"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form that a text must have, and the words for it."""

    regex: str
    """Without alternatives and anchors, so that ECMA-262 reads it alike."""
    description: str

    def fits(self, text: str) -> bool:
        """Return whether the whole of *text* has this form."""
        return re.fullmatch(self.regex, text, re.ASCII) is not None

    @property
    def anchored(self) -> str:
        """The expression as JSON Schema has it."""
        return f"^{self.regex}$"


NAME = Pattern(
    r"[a-z][a-z0-9_]{0,62}", "a lower-case name (letters, digits, _; at most 63)"
)
SLUG = Pattern(
    r"[a-z0-9][a-z0-9_-]{2,62}", "3 to 63 lower-case letters, digits, - or _"
)
COLUMN_NAME = Pattern(
    r"[A-Za-z_][A-Za-z0-9_]{0,126}", "a column name (letters, digits, _)"
)
TABLE_NAME = Pattern(
    r"[A-Za-z_][A-Za-z0-9_]{0,126}\.[A-Za-z_][A-Za-z0-9_]{0,126}",
    '"schema.table" (letters, digits, _)',
)
ANYTHING = Pattern(r"[^\x00-\x1f\x7f-\x9f]{1,200}", "1 to 200 printable characters")
