"""
The card each party hands to the other: how its tokens were made, in safe figures.

A card has digests, names, and counts of rows about at least *k* different values,
rounded to multiples of `ROUNDING`.  A group with fewer is not in it, and neither is
the figure that would give it away by subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MOST_BUCKETS",
    "ROUNDING",
    "SCHEMA",
    "ColumnManifest",
    "PartManifest",
    "TokenManifest",
    "Trait",
]

SCHEMA = "cleanroom_join/token-card/v1"
"""Name of the format; another is refused."""

ROUNDING = 5
"""Multiple that every count of rows or subjects is rounded to."""

MOST_BUCKETS = 4096
"""Most groups of subjects that `ColumnManifest.buckets` counts."""


def _nothing() -> Mapping[str, int]:
    """Return figures of which none may be told."""
    return MappingProxyType({})


class Trait:
    """Names of what may be true of a raw value, in `PartManifest.traits`."""

    BLANK_BEFORE = "blank_before"
    """It begins with white space."""
    BLANK_AFTER = "blank_after"
    """It ends with white space."""
    LOWER_CASE = "lower_case"
    """It has a letter a to z."""
    UPPER_CASE = "upper_case"
    """It has a letter A to Z."""
    COMBINING = "combining"
    """It has a combining mark: it is decomposed (NFD)."""
    NOT_ASCII = "not_ascii"
    """It has a character beyond ASCII."""
    LEADING_ZERO = "leading_zero"
    """It has a value that begins with a zero."""
    CHECK_DIGIT = "check_digit"
    """It has a value whose Luhn digit is right (ISO/IEC 7812-1, annex B)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartManifest:
    """One raw column that a token is made from; figures are rows, by what they are."""

    source: str
    kind: str
    declared: str
    """The date format or country the column declares, or an empty text."""
    reasons: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by reason; ``ready`` are those with a value."""
    raw_lengths: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by code points of the raw value."""
    lengths: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by code points of the normalised value."""
    masks: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by shape: digits as 9, letters as A and a, anything not ASCII as ?."""
    removed: Mapping[str, int] = field(default_factory=_nothing)
    """Rows whose raw value has an invisible or white-space character, by it."""
    traits: Mapping[str, int] = field(default_factory=_nothing)
    """Rows of which a `Trait` is true."""

    @property
    def rows(self) -> int:
        """Rows that the card tells of."""
        return sum(self.reasons.values())

    def share(self, *reasons: str) -> float:
        """Return the share of rows with one of *reasons*."""
        return sum(self.reasons.get(r, 0) for r in reasons) / max(self.rows, 1)

    def trait(self, name: str) -> float:
        """Return the share of rows of which a trait is true; of values if it is one."""
        of_values = name in (Trait.LEADING_ZERO, Trait.CHECK_DIGIT)
        rows = self.reasons.get("ready", 0) if of_values else self.rows
        return min(1.0, self.traits.get(name, 0) / max(rows, 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnManifest:
    """One token column."""

    column: str
    subject: str
    label: str
    """`Identifier.label`: what its tokens are made of."""
    parts: tuple[PartManifest, ...]
    reasons: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by reason; ``ready`` are those with a token."""
    subjects: int = 0
    """Different tokens."""
    multiplicity: Mapping[str, int] = field(default_factory=_nothing)
    """Subjects by their number of rows, in powers of two."""
    buckets: tuple[int, ...] = ()
    """
    Subjects by the last bits of their token: 1, 2, 4 … or 4,096 counts.

    None is below k.  Two parties' counts go up and down together as far as they
    share subjects, which tells the match rate without telling who matches.
    """
    made_by: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """
    Share of the tokens really shared that each recipe gives; empty if not compared.

    ``spec`` is this specification; the others are its usual misreadings.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenManifest:
    """How one party made one shared table's tokens."""

    party: str
    asset: str
    library: str
    """Version of this library."""
    engine: str
    """Version of Spark, and which HMAC it used."""
    partnership: str
    key_id: str
    retiring: tuple[str, ...]
    key_check_value: str
    spec_sha256: str
    tables: Mapping[str, str]
    """Digest of each table of the specification."""
    vectors_sha256: str
    steps: Mapping[str, tuple[str, ...]]
    """Per kind, the digest of what all vectors have become after each step."""
    min_cohort: int
    """No count is below it."""
    columns: tuple[ColumnManifest, ...]

    def column_of(self, subject: str) -> ColumnManifest | None:
        """Return the column that carries *subject*, if there is one."""
        return next((c for c in self.columns if c.subject == subject), None)
