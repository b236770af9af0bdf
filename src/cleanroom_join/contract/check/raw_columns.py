"""Whether one raw column is shared as several columns, or shows identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import SubjectColumn
from cleanroom_join.errors import Problem, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanroom_join.contract.terms.model import Asset, Subject

__all__ = ["check_raw_columns"]


def check_raw_columns(
    asset: Asset, subjects: Mapping[str, Subject], path: str
) -> Iterator[Problem]:
    """
    Yield raw columns of two measures or two dimensions, or of identifiers.

    The budget and the comparison with earlier releases go by column: one raw column
    under two names would have two budgets.  A dimension or a measure is shared as it
    is, and an identifier must not be.
    """
    # Spark ignores case in names of columns.
    secret = {
        source.lower(): column.name
        for column in asset.subject_columns()
        if (subject := subjects.get(column.subject)) is not None
        for source, kind in zip(column.sources, subject.kinds, strict=False)
        if kind.identifies_alone
    }
    first: dict[tuple[type, str], str] = {}
    for name, column in asset.columns.items():
        if isinstance(column, SubjectColumn):
            continue
        here = f"{path}.columns.{printable(name)}"
        (source,) = (source.lower() for source in column.sources)
        other = first.setdefault((type(column), source), name)
        if source in secret:
            text = f'has the identifiers of "{printable(secret[source])}" as they are'
            yield Problem(f"{here}.source", text, "E116")
        elif other != name:
            text = f'is the raw column of "{printable(other)}" too'
            yield Problem(f"{here}.source", text, "E116")
