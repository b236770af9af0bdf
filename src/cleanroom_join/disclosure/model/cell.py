"""
The exact statistics of one cell, which the guard judges: no rows, no tokens.

They are secret until every rule has passed, so nothing here shows them: ``repr`` is
redacted, and errors name the missing fact only.  All totals are whole numbers in units
of the column's last decimal place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract import CellLabels, MeasureType
from cleanroom_join.disclosure.model.signature import (
    SUBJECTS,
    CellSignature,
    contents_of,
)
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint

__all__ = [
    "CellLabels",
    "CellStatistics",
    "ColumnTotals",
    "Contributions",
    "SubjectColumnStatistics",
    "SubjectStatistics",
    "loss",
    "merge_subjects",
    "require_complete",
]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Contributions:
    """How subjects share a total; all figures are at least zero."""

    total: int
    """Sum of the subjects' absolute contributions."""
    largest: int
    """Largest contribution of one subject."""
    second: int
    """Second-largest contribution, of another subject."""

    def __post_init__(self) -> None:
        """Refuse figures that contradict each other."""
        if not 0 <= self.second <= self.largest <= self.total:
            raise InternalError.of("contributions of a cell contradict each other")
        if self.largest + self.second > self.total:
            raise InternalError.of("two subjects hold more than the total of a cell")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SubjectColumnStatistics:
    """One measure column of a cell, by subjects of one kind."""

    subjects: int
    """Distinct subjects with a value."""
    weights: Contributions
    """How many rows with a value each subject has."""
    totals: Contributions
    """Absolute clamped sum of each subject; for a boolean, its rows that are true."""
    subjects_above: int
    """Subjects with some value above the declared minimum; for a boolean, true."""
    subjects_below: int
    """Subjects with some value below the declared maximum; for a boolean, false."""
    falses: Contributions | None = None
    """For a boolean, rows that are false."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SubjectStatistics:
    """One cell by subjects of one kind."""

    subjects: int
    """Distinct subjects; NULL is no subject."""
    rows: Contributions
    """How many rows each subject has."""
    columns: Mapping[str, SubjectColumnStatistics]
    """By name of the measure column."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ColumnTotals:
    """One measure column of a cell, over all its rows."""

    rows: int
    """Rows with a usable value."""
    total: int
    """Sum of the clamped values, in units; for a boolean, rows that are true."""
    clamped: int
    """Rows whose value was outside the declared bounds."""
    unusable: int
    """Rows whose value was NaN or infinite."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CellStatistics:
    """Everything the guard knows of one cell: a leaf, a coarser cell or a total."""

    labels: CellLabels
    rows: int
    columns: Mapping[str, ColumnTotals]
    """By name of the measure column."""
    subjects: Mapping[str, SubjectStatistics]
    """By label of the counted subject."""
    fingerprint: Fingerprint | None = None
    """Of the joined subjects; None if it was not taken."""
    contents: Mapping[str, Fingerprint] | None = None
    """
    Of what the joined subjects contribute: the facets of `signature.contents_of`; None
    if they were not taken.
    """
    cell_key: int | None = None
    """
    Sum of the joined subjects' record keys modulo 2**32, for the cell-key method.

    None if there is no joint key.
    """

    @property
    def signature(self) -> CellSignature | None:
        """Its fingerprints by facet; None unless all of them were taken."""
        if self.fingerprint is None or self.contents is None:
            return None
        return CellSignature({SUBJECTS: self.fingerprint, **self.contents})

    def __repr__(self) -> str:
        """Show that there is a cell, and nothing of it."""
        return "CellStatistics(<secret until the guard has passed it>)"


def loss(cell: CellStatistics, query: Query) -> tuple[int, str]:
    """
    Return what suppressing a cell loses: its joined subjects; labels break ties.

    Whenever one of several cells is to be suppressed, the guard takes the least loss.
    """
    return cell.subjects[query.subjects[0].label].subjects, repr(cell.labels)


def require_complete(cell: CellStatistics, query: Query) -> None:
    """
    Refuse a cell that lacks a fact some rule needs, or has a figure that is no count.

    Raises:
        InternalError: Naming the missing fact; an absent fact is never a zero.
    """
    if len(cell.labels) != len(query.dimensions):
        raise InternalError.of("a cell has other dimensions than the query")
    if set(cell.columns) != set(query.columns):
        raise InternalError.of("a cell lacks the totals of a column")
    if set(cell.subjects) != {s.label for s in query.subjects}:
        raise InternalError.of("a cell lacks the statistics of a subject")
    _require_facets(cell, query)
    _require_counts(cell.rows)
    for totals in cell.columns.values():
        _require_counts(totals.rows, totals.clamped, totals.unusable)
        if type(totals.total) is not int:
            raise InternalError.of("a total of a cell is no whole number")
    for statistics in cell.subjects.values():
        _require_counts(statistics.subjects)
        if set(statistics.columns) != set(query.columns):
            raise InternalError.of("a subject lacks the statistics of a column")
        for name, column in statistics.columns.items():
            _require_counts(
                column.subjects, column.subjects_above, column.subjects_below
            )
            boolean = query.columns[name].type is MeasureType.BOOLEAN
            if boolean and column.falses is None:
                raise InternalError.of("a rate lacks the rows that are false")


def _require_facets(cell: CellStatistics, query: Query) -> None:
    """Refuse facets of other columns than those that the query reads."""
    if cell.contents is not None and set(cell.contents) != set(contents_of(query)):
        raise InternalError.of("a cell lacks the contents of a column")


def _require_counts(*counts: int) -> None:
    """Refuse what is no count: a comparison with NaN is false, so it would pass."""
    if not all(type(count) is int and count >= 0 for count in counts):
        raise InternalError.of("a figure of a cell is no count")


def merge_subjects(
    cells: Sequence[SubjectStatistics], *, apart: bool
) -> SubjectStatistics:
    """
    Return what is certain about the union of some cells, for one kind of subject.

    Args:
        cells: Statistics of the same kind of subject, at least one.
        apart: Whether no subject is in two of the cells.  If some may be, only the
            subjects of the largest cell are certain to be different ones, and one
            subject may be the largest contributor in every cell.
    """
    certain = sum if apart else max
    columns = {
        name: SubjectColumnStatistics(
            subjects=certain(c.columns[name].subjects for c in cells),
            weights=_merged([c.columns[name].weights for c in cells], apart=apart),
            totals=_merged([c.columns[name].totals for c in cells], apart=apart),
            subjects_above=certain(c.columns[name].subjects_above for c in cells),
            subjects_below=certain(c.columns[name].subjects_below for c in cells),
            falses=_merged(
                [f for c in cells if (f := c.columns[name].falses) is not None],
                apart=apart,
            ),
        )
        for name in cells[0].columns
    }
    return SubjectStatistics(
        subjects=certain(c.subjects for c in cells),
        rows=_merged([c.rows for c in cells], apart=apart),
        columns=columns,
    )


def _merged(contributions: Sequence[Contributions], *, apart: bool) -> Contributions:
    """Return how the subjects of all cells share the sum of the totals, at worst."""
    total = sum(each.total for each in contributions)
    if not apart:
        largest = sum(each.largest for each in contributions)
        second = sum(each.second for each in contributions)
        second = min(second, largest, total - largest)
        return Contributions(total=total, largest=largest, second=second)
    top = [x for each in contributions for x in (each.largest, each.second)]
    largest, second = (*sorted(top, reverse=True), 0, 0)[:2]
    return Contributions(total=total, largest=largest, second=second)
