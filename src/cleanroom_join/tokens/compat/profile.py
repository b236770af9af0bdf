"""What a compatibility profile is, and what it must not be used for."""

from __future__ import annotations

from dataclasses import dataclass

from cleanroom_join.errors import TokenError

__all__ = ["LOW_ENTROPY", "Profile", "refuse_unkeyed"]

LOW_ENTROPY = frozenset({"pan", "account", "iban", "national_id"})
"""
Identifiers of which all can be tried.

One card range is a thousand million numbers, which a graphics card hashes in a
twentieth of a second; all American social security numbers are as many.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Somebody else's published rule for making a digest of an identifier."""

    name: str
    vendor: str
    identifier: str
    """Class of identifier: ``email``, ``phone``, ``name``, ``person`` and so on."""
    source: str
    """Where the rule is published."""
    follows: str
    """Which side it takes where the vendor's own texts and programs disagree."""
    keyed: bool = False
    """Whether a secret is needed to make or to try a digest."""
    for_vectors_only: bool = False
    """Whether it is there to check vectors and must not make tokens."""


def refuse_unkeyed(profile: Profile, kind: str) -> None:
    """
    Refuse a profile for an identifier that it does not protect.

    Args:
        profile: The rule somebody wants to use.
        kind: `TokenKind.value`, or ``national_id``.

    Raises:
        TokenError: If it has no key and *kind* is of low entropy, or if it is
            there for vectors only.
    """
    if profile.for_vectors_only:
        raise TokenError.vectors_only(profile.name)
    if not profile.keyed and kind in LOW_ENTROPY:
        raise TokenError.unkeyed_profile(profile.name, kind)
