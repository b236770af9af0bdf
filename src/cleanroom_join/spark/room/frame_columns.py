"""
Columns of the room's frames: each name and its meaning.

The names are ours, so no name of a partner's column can collide with, or be read as, an
expression.  *kind* is the index of a kind of subject in `Query.subjects`, 0 for the one
joined on; *i* is the index of a dimension in `Query.dimensions`, or of a measure column
in `Query.columns`; *facet* is the index of a fingerprint, 0 for subjects, 1 for rows,
and 2 + i for a measure column.

Four frames follow one another:

- joined rows: one per pair of rows of one subject (`token_join`);
- subject rows: one per subject and leaf, then one per subject and cell;
- bucket rows: one per cell and bucket of subjects;
- cell rows: one per cell and kind of subject, which are collected (`aggregation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.contract import Query

__all__ = [
    "BUCKET",
    "FINGERPRINTS",
    "KIND",
    "ROUNDING_SEED",
    "ROWS",
    "SUBJECT",
    "SUBJECTS",
    "SUBJECT_CHECK",
    "above",
    "alias",
    "below",
    "clamped",
    "dimension",
    "dimensions",
    "falses",
    "is_clamped",
    "is_not_finite",
    "key_sum",
    "not_finite",
    "signed_total",
    "subject",
    "subject_check",
    "sum_of",
    "top_of",
    "total",
    "value",
    "values",
    "with_value",
    "word",
]

# --- joined rows ----------------------------------------------------------------------


def subject(kind: int) -> str:
    """Name the first hash of a subject's token, 64 bits; NULL where there is none."""
    return f"{SUBJECT}{kind}"


def subject_check(kind: int) -> str:
    """Name the second hash of a subject's token, 64 bits."""
    return f"{SUBJECT_CHECK}{kind}"


def value(i: int) -> str:
    """Name a measure's value, clamped, in units of its last decimal place."""
    return f"value{i}"


def is_clamped(i: int) -> str:
    """Name whether the value was outside its declared bounds."""
    return f"is_clamped{i}"


def is_not_finite(i: int) -> str:
    """Name whether the value was NaN or infinite; only of columns that can be."""
    return f"is_not_finite{i}"


def alias(i: int) -> str:
    """Name the hash of one of `Query.aliases`; also in subject rows."""
    return f"alias{i}"


# --- subject rows ---------------------------------------------------------------------

SUBJECT = "subject"
"""First hash of the subject."""

SUBJECT_CHECK = "subject_check"
"""Second hash of the subject."""

ROUNDING_SEED = "rounding_seed"
"""What decides how a subject's bounded sums are rounded; also in joined rows."""

ROWS = "rows"
"""Joined rows of the subject in the cell."""


def dimension(i: int) -> str:
    """Name a dimension's code; also in joined rows, bucket rows and cell rows."""
    return f"dimension{i}"


def dimensions(query: Query) -> list[str]:
    """Return the names of all dimensions' codes."""
    return [dimension(i) for i in range(len(query.dimensions))]


def values(i: int) -> str:
    """Name the subject's rows with a value."""
    return f"values{i}"


def total(i: int) -> str:
    """Name the sum of the subject's values."""
    return f"total{i}"


def clamped(i: int) -> str:
    """Name the number of clamped values; also in bucket rows and cell rows."""
    return f"clamped{i}"


def not_finite(i: int) -> str:
    """Name the number of values that are no number; also in bucket and cell rows."""
    return f"not_finite{i}"


# --- bucket rows and cell rows --------------------------------------------------------

BUCKET = "bucket"
"""Which word of its cell's fingerprints a subject is in."""

SUBJECTS = "subjects"
"""Distinct subjects."""

FINGERPRINTS = "fingerprints"
"""All words of a cell's fingerprints, packed; only in cell rows."""

KIND = "kind"
"""Index of the kind of subject; only in cell rows."""


def with_value(i: int) -> str:
    """Name the distinct subjects with a value."""
    return f"with_value{i}"


def above(i: int) -> str:
    """Name the distinct subjects with some value above the declared minimum."""
    return f"above{i}"


def below(i: int) -> str:
    """Name the distinct subjects with some value below the declared maximum."""
    return f"below{i}"


def signed_total(i: int) -> str:
    """Name the sum of all values; only of columns that can be negative."""
    return f"signed_total{i}"


def falses(i: int) -> str:
    """Name the contribution of rows that are false; only of booleans."""
    return f"falses{i}"


def sum_of(contribution: str) -> str:
    """Name the sum of a contribution over subjects."""
    return f"{contribution}_sum"


def top_of(contribution: str) -> str:
    """Name the largest of a contribution over subjects."""
    return f"{contribution}_top"


def word(facet: int) -> str:
    """Name a bucket's word of a fingerprint."""
    return f"word{facet}"


def key_sum(facet: int) -> str:
    """Name the sum of the upper halves of the hashes in a fingerprint."""
    return f"key_sum{facet}"
