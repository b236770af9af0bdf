"""What values of a kind look like, as far as the doctor's rules depend on it."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds import KINDS
from cleanroom_join.tokens.kinds.kind import ColumnOption
from cleanroom_join.tokens.steps import RejectUnlessCharset
from cleanroom_join.tokens.tables import ASCII_DIGITS

if TYPE_CHECKING:
    from cleanroom_join.tokens.kinds import KindSpec

__all__ = ["Form", "form_of", "form_of_name"]


class Form(Enum):
    """What a kind's values are, by the steps of its specification."""

    NUMBER = "number"
    """Digits only."""
    PHONE = "phone"
    """Digits and a plus sign."""
    DATE = "date"
    """What columns write in a date format."""
    OTHER = "other"


def form_of(spec: KindSpec) -> Form:
    """Return the form of a kind's values."""
    declared = spec.declared
    if declared is not None and declared.option is ColumnOption.DATE_FORMAT:
        return Form.DATE
    allowed = {
        frozenset(step.allowed)
        for step in spec.steps
        if isinstance(step, RejectUnlessCharset)
    }
    if frozenset(ASCII_DIGITS + "+") in allowed:
        return Form.PHONE
    return Form.NUMBER if frozenset(ASCII_DIGITS) in allowed else Form.OTHER


_FORMS = MappingProxyType({kind.value: form_of(spec) for kind, spec in KINDS.items()})


def form_of_name(kind: str) -> Form:
    """Return the form of a kind by its name; another version may have other kinds."""
    return _FORMS.get(kind, Form.OTHER)
