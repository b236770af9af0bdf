"""Errors of identifiers, keys and token vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ColumnTypeRefused",
    "InvalidKey",
    "TokenError",
    "VectorMismatch",
]


class TokenError(CleanRoomJoinError):
    """Something about identifiers, keys or tokens is wrong."""

    code = "E200"


class InvalidKey(TokenError, ValueError):
    """The secret key is too short, badly encoded, or no secret."""

    code = "E201"


class ColumnTypeRefused(TokenError, TypeError):
    """A column's type cannot carry what the contract says it carries."""

    code = "E203"

    @classmethod
    def identifier(cls, column: str, got: str) -> ColumnTypeRefused:
        """Refuse an identifier that is not a string."""
        return cls(
            f'identifier column "{printable(column)}" must be STRING, got {got}.',
            hint="a number has already lost leading zeros, a double its last digits:"
            " read the column as text at its source.",
        )

    @classmethod
    def declared(cls, column: str, expected: str, got: str) -> ColumnTypeRefused:
        """Refuse a dimension or measure of another type than declared."""
        return cls(
            f'column "{printable(column)}" must be {expected}, got {got}.',
            hint="cast it in the pipeline that writes the shared table.",
        )


class VectorMismatch(TokenError):
    """This installation makes other tokens than the agreed vectors."""

    code = "E210"

    @classmethod
    def cases(cls, ids: Sequence[str]) -> VectorMismatch:
        """Name the cases that failed."""
        return cls(
            f"{len(ids)} token vectors fail: {', '.join(ids[:10])}.",
            hint="do not join until they pass: the two sides' tokens would not match.",
        )

    @classmethod
    def digest(cls, expected: str, got: str) -> VectorMismatch:
        """Say that the vector file is not the one the contract pins."""
        return cls(
            f"the contract pins token vectors {printable(expected)}, installed: {got}.",
            hint="both parties must run a version with the same vectors.",
        )
