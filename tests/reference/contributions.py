"""What each subject contributes to a cell, from rows, by facet."""

from __future__ import annotations

from collections import defaultdict

from tests.reference.guard_reference import NOT_FINITE, kept, read
from tests.reference.levels import cells_containing, leaf_of


def contributions_of(rows, query, subject):
    """
    Return the number of values and their sum, by cell, facet and subject.

    Args:
        rows: Dicts with the subject's column, dimensions and measure columns.
        query: The resolved query.
        subject: Name of the joined subject's column.
    """
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        for labels in cells_containing(leaf_of(row, query), query):
            found[labels]["rows"][row[subject]].append(1)
            for facet, name in query.facet_columns.items():
                units = units_of(row[name], query.columns[name])
                if units is not None:
                    found[labels][facet][row[subject]].append(units)
    return {
        labels: {
            facet: {who: (len(own), sum(own)) for who, own in by_subject.items()}
            for facet, by_subject in facets.items()
        }
        for labels, facets in found.items()
    }


def units_of(value, column):
    """Return a value, clamped and in units of its column; None if it has none."""
    exact = read(value)
    if exact is None or exact is NOT_FINITE:
        return None
    if isinstance(exact, bool):
        return int(exact)
    clamped = kept(exact, column.minimum, column.maximum, column.scale)
    return int(clamped.scaleb(column.scale))
