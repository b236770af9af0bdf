"""What is known of a raw column: shares and counts, never a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import DateFormat, Holds, TokenKind
from cleanroom_join.tokens import Reason, kind_spec, normalise_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanroom_join.tokens import KindSpec

__all__ = ["ColumnFacts", "SampleFacts", "Storage", "sample_facts"]


class Storage(Enum):
    """How a raw column is stored."""

    FREE_TEXT = "text of a file without types, such as CSV"
    TEXT = "STRING"
    INTEGER = "an integer type"
    DECIMAL = "DECIMAL"
    FLOATING = "FLOAT or DOUBLE"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    OTHER = "another type"

    @property
    def is_text(self) -> bool:
        """Whether identifiers can be read from it."""
        return self in (Storage.FREE_TEXT, Storage.TEXT)


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleFacts:
    """What a sample of a column's values is like."""

    accepted: Mapping[TokenKind, float]
    """The share of values that the kind's own normaliser accepts."""
    date_formats: Mapping[DateFormat, float]
    """The same for each way to write dates."""
    hashes: float = 0.0
    """The share that is a SHA-256, in hexadecimal or base64."""
    no_country: float = 0.0
    """The share that would be a telephone number if a country were declared."""
    undeclared_country: float = 0.0
    """The share that would be a registration if a country were declared."""
    luhn: float = 0.0
    """The share of digits that end in a check digit by ISO/IEC 7812-1, annex B."""
    width: int | None = None
    """The length of all values, if they are digits of one length."""
    single_word: bool = False
    """Whether no value has a blank in its middle."""
    leading_zero: bool = False
    """Whether a number begins with a zero that a numeric column would lose."""
    scale: int = 0
    """Most decimal places of a number."""

    @property
    def has_hashes(self) -> bool:
        """Whether the column is one of hashes."""
        return self.hashes >= _MOST

    def accepts(self, kind: TokenKind) -> bool:
        """Return whether the column is of a kind, by the kind's own test."""
        return self.accepted.get(kind, 0.0) >= _MOST

    @property
    def date_format(self) -> DateFormat | None:
        """
        The one way in which dates are written; None if there is none, or two.

        Every format accepts ISO 8601 as well, so that goes first.
        """
        best = max(self.date_formats.values(), default=0.0)
        if best < _MOST:
            return None
        if self.date_formats.get(DateFormat.ISO, 0.0) == best:
            return DateFormat.ISO
        found = [form for form, share in self.date_formats.items() if share == best]
        return found[0] if len(found) == 1 else None


_TRUTH_VALUES = 2
_MOST = 0.8
"""Share of values by which a column is of a kind: raw data have gaps and errors."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnFacts:
    """What is known of one raw column of one table."""

    name: str
    storage: Storage
    filled: int
    """Rows with a value; a blank text is none."""
    distinct: int
    """About how many values there are."""
    booleans: int = 0
    """Values that are a boolean, or a text that Spark casts to one."""
    integers: int = 0
    """Values that fit a BIGINT."""
    decimals: int = 0
    """Values that fit a DECIMAL(38, 9), and are finite."""
    sample: SampleFacts

    @property
    def is_boolean(self) -> bool:
        """Whether it has truth values only, or texts that are read as such."""
        stored = self.storage is Storage.BOOLEAN or self.storage.is_text
        two = self.distinct <= _TRUTH_VALUES
        return stored and two and self.booleans == self.filled


def sample_facts(values: Sequence[str]) -> SampleFacts:
    """
    Return what values are like, without a value.

    Each kind is tried by its own normaliser.  What the normaliser reports as absent,
    or as a placeholder, does not count.

    Args:
        values: Texts of a sample, without NULL.

    Examples:
        >>> facts = sample_facts(["N14228", "N24211  ", ""])
        >>> facts.accepts(TokenKind.REGISTRATION), facts.accepts(TokenKind.EMAIL)
        (True, False)
    """
    texts = [value.strip() for value in values if value.strip()]
    digits = [text for text in texts if re.fullmatch("[0-9]+", text)]
    all_digits = bool(texts) and len(digits) == len(texts)
    widths = {len(text) for text in digits}
    numbers = [t for t in texts if re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+", t)]
    phone = [normalise_by(kind_spec(TokenKind.PHONE), text) for text in texts]
    without = sum(one.reason is Reason.NO_COUNTRY_CODE for one in phone)
    plates = [normalise_by(kind_spec(TokenKind.REGISTRATION), text) for text in texts]
    undeclared = sum(one.reason is Reason.UNDECLARED_COUNTRY for one in plates)
    return SampleFacts(
        accepted=MappingProxyType(
            {kind: _share(kind_spec(kind), texts) for kind in _KINDS}
        ),
        date_formats=MappingProxyType(
            {form: _share(_dates(form), texts) for form in DateFormat}
        ),
        hashes=_share(_HASH, texts),
        no_country=without / len(texts) if texts else 0.0,
        undeclared_country=undeclared / len(texts) if texts else 0.0,
        luhn=sum(map(_ends_in_check_digit, digits)) / len(digits) if digits else 0.0,
        width=widths.pop() if all_digits and len(widths) == 1 else None,
        single_word=not any(re.search(r"\s", text) for text in texts),
        leading_zero=any(len(t) > 1 and t[0] == "0" for t in digits),
        scale=max((len(t.partition(".")[2]) for t in numbers), default=0),
    )


_KINDS = tuple(
    kind
    for kind in TokenKind
    if kind is not TokenKind.EMAIL_MAILBOX and kind.hash_of is None
)
"""
A contract names no mailbox: it says ``email`` and a table of providers.

Published hashes accept what the kind accepts that they are of.
"""

_HASH = kind_spec(TokenKind.EMAIL_SHA256_UID2, holds=Holds.HASH)
"""How hashes are recognised; a hash does not show what it is of."""


def _dates(form: DateFormat) -> KindSpec:
    """Return how dates of one format are normalised."""
    return kind_spec(TokenKind.DATE_OF_BIRTH, date_format=form)


def _share(spec: KindSpec, texts: Sequence[str]) -> float:
    """Return the share of texts that are of a kind, of those that are present."""
    outcomes = [normalise_by(spec, text) for text in texts]
    absent = sum(
        one.reason is not None and one.reason.has_no_subject for one in outcomes
    )
    present = len(outcomes) - absent
    accepted = sum(one.value is not None for one in outcomes)
    return accepted / present if present else 0.0


def _ends_in_check_digit(digits: str) -> bool:
    """Return whether digits satisfy the formula of Luhn (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(d), 10)) for d in reversed(digits[-2::-2]))
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
