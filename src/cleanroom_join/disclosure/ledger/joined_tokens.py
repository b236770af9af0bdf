"""
Which tokens a run joined: fingerprints of other tokens cannot be compared.

A token depends on the partnership, on what it is made of, and on the key.  Runs that
agree in all three compare subjects by their hashes.  Runs that differ in one may be
about the same people, and nothing tells whether they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import ContractTerms, Query

__all__ = ["JoinedTokens"]

_ELSE = ", else "
"""Between kinds of subject in their order of trust; no kind's label has a comma."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinedTokens:
    """The tokens of the joined subjects of one run; nothing of it is secret."""

    partnership: str
    identifier: str
    """What they are made of (`Identifier.label`)."""
    key_id: str

    @classmethod
    def of(cls, terms: ContractTerms, on: str, key_id: str) -> JoinedTokens:
        """Return those of a kind of subject, under the key that a run found."""
        identifier = terms.subjects[on].identifier.label
        return cls(partnership=terms.partnership, identifier=identifier, key_id=key_id)

    @classmethod
    def of_query(cls, terms: ContractTerms, query: Query, key_id: str) -> JoinedTokens:
        """
        Return those of a query, under the key that a run found.

        A query that joins on several kinds of subject takes two tokens for one subject
        if a table says so.  So its subjects can be compared with those of queries that
        join the same tables on the same kinds, and with no others.
        """
        output = query.output
        if not output.then_on:
            return cls.of(terms, output.on, key_id)
        kinds = [terms.subjects[name].identifier.label for name in output.joined_on]
        tables = " and ".join(map(query.table_of, query.tables_in_order))
        return cls(
            partnership=terms.partnership,
            identifier=f"{_ELSE.join(kinds)} in {tables}",
            key_id=key_id,
        )

    @property
    def of_several_kinds(self) -> bool:
        """Whether one subject may have several of these tokens."""
        return _ELSE in self.identifier

    @classmethod
    def read(cls, document: Mapping[str, object]) -> JoinedTokens:
        """Return what `document` wrote; raises LookupError if a name is missing."""
        return cls(**{name: str(document[name]) for name in cls.__slots__})

    @property
    def document(self) -> dict[str, str]:
        """The fields by name, as an entry holds them."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __str__(self) -> str:
        """Name all three."""
        return f"{self.identifier} of {self.partnership} under key {self.key_id}"
