"""
Columns of the party's own frames: every name and its meaning, in one place.

The names are ours: a column that is shared unchanged is called ``carried_<index>``
meanwhile, so that its own name cannot collide with any of these.  Frames follow one
another by projections, each of which adds columns:

- raw values: one text per component of each token column;
- texts: what rewriting makes of each component, and its reason if it is refused;
- messages: one per token column, of which the MAC becomes the token.

A frame of one row, the key frame, is joined to the last (`hmac_columns`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds import kind_spec

if TYPE_CHECKING:
    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.tokens.kinds import KindSpec

__all__ = [
    "MAC",
    "ROWS",
    "TOKEN",
    "Component",
    "TokenColumn",
    "carried",
    "token_columns",
]

ROWS = "rows"
"""Rows that have a distinct raw value; only where values are counted."""

TOKEN = "token"  # noqa: S105 - a column's name
"""A token that another pipeline made."""

MAC = "mac"
"""The 64 hexadecimal digits of a token, without the key id."""


def carried(index: int) -> str:
    """Name a column that is shared unchanged; *index* counts these columns."""
    return f"carried_{index}"


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a token column: how it is normalised, and its columns."""

    name: str
    """What separates it from all other components, such as ``0_1``."""
    spec: KindSpec

    @property
    def raw(self) -> str:
        """Name the identifier as it came, as text."""
        return f"raw_{self.name}"

    @property
    def fast_text(self) -> str:
        """Name what the fast path makes of it; only if its kind has a fast path."""
        return f"fast_text_{self.name}"

    @property
    def is_fast(self) -> str:
        """Name whether the fast path holds for it; only if its kind has one."""
        return f"is_fast_{self.name}"

    def text(self, round_index: int) -> str:
        """Name the text after the rewrites of one round of its kind."""
        return f"text_{self.name}_{round_index}"

    @property
    def last_text(self) -> str:
        """Name the text after all rewrites, right only if there is no reason."""
        return self.text(len(self.spec.rounds) - 1)

    @property
    def reason(self) -> str:
        """Name why it is refused; NULL if it is not."""
        return f"component_reason_{self.name}"


@dataclass(frozen=True, slots=True)
class TokenColumn:
    """One token column: its components, and its columns in the frame of messages."""

    name: str
    """What separates it from all other token columns, such as ``0``."""
    components: tuple[Component, ...]

    @property
    def message(self) -> str:
        """Name what is authenticated, right only if there is no reason."""
        return f"message_{self.name}"

    @property
    def reason(self) -> str:
        """Name why there is no token; NULL if there is one."""
        return f"token_reason_{self.name}"

    def key(self, key_index: int = 0) -> str:
        """Name its subkey under one of the contract's keys, 0 for the active one."""
        return f"{self.name}_{key_index}"


def token_columns(terms: AssetTerms) -> tuple[TokenColumn, ...]:
    """Return the token columns of an asset, in declared order."""
    return tuple(
        TokenColumn(
            name=str(index),
            components=tuple(
                Component(
                    name=f"{index}_{number}",
                    spec=kind_spec(
                        kind,
                        date_format=column.date_format,
                        country=column.country,
                        holds=column.holds,
                    ),
                )
                for number, kind in enumerate(terms.identifiers[column.name].components)
            ),
        )
        for index, column in enumerate(terms.asset.subject_columns())
    )
