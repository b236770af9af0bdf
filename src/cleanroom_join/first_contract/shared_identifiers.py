"""Which identifier both tables have: pairs to try, and the one to join on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.errors import TableRefused
from cleanroom_join.first_contract.column_roles import ColumnRole, Role, Slot
from cleanroom_join.first_contract.header_words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "IdentifierCounts",
    "SharedIdentifier",
    "choose_identifier",
    "identifiers_to_try",
]

_MOST_PAIRS = 12
"""Pairs of columns whose values are compared; each costs a query."""
_FEWEST_COMPONENTS = 3
_ENOUGH = 5
"""An identifier of one column is chosen if it matches one subject in so many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedIdentifier:
    """Raw columns of both tables that may identify the same subjects."""

    kinds: tuple[TokenKind, ...]
    sources: tuple[tuple[str, ...], tuple[str, ...]]
    """For each table, the raw columns, one for each kind."""
    date_formats: tuple[DateFormat, DateFormat] = (DateFormat.ISO, DateFormat.ISO)

    @property
    def is_composite(self) -> bool:
        """Whether several columns identify a subject together."""
        return len(self.kinds) > 1


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentifierCounts:
    """How often an identifier occurs, by its tokens under a key that is forgotten."""

    rows: tuple[int, int]
    """Rows with a token, for each table."""
    subjects: tuple[int, int]
    """Distinct tokens, for each table."""
    shared: int
    """Tokens that both tables have."""

    @property
    def unique(self) -> tuple[bool, bool]:
        """Whether a table has one row per subject."""
        (left, right), (first, second) = self.rows, self.subjects
        return left == first, right == second


def identifiers_to_try(
    left: Sequence[ColumnRole], right: Sequence[ColumnRole]
) -> tuple[SharedIdentifier, ...]:
    """
    Return identifiers that both tables may have, columns of like names first.

    A composite of names, date of birth and postcode comes last.
    """
    pairs = sorted(
        (
            (_unlike(a.name, b.name), index, a, b)
            for index, (a, b) in enumerate(product(_alone(left), _alone(right)))
        ),
        key=lambda pair: pair[:2],
    )
    found = []
    for _, _, a, b in pairs:
        common = next((kind for kind in a.kinds if kind in b.kinds), None)
        if common is not None:
            sources = ((a.name,), (b.name,))
            found.append(SharedIdentifier(kinds=(common,), sources=sources))
    composite = _composite(_slots(left), _slots(right))
    return (*found[:_MOST_PAIRS], *composite)


def _alone(roles: Sequence[ColumnRole]) -> list[ColumnRole]:
    """Return the columns that identify a subject by themselves."""
    return [role for role in roles if role.role is Role.IDENTIFIER]


def _slots(roles: Sequence[ColumnRole]) -> dict[Slot, ColumnRole]:
    """Return the first column for each component of an identifier."""
    found: dict[Slot, ColumnRole] = {}
    for role in roles:
        if role.slot is not None:
            found.setdefault(role.slot, role)
    return found


def _composite(
    left: Mapping[Slot, ColumnRole], right: Mapping[Slot, ColumnRole]
) -> tuple[SharedIdentifier, ...]:
    """Return the identifier made of all components that both tables have."""
    slots = [slot for slot in Slot if slot in left and slot in right]
    if Slot.SURNAME in slots and Slot.NAME in slots:
        slots.remove(Slot.NAME)
    chosen = [
        (slot, kind)
        for slot in slots
        for kind in [
            next((k for k in left[slot].kinds if k in right[slot].kinds), None)
        ]
        if kind is not None
    ]
    named = {Slot.SURNAME, Slot.NAME} & {slot for slot, _ in chosen}
    dated = [slot for slot, _ in chosen if slot is Slot.BIRTH]
    if not named or not dated or len(chosen) < _FEWEST_COMPONENTS:
        return ()
    return (
        SharedIdentifier(
            kinds=tuple(kind for _, kind in chosen),
            sources=(
                tuple(left[slot].name for slot, _ in chosen),
                tuple(right[slot].name for slot, _ in chosen),
            ),
            date_formats=(
                left[Slot.BIRTH].date_format,
                right[Slot.BIRTH].date_format,
            ),
        ),
    )


def _unlike(left: str, right: str) -> int:
    """Return 0 for equal names, 1 for names that share a word, and 2 for others."""
    if left.lower() == right.lower():
        return 0
    return 1 if set(words_of(left)) & set(words_of(right)) else 2


def choose_identifier(
    tried: Sequence[tuple[SharedIdentifier, IdentifierCounts]],
    tables: tuple[str, str],
    k: int,
    *,
    numbered: Sequence[str] = (),
) -> tuple[SharedIdentifier, IdentifierCounts]:
    """
    Return the identifier to join on.

    It matches at least k subjects, and one table has one row for each.  One column is
    preferred to a composite, in which one typing error loses a match.

    Args:
        tried: Identifiers in the order of `identifiers_to_try`, with their counts.
        tables: The names of both tables, for messages.
        k: Fewest subjects.
        numbered: Columns of identifiers that are stored as numbers.

    Raises:
        TableRefused: If no identifier matches k subjects, or one is a number.
        TableRefused: If both tables have several rows per subject.
    """
    matching = [pair for pair in tried if pair[1].shared >= k]
    if not matching and numbered:
        raise TableRefused.identifier_type(numbered[0], "a number")
    if not matching:
        raise TableRefused.no_shared_identifier(*tables, k)
    usable = [pair for pair in matching if any(pair[1].unique)]
    if not usable:
        raise TableRefused.many_rows_each(*tables)
    alone = [
        pair
        for pair in usable
        if not pair[0].is_composite
        and pair[1].shared * _ENOUGH >= min(pair[1].subjects)
    ]
    # `max` keeps the first of equals, which has columns of like names.
    return max(alone or usable, key=lambda pair: pair[1].shared)
