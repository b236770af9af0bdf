"""Every kind of identifier as data, and which steps a declared column takes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.errors import TokenError
from cleanroom_join.tokens.kinds.common import KindSpec, Ordinary, Round
from cleanroom_join.tokens.kinds.contact import (
    DEVICE_ID,
    EMAIL,
    EMAIL_MAILBOX,
    PHONE,
    phone_of,
)
from cleanroom_join.tokens.kinds.numbers import ACCOUNT, IBAN, PAN, REGISTRATION
from cleanroom_join.tokens.kinds.person import (
    DATE_OF_BIRTH,
    NAME,
    POSTCODE_ALNUM,
    POSTCODE_UK,
    POSTCODE_US5,
    date_written,
)
from cleanroom_join.tokens.tables import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "KindSpec", "Ordinary", "Round", "kind_spec"]

KINDS: Mapping[TokenKind, KindSpec] = MappingProxyType(
    {
        spec.kind: spec
        for spec in (
            *(PAN, ACCOUNT, IBAN, EMAIL, EMAIL_MAILBOX, PHONE, NAME, DATE_OF_BIRTH),
            *(POSTCODE_UK, POSTCODE_US5, POSTCODE_ALNUM, DEVICE_ID, REGISTRATION),
        )
    }
)
"""Every kind there is, as it is without a declared date format or country."""


def kind_spec(
    kind: TokenKind,
    *,
    date_format: DateFormat = DateFormat.ISO,
    country: str | None = None,
) -> KindSpec:
    """
    Return how one column's identifiers are normalised.

    Args:
        kind: The kind of identifier.
        date_format: How the column writes dates; ignored by other kinds.
        country: Whose national telephone numbers it has (ISO 3166-1 alpha-2), if
            any; ignored by other kinds.

    Raises:
        TokenError: If the country is not in the table.
    """
    if kind is TokenKind.DATE_OF_BIRTH:
        return date_written(date_format)
    if kind is TokenKind.PHONE and country is not None:
        if country not in COUNTRIES:
            raise TokenError.unknown_country(country)
        return phone_of(country)
    return KINDS[kind]
