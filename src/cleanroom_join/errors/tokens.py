"""Errors of identifiers, keys and token vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ColumnTypeRefused",
    "InvalidKey",
    "InvalidManifest",
    "RetiringKeys",
    "TokenError",
    "UnknownCountry",
    "UnsafeProfile",
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
    def padded(cls, column: str, got: str) -> ColumnTypeRefused:
        """Refuse CHAR(n), whose values have blanks that nobody wrote."""
        return cls(
            f'identifier column "{printable(column)}" must be STRING, '
            f"got {printable(got)}.",
            hint="CHAR(n) pads values with blanks: cast it to STRING and trim it "
            "where the table is made.",
        )

    @classmethod
    def declared(cls, column: str, expected: str, got: str) -> ColumnTypeRefused:
        """Refuse a dimension or measure of another type than declared."""
        return cls(
            f'column "{printable(column)}" must be {expected}, got {got}.',
            hint="cast it in the pipeline that writes the shared table.",
        )


class InvalidManifest(TokenError, ValueError):
    """A file is no token card."""

    code = "E211"

    @classmethod
    def at(cls, path: str, problem: str) -> InvalidManifest:
        """Name the place and what is wrong there; nothing is quoted."""
        return cls(
            f"{printable(path)} {problem}.",
            hint="the other party writes one with `cleanroom-join card`, or with "
            "`Gold.card` in its notebook.",
        )


class RetiringKeys(TokenError, ValueError):
    """The keys given for the overlap are not the contract's retiring ones."""

    code = "E205"

    @classmethod
    def of(cls, wanted: Sequence[str]) -> RetiringKeys:
        """Name the ids that are wanted; the keys themselves are not looked at."""
        listed = quoted(wanted) or "none"
        return cls(
            f"the contract's retiring keys are {listed}: give one key for each.",
            hint="tokenise(..., retiring={id: key}); when both parties have made "
            "their tables anew, call the old key retired in the next revision.",
        )


class UnknownCountry(TokenError, ValueError):
    """A column's national telephone numbers are of a country without a rule."""

    code = "E204"

    @classmethod
    def of(cls, country: str) -> UnknownCountry:
        """Name the country."""
        return cls(
            f'no rule for national telephone numbers of "{printable(country)}".',
            hint="write the numbers with + and the calling code, and declare no "
            "country.",
        )


class UnsafeProfile(TokenError, ValueError):
    """Another vendor's rule was to be used where it protects nobody."""

    code = "E202"

    @classmethod
    def unkeyed(cls, profile: str, kind: str) -> UnsafeProfile:
        """Name the profile and the kind it must not be used for."""
        return cls(
            f'profile "{printable(profile)}" has no key and must not be used for '
            f'"{printable(kind)}".',
            hint="all such identifiers can be tried in seconds: use this library's "
            "own tokens, which need a key.",
        )

    @classmethod
    def vectors_only(cls, profile: str) -> UnsafeProfile:
        """Name a profile that is there to check vectors."""
        return cls(
            f'profile "{printable(profile)}" is there to check vectors only.',
            hint="use a composite of this library's own kinds.",
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
    def unreadable(cls, problem: str) -> VectorMismatch:
        """Say that a file is no vector file."""
        return cls(
            f"this is no token vector file ({problem}).",
            hint="`cleanroom-join vectors export` writes one.",
        )

    @classmethod
    def digest(cls, expected: str, got: str) -> VectorMismatch:
        """Say that the vector file is not the one the contract pins."""
        return cls(
            f"the contract pins token vectors {printable(expected)}, installed: {got}.",
            hint="both parties must run a version with the same vectors.",
        )
