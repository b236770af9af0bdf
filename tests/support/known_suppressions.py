"""
Tables of other projects with the number of cells that their methods suppress.

Each is a table of counts with totals over both dimensions, one sensitive cell, and the
secondary suppressions that a published method needs for it.  Counts are data, quoted
with their source; a factor makes subjects of them, so that the threshold holds.

sdcTable's vignette states 15 primary and, by its optimal method, 22 secondary
suppressions among 168 cells, but does not print the cells
(https://sdctools.github.io/sdcTable/articles/sdcTable.html, "Secondary cell
suppression using sdcTable"), so it is not here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KnownSuppression:
    """A table of regions by sex, and what a method suppresses in it."""

    name: str
    source: str
    counts: dict
    """By region and sex."""
    sensitive: tuple
    secondary: frozenset
    """What the method suppresses beside the sensitive cell."""
    factor: int
    """Subjects for each count."""
    k: int
    """A threshold that only the sensitive cell is below."""


KNOWN_SUPPRESSIONS = (
    KnownSuppression(
        name="tau-ARGUS",
        source="https://github.com/sdcTools/checkTauArgus, inst/tests/Batch/ex1 and"
        " inst/tests/Batch/test_batch_ex1.R at 4ecec34",
        counts={
            ("A", "male"): 895,
            ("A", "female"): 137,
            ("B", "male"): 753,
            ("B", "female"): 973,
            ("C", "male"): 569,
            ("C", "female"): 486,
            ("D", "male"): 540,
            ("D", "female"): 793,
        },
        sensitive=("A", "female"),
        secondary=frozenset({("A", "male"), ("C", "male"), ("C", "female")}),
        factor=1,
        k=200,
    ),
    KnownSuppression(
        name="sdcTable, method OPT",
        source="https://github.com/sdcTools/sdcTable, data-raw/microdata1.R and"
        " tests/testthat/test-protectTable.r at 2de8413",
        counts={
            ("A", "male"): 18,
            ("A", "female"): 2,
            ("B", "male"): 14,
            ("B", "female"): 19,
            ("C", "male"): 12,
            ("C", "female"): 10,
            ("D", "male"): 11,
            ("D", "female"): 14,
        },
        sensitive=("A", "female"),
        secondary=frozenset({("A", "male"), ("C", "male"), ("C", "female")}),
        factor=40,
        k=100,
    ),
)
