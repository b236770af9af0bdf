"""Tests for columns that identify a subject, alone or together with others."""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.contract.terms.settings import COHORT_FLOOR
from cleanroom_join.first_contract.column_facts import ColumnFacts, Storage
from cleanroom_join.first_contract.column_roles import ColumnRole, Role, Slot
from cleanroom_join.first_contract.header_words import Topic, topics

__all__ = ["IDENTITY_TESTS"]

_FEWEST = COHORT_FLOOR
"""An identifier with fewer values than k joins too few subjects."""
_NEARLY_ALL = 0.8
_ALONE = (
    TokenKind.IBAN,
    TokenKind.EMAIL,
    TokenKind.DEVICE_ID,
    TokenKind.PHONE,
    TokenKind.PAN,
    TokenKind.ACCOUNT,
    TokenKind.REGISTRATION,
)
"""Kinds that identify a subject by themselves, the most distinctive first."""
_DISTINCTIVE = frozenset(_ALONE[:4])
"""Kinds that a column is of whatever its name is."""
_POSTCODES = (
    TokenKind.POSTCODE_UK,
    TokenKind.POSTCODE_US5,
    TokenKind.POSTCODE_ALNUM,
)

_COARSER = {
    Slot.BIRTH: ": to group by it, add a column of age bands",
    Slot.POSTCODE: ": to group by it, add a column of its area",
}


def _empty(column: ColumnFacts) -> ColumnRole | None:
    """Leave out what has no type, or nothing to say."""
    if column.storage is Storage.OTHER:
        return ColumnRole.left_out(column.name, "its type is none that a contract has")
    if column.filled == 0:
        return ColumnRole.left_out(column.name, "it is empty")
    if column.distinct <= 1:
        return ColumnRole.left_out(column.name, "all its values are the same")
    return None


def _identity(column: ColumnFacts) -> ColumnRole | None:
    """Recognise components of an identifier: names, date of birth, postcode."""
    about, sample = topics(column.name), column.sample
    is_date = column.storage is Storage.DATE
    slot: Slot | None = None
    kinds: tuple[TokenKind, ...] = (TokenKind.NAME,)
    date_format = DateFormat.ISO
    if Topic.BIRTH in about and (is_date or sample.date_format is not None):
        slot, kinds = Slot.BIRTH, (TokenKind.DATE_OF_BIRTH,)
        date_format = sample.date_format or DateFormat.ISO
    elif column.storage.is_text and Topic.POSTCODE in about:
        slot, kinds = Slot.POSTCODE, tuple(k for k in _POSTCODES if sample.accepts(k))
    elif column.storage.is_text and sample.accepts(TokenKind.NAME):
        slot = _name_slot(column)
    if slot is None or not kinds:
        return None
    return ColumnRole(
        name=column.name,
        role=Role.COMPONENT,
        reason=f"a {slot.value} helps to identify a subject{_COARSER.get(slot, '')}",
        kinds=kinds,
        slot=slot,
        date_format=date_format,
    )


def _name_slot(column: ColumnFacts) -> Slot | None:
    """Return which name a column of letters holds, if one."""
    about = topics(column.name)
    if Topic.GIVEN_NAME in about:
        return Slot.GIVEN_NAME
    if Topic.SURNAME in about:
        return Slot.SURNAME
    # The name of a plan or a region has few values.
    few = column.distinct < _FEWEST
    return Slot.NAME if Topic.NAME in about and not few else None


def _location(column: ColumnFacts) -> ColumnRole | None:
    """Leave out addresses and coordinates; an address of mail is none."""
    if Topic.ADDRESS not in topics(column.name) or _DISTINCTIVE & set(_alone(column)):
        return None
    return ColumnRole.left_out(column.name, "a location: it may identify a subject")


def _number(column: ColumnFacts) -> ColumnRole | None:
    """Recognise identifiers that a numeric column has damaged."""
    if not _is_named(column) or column.storage is not Storage.INTEGER:
        return None
    reason = "an identifier stored as a number: read it as text at its source"
    return ColumnRole(name=column.name, role=Role.NUMBERED, reason=reason)


def _hash(column: ColumnFacts) -> ColumnRole | None:
    """Leave out hashes: nobody can see by whose rules they were made."""
    if not column.storage.is_text or not column.sample.has_hashes:
        return None
    return ColumnRole.left_out(
        column.name,
        "SHA-256 hashes: if an address or a number was hashed by a published rule, the"
        ' subject\'s kind names the rule (such as "email_sha256_uid2"), and this column'
        ' says holds = "hash"',
    )


def _identifier(column: ColumnFacts) -> ColumnRole | None:
    """Recognise what identifies a subject by itself, by name and normaliser."""
    sample, kinds, named = column.sample, _alone(column), _is_named(column)
    if column.distinct < _FEWEST or sample.date_format is not None:
        return None
    if kinds and (
        named
        or _DISTINCTIVE & set(kinds)
        or TokenKind.PAN in kinds
        or _is_nearly_unique(column)
    ):
        reason = f"accepted by the normaliser of {kinds[0].value}"
        return ColumnRole(
            name=column.name, role=Role.IDENTIFIER, reason=reason, kinds=kinds
        )
    if named and sample.no_country >= _NEARLY_ALL:
        return ColumnRole.left_out(
            column.name, "telephone numbers without a country code"
        )
    if named and sample.undeclared_country >= _NEARLY_ALL:
        return ColumnRole.left_out(
            column.name,
            "registrations whose separator may count: declare their country",
        )
    return None


def _alone(column: ColumnFacts) -> tuple[TokenKind, ...]:
    """Return the kinds that a column of text is of, and that identify by themselves."""
    if not column.storage.is_text:
        return ()
    kinds = tuple(kind for kind in _ALONE if column.sample.accepts(kind))
    if column.sample.luhn < _NEARLY_ALL:
        return tuple(kind for kind in kinds if kind is not TokenKind.PAN)
    return kinds


def _is_named(column: ColumnFacts) -> bool:
    """Return whether a column's name is an identifier's, with k values or more."""
    about = topics(column.name)
    named = Topic.IDENTIFIER in about and Topic.AMOUNT not in about
    return named and column.distinct >= _FEWEST


def _is_nearly_unique(column: ColumnFacts) -> bool:
    """Return whether nearly every row has its own word, which is no plain number."""
    unique = column.distinct >= _NEARLY_ALL * column.filled
    no_amount = column.sample.width is not None or column.integers == 0
    return unique and no_amount and column.sample.single_word


def _date(column: ColumnFacts) -> ColumnRole | None:
    """Leave out dates: no cell is about a day."""
    if column.storage is Storage.DATE or (
        column.storage.is_text and column.sample.date_format is not None
    ):
        return ColumnRole.left_out(
            column.name, "a date: add a column with its month or year"
        )
    return None


IDENTITY_TESTS = (_empty, _identity, _location, _number, _hash, _identifier, _date)
"""Each returns a role, or None; the first role holds."""
