"""What each raw column is for, by tests in a fixed order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.first_contract.column_roles import ColumnRole
from cleanroom_join.first_contract.content_tests import CONTENT_TESTS
from cleanroom_join.first_contract.identity_tests import IDENTITY_TESTS

if TYPE_CHECKING:
    from cleanroom_join.first_contract.column_facts import ColumnFacts

__all__ = ["role_of"]

_MANY = "too many values for a dimension: add a coarser column"


def role_of(column: ColumnFacts) -> ColumnRole:
    """
    Return what a column is for.

    What may identify a subject is found first, so that no such column is shared as it
    is.
    """
    for test in (*IDENTITY_TESTS, *CONTENT_TESTS):
        found = test(column)
        if found is not None:
            return found
    return ColumnRole.left_out(column.name, _MANY)
