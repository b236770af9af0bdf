"""
The token manifest that each party gives the other: how its tokens were made.

A manifest has digests, names, and counts of rows, rounded to multiples of `ROUNDING`.
Each count is about at least *k* distinct values.  A group with fewer is left out, and
so is every figure from which its count would follow by subtraction.

Of the columns that are shared unchanged it has two shares each, in the few steps of
`SHARE_STEPS` and about at least *k* subjects: how much lies outside what the contract
declares, and how much is missing.  Which labels no row has, and how many subjects
repeat, would be counts of none and of few: only their owner sees them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BUCKET_ROUNDING",
    "GROUPINGS",
    "MOST_BUCKETS",
    "ROUNDING",
    "SCHEMA",
    "SHARE_STEPS",
    "ColumnManifest",
    "ComponentManifest",
    "Groupings",
    "TokenManifest",
    "Trait",
]

SCHEMA = "cleanroom_join/token-manifest/v3"
"""Name of the format; any other is refused."""

ROUNDING = 5
"""Every count of rows is rounded to a multiple of it."""

MOST_BUCKETS = (4096, 128, 128, 128)
"""Most buckets of each grouping of subjects in `ColumnManifest.buckets`."""

GROUPINGS = len(MOST_BUCKETS)
"""
Groupings of the subjects, each by other bits of their token.

Four determine the match rate of a small table as one does that of a table four times
as large.  One subject is in one bucket of each.
"""

BUCKET_ROUNDING = ROUNDING * GROUPINGS
"""
Every count of a bucket is rounded to a multiple of it.

A subject moves four counts by one.  Each then changes with a chance of one in twenty
instead of one in five, so that a party who knows all other subjects sees a change no
more often than in one grouping rounded to `ROUNDING`.
"""

Groupings = tuple[tuple[int, ...], ...]
"""Subjects by bucket, of each grouping."""


SHARE_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Shares of which a manifest says that a column reaches them; the largest one only."""


def _nothing() -> Mapping[str, int]:
    """Return figures of which none is published."""
    return MappingProxyType({})


def _no_shares() -> Mapping[str, float]:
    """Return shares of which none is published."""
    return MappingProxyType({})


class Trait:
    """Names of what may be true of a raw value, in `ComponentManifest.traits`."""

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
    """Its normalised value begins with a zero."""
    CHECK_DIGIT = "check_digit"
    """Its normalised value has a right Luhn digit (ISO/IEC 7812-1, annex B)."""
    MINUS_SIGN = "minus_sign"
    """It is a negative number."""
    MULTIPLE_OF_8 = "multiple_of_8"
    """Its normalised value is a multiple of 8 of 12 digits or more."""
    LAST_ZERO = "last_zero"
    """Its normalised value has 16 digits or more and ends with a zero."""
    PLUS_SIGN = "plus_sign"
    """It is a telephone number that begins with a plus sign."""
    TRUNK_ZERO = "trunk_zero"
    """It has the zero that is only dialled at home behind the calling code."""
    DOUBLE_ZERO = "double_zero"
    """It begins with 00, which is read as no plus sign or as a wrong one."""
    EXTENSION = "extension"
    """It is a refused telephone number with an extension."""
    YEAR_AHEAD = "year_ahead"
    """It is a date of a year after the one in which the manifest was made."""
    TIME_OF_DAY = "time_of_day"
    """It is a refused date with a time behind it."""
    ONE_DAY = "one_day"
    """Its date is more than ten times as frequent as the median one."""

    OF_VALUES = frozenset(
        (LEADING_ZERO, CHECK_DIGIT, MULTIPLE_OF_8, LAST_ZERO, ONE_DAY)
    )
    """Traits of the normalised value, which refused rows do not have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ComponentManifest:
    """One component of a token and the raw column it comes from; figures are rows."""

    source: str
    kind: str
    declared: str
    """The date format, country or ``hash`` that it declares, or an empty text."""
    reasons: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by the reason of their refusal; ``ready`` are those with a value."""
    raw_lengths: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by code points of the raw value."""
    lengths: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by code points of the normalised value."""
    masks: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by shape: digits as 9, letters as A and a, anything not ASCII as ?."""
    removed: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by the invisible or white-space character that their raw value has."""
    traits: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by the `Trait` that their value has."""

    @property
    def rows(self) -> int:
        """All rows that have a published reason."""
        return sum(self.reasons.values())

    @property
    def sizes(self) -> Mapping[int, int]:
        """Rows by code points of the normalised value, as far as published."""
        return {int(s): rows for s, rows in self.lengths.items() if s.isdecimal()}

    def share(self, *reasons: str) -> float:
        """Return the share of rows with one of *reasons*."""
        return sum(self.reasons.get(r, 0) for r in reasons) / max(self.rows, 1)

    def trait(self, name: str) -> float:
        """
        Return the share of rows that have a trait.

        Traits of the normalised value are shares of the rows that have one.
        """
        of_values = name in Trait.OF_VALUES
        rows = self.reasons.get("ready", 0) if of_values else self.rows
        return min(1.0, self.traits.get(name, 0) / max(rows, 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnManifest:
    """One token column."""

    column: str
    subject: str
    label: str
    """`Identifier.label`: the kinds that its tokens are made of."""
    components: tuple[ComponentManifest, ...]
    reasons: Mapping[str, int] = field(default_factory=_nothing)
    """Rows by the reason of their refusal; ``ready`` are those with a token."""
    subjects: int = 0
    """Distinct tokens."""
    multiplicity: Mapping[str, int] = field(default_factory=_nothing)
    """Subjects by their number of rows, in powers of two."""
    buckets: Groupings = ()
    """
    Subjects by bits of their token, of each grouping in up to `MOST_BUCKETS` counts.

    A grouping of which one bucket would have fewer than k subjects is empty.  The
    counts of two parties vary together as far as they have subjects in common, which
    gives the match rate and does not reveal who matches.
    """
    made_by: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """
    Share of the tokens really shared that each variant makes; empty if not compared.

    ``spec`` is this specification; the other variants are its usual misreadings.
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
    """Per kind, a digest of what all vectors are after each step."""
    min_cohort: int
    """No count is below it."""
    columns: tuple[ColumnManifest, ...]
    outside: Mapping[str, float] = field(default_factory=_no_shares)
    """
    At least this share of a column's values lies outside its bounds or its domain.

    One of `SHARE_STEPS`, by column; only if at least k subjects of every kind have such
    a value.  The other party learns that figures would be suppressed before a run.
    """
    missing: Mapping[str, float] = field(default_factory=_no_shares)
    """At least this share of a column's rows has no value; likewise."""

    def column_of(self, subject: str) -> ColumnManifest | None:
        """Return the column that carries *subject*, if there is one."""
        return next((c for c in self.columns if c.subject == subject), None)
