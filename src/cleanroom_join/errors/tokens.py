"""Errors of identifiers, keys, token vectors and manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KeyRefused", "TokenError", "VectorMismatch"]


class TokenError(CleanRoomJoinError, ValueError):
    """An identifier, a label or a file about tokens cannot be used as it is."""

    code = "E200"

    @classmethod
    def unkeyed_profile(cls, profile: str, kind: str) -> TokenError:
        """Refuse another vendor's rule without a key, where it protects nobody."""
        return cls(
            f'profile "{printable(profile)}" has no key and must not be used for '
            f'"{printable(kind)}".',
            hint="all such identifiers can be tried in seconds: use this library's "
            "own tokens, which need a key.",
            code="E202",
        )

    @classmethod
    def vectors_only(cls, profile: str) -> TokenError:
        """Refuse a profile that is there to check vectors."""
        return cls(
            f'profile "{printable(profile)}" is there to check vectors only.',
            hint="use a composite of this library's own kinds.",
            code="E202",
        )

    @classmethod
    def unknown_country(cls, country: str) -> TokenError:
        """Say that a kind has no rule for a country's own way of writing."""
        return cls(
            f'no rule for how "{printable(country)}" writes its identifiers.',
            hint="declare no country: telephone numbers then need + and the calling "
            "code, registrations no separator between their first letters.",
            code="E204",
        )

    @classmethod
    def manifest(cls, path: str, problem: str) -> TokenError:
        """Say what is wrong with a token manifest, and where; nothing is quoted."""
        return cls(
            f"{printable(path)} {problem}.",
            hint="`cleanroom-join manifest` writes a token manifest, and so does "
            "`token_manifest` in a notebook.",
            code="E211",
        )

    def in_file(self, which: str, name: str) -> TokenError:
        """Return the same error of one of two files, the first or the second."""
        message = f'the {which} file, "{printable(name)}": {self.message}'
        return TokenError(message, hint=self.hint, code=self.code)


class KeyRefused(CleanRoomJoinError, ValueError):
    """A key or a secret cannot be used: too short, badly encoded, or another one."""

    code = "E201"

    @classmethod
    def encoded_as(cls, encoding: str) -> KeyRefused:
        """Name the encoding that a key seems to have instead of base64."""
        return cls(
            f"the key looks like {encoding}, and as base64 it would be another key.",
            hint="write its bytes in base64, on both sides, or make a new one with"
            " `cleanroom-join key new`.",
        )

    @classmethod
    def not_one_line(cls, where: str, problem: str) -> KeyRefused:
        """Say what a key's text has instead of one line; nothing of it is quoted."""
        return cls(
            f"{where} {problem}.",
            hint="a key is one line of base64: `cleanroom-join key new` prints one.",
        )

    @classmethod
    def other_ids(cls, active: str, retiring: Sequence[str]) -> KeyRefused:
        """Name the key ids of the contract; the keys are not looked at."""
        return cls(
            f"the contract's active key is {quoted([active])}, its retiring keys are "
            f"{quoted(retiring) or 'none'}: give exactly one key for each.",
            hint="tokenise(..., key=KeyRing({id: key, ...})); once both parties have "
            "tokenised anew, the next revision calls the old key retired.",
            code="E205",
        )

    @classmethod
    def joint_secret(cls, party: str) -> KeyRefused:
        """Refuse a party's half of the joint key; nothing that it shared is quoted."""
        return cls(
            f'the secret of party "{printable(party)}" is not one row with 64'
            " random hexadecimal digits.",
            hint="docs/howto/keep-the-ledger.md says how to make one.",
            code="E317",
        )

    @classmethod
    def other_ledger(cls, party: str, ledger: str) -> KeyRefused:
        """Refuse a half of the joint key that does not name the contract's ledger."""
        return cls(
            f'the secret of party "{printable(party)}" does not name'
            f' "{printable(ledger)}" as its ledger.',
            hint="two companies have one ledger for all their contracts: name that one"
            " in [ledger], and in column ledger of each secret"
            " (docs/howto/keep-the-ledger.md).",
            code="E318",
        )


class VectorMismatch(CleanRoomJoinError):
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
