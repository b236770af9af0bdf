"""What tokens are made of: kinds of identifiers, alone or several together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.errors import assert_never

__all__ = ["DateFormat", "Holds", "Identifier", "TokenKind"]


class TokenKind(Described):
    """Kind of identifier; each has its own normaliser and its own subkey."""

    PAN = "pan", "Payment card number, 12 to 19 digits (ISO/IEC 7812-1)."
    ACCOUNT = "account", "Digits whose leading zeros count."
    IBAN = (
        "iban",
        "International bank account number (ISO 13616-1), check digits verified.",
    )
    EMAIL = "email", "E-mail address in ASCII, in lower case."
    EMAIL_MAILBOX = (
        "email_mailbox",
        "E-mail address whose spellings for one mailbox are one, by a provider table.",
    )
    PHONE = "phone", "Telephone number in E.164."
    NAME = "name", "One component of a person's name, as Latin letters without marks."
    DATE_OF_BIRTH = "date_of_birth", "Day of the calendar (ISO 8601)."
    POSTCODE_UK = "postcode_uk", "Whole British postcode."
    POSTCODE_US5 = "postcode_us5", "First five digits of an American ZIP code."
    POSTCODE_ALNUM = (
        "postcode_alnum",
        "Any country's postcode of letters and digits.",
    )
    DEVICE_ID = "device_id", "Advertising identifier of a device: a UUID (RFC 9562)."
    REGISTRATION = (
        "registration",
        "Letters and digits in upper case: aircraft tail, vehicle plate.",
    )
    EMAIL_SHA256_UID2 = (
        "email_sha256_uid2",
        "SHA-256 of an e-mail address by UID2's rules.",
    )
    EMAIL_SHA256_GOOGLE_2023 = (
        "email_sha256_google_2023",
        "SHA-256 of an e-mail address by Google's rules of 2023, with all tags.",
    )
    EMAIL_SHA256_GOOGLE_2025 = (
        "email_sha256_google_2025",
        "SHA-256 of an e-mail address by Google's rules of 2025, without Gmail's tags.",
    )
    EMAIL_SHA256_META = (
        "email_sha256_meta",
        "SHA-256 of an e-mail address in lower case, as Meta and Snap publish it.",
    )
    PHONE_SHA256_E164 = (
        "phone_sha256_e164",
        "SHA-256 of a telephone number in E.164, as UID2 and Google publish it.",
    )
    PHONE_SHA256_META = (
        "phone_sha256_meta",
        "SHA-256 of a telephone number in E.164, no plus sign, as Meta publishes it.",
    )

    @property
    def hash_of(self) -> TokenKind | None:
        """The kind whose published hash this is, or None if it is no hash."""
        # Such a kind is called after that kind, the hash, and the published form.
        kind, is_hash, _ = self.value.partition("_sha256_")
        return TokenKind(kind) if is_hash else None

    @property
    def listed_as(self) -> TokenKind:
        """The kind by its name in a contract, which folds mailboxes by a table."""
        return TokenKind.EMAIL if self is TokenKind.EMAIL_MAILBOX else self

    @property
    def identifies_alone(self) -> bool:
        """
        Whether one identifier stands for one subject.

        Of the other kinds many subjects share one: a contract may use them as
        components of a composite only (`docs/adr/0007-names-in-composites-only.md`).
        """
        match self:
            case (
                TokenKind.PAN
                | TokenKind.ACCOUNT
                | TokenKind.IBAN
                | TokenKind.EMAIL
                | TokenKind.EMAIL_MAILBOX
                | TokenKind.PHONE
                | TokenKind.DEVICE_ID
                | TokenKind.REGISTRATION
                | TokenKind.EMAIL_SHA256_UID2
                | TokenKind.EMAIL_SHA256_GOOGLE_2023
                | TokenKind.EMAIL_SHA256_GOOGLE_2025
                | TokenKind.EMAIL_SHA256_META
                | TokenKind.PHONE_SHA256_E164
                | TokenKind.PHONE_SHA256_META
            ):
                return True
            case (
                TokenKind.NAME
                | TokenKind.DATE_OF_BIRTH
                | TokenKind.POSTCODE_UK
                | TokenKind.POSTCODE_US5
                | TokenKind.POSTCODE_ALNUM
            ):
                return False
            case _:
                return assert_never(self)


class Holds(Described):
    """What a raw column of a kind that is a published hash holds."""

    RAW = "raw", "Identifiers; they are hashed by the kind's rules before the HMAC."
    HASH = "hash", "Hashes of them, made by the kind's rules."


class DateFormat(Enum):
    """How one column writes dates; day and month are never guessed."""

    ISO = "YYYY-MM-DD"
    COMPACT = "YYYYMMDD"
    YMD_SLASH = "YYYY/MM/DD"
    DMY_SLASH = "DD/MM/YYYY"
    DMY_DOT = "DD.MM.YYYY"
    DMY_DASH = "DD-MM-YYYY"
    MDY_SLASH = "MM/DD/YYYY"
    MDY_DASH = "MM-DD-YYYY"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """What a token is made of: one kind, or several kinds together, in order."""

    components: tuple[TokenKind, ...]

    @property
    def label(self) -> str:
        """
        Name that separates its keys from every other identifier's.

        Examples:
            >>> Identifier(components=(TokenKind.NAME, TokenKind.POSTCODE_UK)).label
            'name+postcode_uk'
        """
        return "+".join(kind.value for kind in self.components)
