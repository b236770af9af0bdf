"""
Refusals: the errors that depend on data, and how the ledger keeps one.

An error that tells something of the shared tables is an answer of one bit.  So a run
records it like an answer before anybody sees it.  Errors that follow from the contract,
the columns, the ledger or an argument alone are raised at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError, InternalError
from cleanroom_join.errors.consent import ConsentRefused
from cleanroom_join.errors.engine import SparkFailure
from cleanroom_join.errors.release import DisclosureError, ReleaseRefused
from cleanroom_join.errors.tables import NoOverlap, TableRefused, TokensRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EVIDENCE", "Evidence", "Refusal", "depends_on_data"]


class Evidence(Enum):
    """What an error follows from."""

    TERMS = "terms"
    """
    Contract, columns and their types, ledger, arguments, installed packages; of a
    consent state, what is about no subject.
    """
    DATA = "data"
    """Rows of a shared table, or of a consent state about subjects."""


_TERMS = (
    *("E001", "E002", "E003", "E004", "E005", "E006"),
    *("E100", "E101", "E102", "E316"),
    *("E200", "E201", "E202", "E203", "E204", "E205", "E210", "E211"),
    *("E300", "E301", "E302", "E307", "E308", "E317", "E318", "E320", "E391"),
    *("E403", "E502", "E503", "E504", "E505", "E506", "E507", "E508"),
    *("E509", "E510"),
    # Of the revocation job, which runs in no room.
    *("E600", "E601", "E602", "E603", "E604", "E605", "E606", "E607"),
    *("E608", "E609", "E620", "E621", "E622", "E623", "E624", "E630"),
    *("E631", "E632", "E633", "E640", "E641", "E642", "E643"),
    # What a consent state says of a party or a table, and of no subject.
    *("E610", "E611", "E614"),
)
_DATA = (
    *("E000", "E303", "E304", "E305", "E306", "E309"),
    *("E310", "E311", "E312", "E313", "E314", "E315"),
    *("E321", "E322", "E323"),
    # A row of one subject in a consent state is enough for these.
    *("E612", "E613"),
    # Spark may fail for a value, and a step of ours for cells that nobody thought of.
    *("E390", "E900"),
    # Of the cells that have rows; the verdict of an answer without cells.
    *("E400", "E402", "E501"),
)

EVIDENCE: Mapping[str, Evidence] = MappingProxyType(
    dict.fromkeys(_TERMS, Evidence.TERMS) | dict.fromkeys(_DATA, Evidence.DATA)
)
"""What each error code follows from, once rows are read."""

_CLASSES = {
    cls.__name__: cls
    for cls in (
        ConsentRefused,
        DisclosureError,
        InternalError,
        NoOverlap,
        ReleaseRefused,
        SparkFailure,
        TableRefused,
        TokensRefused,
    )
}
"""Classes of the errors that depend on data."""


def depends_on_data(error: BaseException) -> bool:
    """
    Return whether an error that a run raised may say something of rows.

    Only errors of ours whose code is known not to are free of it.
    """
    ours = isinstance(error, CleanRoomJoinError)
    return not ours or EVIDENCE.get(getattr(error, "code", "")) is not Evidence.TERMS


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Refusal:
    """
    An error that depends on data, as values; secret until the ledger has it.

    Its texts are those of our own errors, which quote no value.
    """

    kind: str
    """Name of the error's class."""
    code: str
    message: str
    hint: str | None

    @classmethod
    def of(cls, error: BaseException) -> Refusal:
        """Return the refusal that an error stands for; a foreign text stays out."""
        if not isinstance(error, CleanRoomJoinError):
            error = InternalError.of("a step of a run failed")
        kind = type(error).__name__
        if kind not in _CLASSES:
            error = InternalError.of("a run refused with an error of another kind")
            kind = InternalError.__name__
        return cls(kind=kind, code=error.code, message=error.message, hint=error.hint)

    def error(self, also: str | None = None) -> CleanRoomJoinError:
        """
        Return the error to raise.

        Args:
            also: A sentence to add to the hint.

        Raises:
            InternalError: If there is no such class.
        """
        cls = _CLASSES.get(self.kind)
        if cls is None:
            raise InternalError.of("a recorded refusal has no class")
        hint = " ".join(text for text in (self.hint, also) if text) or None
        return cls(self.message, hint=hint, code=self.code)

    def as_json(self) -> dict[str, str | None]:
        """Return its fields, for a ledger entry."""
        return {
            "kind": self.kind,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, str | None] | None) -> Refusal | None:
        """
        Return the refusal of a ledger entry; None if the run had an answer.

        Raises:
            LookupError, TypeError: If a field is missing, or is no text.
        """
        if fields is None:
            return None
        kind, code, message = (fields[name] for name in ("kind", "code", "message"))
        hint = fields["hint"]
        if kind is None or code is None or message is None or kind not in _CLASSES:
            raise TypeError
        return cls(kind=kind, code=code, message=message, hint=hint)
