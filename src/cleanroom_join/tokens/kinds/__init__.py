"""
The kinds of identifiers, one file each: steps, examples, and what they are like.

Nothing else in the package knows a kind by name.  No key and no token come in here.
Published hashes are in the folder `hashed`.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import DateFormat, Holds, TokenKind
from cleanroom_join.members import Members, load_members
from cleanroom_join.tokens.kinds.kind import (
    ColumnOption,
    DeclaredSteps,
    Example,
    FastPath,
    KindSpec,
    Round,
)

__all__ = [
    "KINDS",
    "ColumnOption",
    "DeclaredSteps",
    "Example",
    "FastPath",
    "KindSpec",
    "Round",
    "kind_spec",
]

_HASHES = [kind for kind in TokenKind if kind.hash_of is not None]
_OTHERS = [kind for kind in TokenKind if kind.hash_of is None]

KINDS: Members[TokenKind, KindSpec] = Members(
    {
        **load_members(_OTHERS, __name__, "KIND", KindSpec),
        **load_members(_HASHES, f"{__name__}.hashed", "KIND", KindSpec),
    }
)
"""Every kind by its member, for columns that declare no date format and no country."""


def kind_spec(
    kind: TokenKind,
    *,
    date_format: DateFormat = DateFormat.ISO,
    country: str | None = None,
    holds: Holds = Holds.RAW,
) -> KindSpec:
    """
    Return how one column's identifiers are normalised.

    Args:
        kind: The kind of identifier.
        date_format: How the column writes dates; kinds without dates ignore it.
        country: The country (ISO 3166-1 alpha-2) whose way of writing telephone
            numbers or registrations the column has; other kinds ignore it.
        holds: Whether the column holds identifiers or their published hashes; kinds
            that are no hash ignore it.

    Raises:
        TokenError: If the country is not in the table.
    """
    spec = KINDS[kind]
    if holds is Holds.HASH and spec.hash_steps:
        return spec.of_hashes()
    if spec.declared is None:
        return spec
    value = spec.declared.value(date_format, country)
    return spec if value is None else spec.with_declared(value)
