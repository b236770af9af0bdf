"""Who is protected and how their tokens are made, as TOML says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.read.strict_toml import NAME, Pattern
from cleanroom_join.contract.terms.columns import SubjectColumn
from cleanroom_join.contract.terms.identifier import DateFormat, Identifier, TokenKind
from cleanroom_join.contract.terms.model import Key, KeyState, Subject, TokenSettings
from cleanroom_join.errors import did_you_mean, printable

if TYPE_CHECKING:
    from cleanroom_join.contract.read.strict_toml import Table

__all__ = ["subject", "subject_column", "tokens"]

_KEY_ID = Pattern(r"[a-z0-9]{1,16}", "1 to 16 lower-case letters or digits")
_DIGEST = Pattern(r"[0-9a-f]{64}", "64 lower-case hexadecimal digits")
_COUNTRY = Pattern(r"[A-Z]{2}", 'a country such as "GB" (ISO 3166-1 alpha-2)')
_PROVIDERS = Pattern(r"email_provider_v1", 'a known table ("email_provider_v1")')

# What `kind` may say; mailbox folding is asked for by naming its table.
_KINDS = {k.value: k for k in TokenKind if k is not TokenKind.EMAIL_MAILBOX}


def subject(name: str, table: Table) -> Subject:
    """Read one kind of protected subject."""
    names = table.one_or_more("kind")
    providers = table.optional_text("providers", _PROVIDERS)
    kinds = tuple(_kind(kind, table) for kind in names)
    if providers is not None:
        if TokenKind.EMAIL not in kinds:
            table.report("providers", "is for e-mail addresses only", "E116")
        kinds = tuple(
            TokenKind.EMAIL_MAILBOX if kind is TokenKind.EMAIL else kind
            for kind in kinds
        )
    identifier = Identifier(components=kinds or (TokenKind.PAN,))
    return Subject(name=name, identifier=identifier)


def _kind(name: str, table: Table) -> TokenKind:
    """Return a kind by its name."""
    if name not in _KINDS:
        known = ", ".join(f'"{kind}"' for kind in _KINDS)
        near = did_you_mean(name, _KINDS)
        text = f'"{printable(name)}" is not one of {known}{near}'
        table.report("kind", text, "E112")
    return _KINDS.get(name, TokenKind.PAN)


def subject_column(name: str, table: Table) -> SubjectColumn:
    """Read a column of tokens and what it is made from."""
    return SubjectColumn(
        name=name,
        subject=table.text("subject", NAME),
        sources=table.one_or_more("source", default=name),
        date_format=table.choice("date_format", DateFormat, DateFormat.ISO),
        country=table.optional_text("country", _COUNTRY),
    )


def tokens(table: Table) -> TokenSettings:
    """Read how tokens are made."""
    keys = []
    for item in table.list_of_tables("keys"):
        keys.append(
            Key(id=item.text("id", _KEY_ID), state=item.choice("state", KeyState))
        )
        item.done()
    settings = TokenSettings(
        spec=table.text("spec", Pattern(r"token-v1", 'a known spec ("token-v1")')),
        keys=tuple(keys),
        vectors_sha256=table.optional_text("vectors_sha256", _DIGEST),
    )
    table.done()
    return settings
