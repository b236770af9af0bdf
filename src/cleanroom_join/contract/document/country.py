"""The country by whose rules identifiers are read, as a key of a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cleanroom_join.contract.terms.countries import COUNTRIES, OFTEN_WRITTEN
from cleanroom_join.errors import named

if TYPE_CHECKING:
    from cleanroom_join.contract.document.node import Node
    from cleanroom_join.contract.document.scalars import Schema

__all__ = ["Country"]


@dataclass(frozen=True, slots=True)
class Country:
    """A country that the token specification has a rule for."""

    expected: ClassVar[str] = "a string"
    substitute: ClassVar[str] = COUNTRIES[0]

    def read(self, node: Node) -> str | None:
        """Return the country's code."""
        text = node.typed(str, self.expected)
        if text is None or text in COUNTRIES:
            return text
        code = text.strip().upper()
        near = OFTEN_WRITTEN.get(code, code)
        if near in COUNTRIES:
            more = f'; did you mean "{near}"?'
        else:
            more = "; telephone numbers with + and calling code need no country"
        what = "is no country with a rule in token-v1"
        node.report(f"{named(text)} {what}{more}", "E126")
        return None

    def schema(self) -> Schema:
        """Return the codes."""
        return {"type": "string", "enum": list(COUNTRIES)}

    def description(self) -> str:
        """Return the form, since there are many."""
        return 'country such as `"GB"` (ISO 3166-1 alpha-2) with a rule in token-v1'
