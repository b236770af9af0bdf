"""What each raw column is for, by tests in a fixed order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.names import ANYTHING
from cleanroom_join.contract.terms.texts import text_fault
from cleanroom_join.first_contract.column_roles import ColumnRole, Role
from cleanroom_join.first_contract.content_tests import CONTENT_TESTS
from cleanroom_join.first_contract.header_words import Topic, topics
from cleanroom_join.first_contract.identity_tests import IDENTITY_TESTS

if TYPE_CHECKING:
    from cleanroom_join.first_contract.column_facts import ColumnFacts

__all__ = ["role_of"]

_MANY = "too many values for a dimension: add a coarser column"
_NAMELESS = "its name has blanks around it or unprintable signs"
_OBJECTION = (
    "it looks like an objection: add a column that is true for rows that may be shared,"
    " and name it as `consent`"
)
_NO_BOOLEAN = (
    "it looks like consent, but is no boolean: make it one, and name it as `consent`"
)


def role_of(column: ColumnFacts) -> ColumnRole:
    """
    Return what a column is for.

    Consent comes first, and then what may identify a subject, so that no such column
    is shared as it is.
    """
    for test in (_name, _consent, *IDENTITY_TESTS, *CONTENT_TESTS):
        found = test(column)
        if found is not None:
            return found
    return ColumnRole.left_out(column.name, _MANY)


def _name(column: ColumnFacts) -> ColumnRole | None:
    """Leave out a column that a contract cannot name."""
    if ANYTHING.fits(column.name) and text_fault(column.name) is None:
        return None
    return ColumnRole.left_out(column.name, _NAMELESS)


def _consent(column: ColumnFacts) -> ColumnRole | None:
    """
    Recognise consent, and an objection, which means the opposite.

    Even if every row of the test data agrees, or none says anything.
    """
    about = topics(column.name)
    if Topic.OBJECTION in about and column.is_boolean:
        return ColumnRole.left_out(column.name, _OBJECTION)
    if Topic.CONSENT not in about:
        return None
    if not column.is_boolean:
        return ColumnRole.left_out(column.name, _NO_BOOLEAN)
    reason = "rows where it is not true are never shared"
    return ColumnRole(name=column.name, role=Role.CONSENT, reason=reason)
