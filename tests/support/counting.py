"""Rows to cells, as the attacks count them in plain Python, under tests' column names."""

from __future__ import annotations

from cleanroom_join.attacks.plain_counts import count


def cells_of(rows, query, subject_columns):
    """
    Return the statistics of every cell, without fingerprints.

    Args:
        rows: Dicts with a value per subject column, dimension and measure column.
        query: The resolved query.
        subject_columns: Names of the token columns in *rows*, in the query's order.
    """
    names = dict(zip(subject_columns, [s.column for s in query.subjects], strict=True))
    renamed = [{names.get(name, name): v for name, v in row.items()} for row in rows]
    return list(count(renamed, query, key=None))
