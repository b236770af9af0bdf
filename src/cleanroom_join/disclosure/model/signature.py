"""
Cell signatures: which subjects are in a cell, and what each of them contributes.

Two figures about the same subjects can still differ by one subject's contribution, for
example if that subject has twice as many rows in one of them.  So a signature has one
fingerprint per *facet*: of the subjects; of their rows; and, for every measure column
that the query reads, of the values of the subjects that have some.  Every published
figure is about one facet, and the differencing rules compare facet by facet.

A query that joins on several kinds of subject has all these facets once more for each
`Query.aliases`.  A party can give a subject another token, and the subject would look
like a new one: under an alias of the other party's table it does not.  The hash sums of
these facets are those of the facets without an alias.  So if only tokens have changed,
no word differs and the hash sums do, and two statements about the same subjects are
close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint

__all__ = ["ROWS", "SUBJECTS", "CellSignature", "alias_facet", "contents_of", "split"]

SUBJECTS = "subjects"
"""Facet that says which subjects are in a cell."""

ROWS = "rows"
"""Facet that says how many rows each of them has."""

_ALIAS_END = "|"
"""No path of a table has it."""


def alias_facet(alias: str, facet: str) -> str:
    """Return the name of a facet whose subjects are known by an alias."""
    return f"{alias}{_ALIAS_END}{facet}"


def split(name: str) -> tuple[str, str]:
    """
    Return the alias with which a facet's name begins, and the facet without it.

    Examples:
        >>> split("keeper.shared.payments/last|rows"), split("rows")
        (('keeper.shared.payments/last|', 'rows'), ('', 'rows'))
    """
    alias, end, facet = name.rpartition(_ALIAS_END)
    return alias + end, facet


def contents_of(query: Query) -> tuple[str, ...]:
    """Return all facets of a query's cells but `SUBJECTS`."""
    own = (ROWS, *query.facet_columns)
    return own + tuple(
        alias_facet(alias, facet)
        for alias in query.aliases
        for facet in (SUBJECTS, *own)
    )


@dataclass(frozen=True, slots=True, repr=False)
class CellSignature:
    """Fingerprints of one cell, by facet; secret like these."""

    facets: Mapping[str, Fingerprint]
    """
    `SUBJECTS`, `ROWS`, and one for each of `Query.facet_columns`.

    Queries that read other columns have other facets; the rules compare those that two
    signatures have in common.
    """
