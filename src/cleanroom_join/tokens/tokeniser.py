"""
Identifiers to tokens: ``<key_id>:<64 hexadecimal digits>``.

The token says which key made it, so that a join can refuse two keys instead of
finding nothing.  An identifier without a token has a reason, never a stand-in:
a constant token would join every person who has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

from cleanroom_join.contract.terms.identifier import (
    DateFormat,
    Holds,
    Identifier,
    TokenKind,
)
from cleanroom_join.contract.token_format import KEY_ID_PATTERN, TOKEN_PATTERN
from cleanroom_join.errors import InternalError, TokenError
from cleanroom_join.tokens.kinds import kind_spec
from cleanroom_join.tokens.normalise import normalise_components

if TYPE_CHECKING:
    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.tokens.keys import SecretKey, Subkey
    from cleanroom_join.tokens.steps import Reason

__all__ = ["Tokenised", "Tokeniser", "is_token", "needs_retokenising", "token"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokenised:
    """Either a token or the reason why there is none."""

    token: str | None = field(default=None, repr=False)
    """The token; kept out of the repr because it stands for somebody."""
    reason: Reason | None = None

    def __post_init__(self) -> None:
        """Refuse both and neither."""
        if (self.token is None) is (self.reason is None):
            raise InternalError.of("a token has both or neither outcome")


def token(subkey: Subkey, key_id: str, normalised: str) -> str:
    """
    Return the token of an identifier that `normalise` gave.

    .. danger::
        A raw identifier gives a token too, one that matches nothing.

    Raises:
        TokenError: If *key_id* is malformed.
    """
    if re.fullmatch(KEY_ID_PATTERN, key_id) is None:
        message = "a key id is 1 to 16 lower-case ASCII letters and digits."
        raise TokenError(message)
    return f"{key_id}:{subkey.mac(normalised.encode('utf-8')).hex()}"


def is_token(text: str) -> bool:
    """
    Return whether *text* has the form of a token.

    Examples:
        >>> is_token("k1:" + "0" * 64), is_token("4111111111111111")
        (True, False)
    """
    return re.fullmatch(TOKEN_PATTERN, text) is not None


def needs_retokenising(token: str, terms: AssetTerms) -> bool:
    """
    Return whether a token was made with another key than the contract's active one.

    While a key is retiring, its tokens still match; this finds the tables that should
    be tokenised anew before the key is retired.

    Args:
        token: A token of a shared table.
        terms: ``contract.asset(name)``.

    Raises:
        TokenError: If *token* has not the form of a token; it is not quoted.
    """
    if not is_token(token):
        message = "this is no token: a key id, a colon and 64 hexadecimal digits."
        raise TokenError(message)
    return token.partition(":")[0] != terms.key_id


@final
class Tokeniser:
    """
    Makes tokens of one identifier for one partnership with one key.

    Attributes:
        identifier: What it takes.
        key_id: Id that its tokens carry.
    """

    __slots__ = ("_specs", "_subkey", "identifier", "key_id")

    def __init__(
        self,
        key: SecretKey,
        *,
        identifier: Identifier | TokenKind,
        partnership: str,
        key_id: str,
        date_format: DateFormat = DateFormat.ISO,
        country: str | None = None,
        holds: Holds = Holds.RAW,
    ) -> None:
        """
        Derive the subkey once.

        Args:
            key: The partnership's secret key.
            identifier: What the tokens are made of; a kind alone is short for it.
            partnership: The contract's partnership.
            key_id: The key's name in the contract.
            date_format: How dates of birth are written.
            country: Whose national telephone numbers or registrations there are.
            holds: Whether published hashes are given, or what is hashed.

        Raises:
            TokenError: If *partnership* or *key_id* is malformed.
            TokenError: If the country is not in the table.
        """
        self.identifier = (
            Identifier(components=(identifier,))
            if isinstance(identifier, TokenKind)
            else identifier
        )
        self.key_id = key_id
        self._specs = tuple(
            kind_spec(kind, date_format=date_format, country=country, holds=holds)
            for kind in self.identifier.components
        )
        self._subkey = key.subkey(
            label=self.identifier.label, partnership=partnership, key_id=key_id
        )

    def __repr__(self) -> str:
        """Return the label and the key id, nothing secret."""
        return (
            f"Tokeniser(identifier={self.identifier.label!r}, key_id={self.key_id!r})"
        )

    def tokenise(self, *texts: str | None) -> Tokenised:
        """
        Return the token of a raw identifier, or why it has none.

        Args:
            texts: The raw text or None of each component, in the identifier's order.

        Raises:
            TokenError: If there are more or fewer texts than components.
        """
        if len(texts) != len(self._specs):
            message = f"{len(self._specs)} components are needed, got {len(texts)}."
            raise TokenError(message)
        normalised = normalise_components(self._specs, texts)
        if normalised.value is None:
            return Tokenised(reason=normalised.reason)
        return Tokenised(token=token(self._subkey, self.key_id, normalised.value))
