"""Why an identifier gets no token: stable names that may be shown to anyone."""

from __future__ import annotations

from enum import Enum

__all__ = ["Reason"]


class Reason(Enum):
    """Why an identifier gets no token; the values are stable and may be shown."""

    MISSING = "missing"
    """The value is NULL."""
    INVALID_UTF8 = "invalid_utf8"
    """The bytes are not UTF-8: somebody decoded with another encoding."""
    MOJIBAKE = "mojibake"
    """UTF-8 was read as Latin-1: an accented letter has become two characters."""
    EMPTY = "empty"
    """Nothing is left after whitespace and invisible characters."""
    NULL_LIKE = "null_like"
    """A word that stands for NULL, such as ``N/A``."""
    ALREADY_HASHED = "already_hashed"
    """A digest or a token: it was tokenised before."""
    NOT_HASHED = "not_hashed"
    """No SHA-256, though the contract says that the column holds hashes."""
    OTHER_HASH = "other_hash"
    """A digest as long as MD5, SHA-1 or SHA-512, where SHA-256 is agreed."""
    SCIENTIFIC = "scientific"
    """``4.11111E+15``: a spreadsheet or a double has lost the last digits."""
    DECIMAL_SUFFIX = "decimal_suffix"
    """``4111.0``: the column was a number once, so leading zeros are gone."""
    NEGATIVE = "negative"
    """``-1519849017``: a number with a sign, so no identifier."""
    MASKED = "masked"
    """``411111XXXXXX1111``: parts are hidden, so many look alike."""
    FORBIDDEN_CHARACTER = "forbidden_character"
    """A character that this kind does not have; it is never dropped silently."""
    LOST_ZERO = "lost_zero"
    """One digit short: a number has lost its leading zero."""
    LOST_SEPARATOR = "lost_separator"
    """``BMX123``: where the district ends is lost, so two cars are written so."""
    UNDECLARED_COUNTRY = "undeclared_country"
    """``B-MX 123``: the separator may count, and the contract names no country."""
    BAD_LENGTH = "bad_length"
    """Shorter or longer than this kind can be."""
    BAD_FORMAT = "bad_format"
    """Not the shape of this kind, or not the declared date format."""
    NO_COUNTRY_CODE = "no_country_code"
    """A telephone number without ``+``, and the contract names no country for it."""
    WRONG_COUNTRY = "wrong_country"
    """A telephone number without ``+`` that is none of the declared country."""
    EXTENSION = "extension"
    """A telephone number with an extension, or with another number behind it."""
    BAD_DATE = "bad_date"
    """No day from 1800 to 2039: day and month swapped, or years had two digits."""
    BAD_CHECKSUM = "bad_checksum"
    """The check digits are wrong: a typing error, or another kind of number."""
    PLACEHOLDER = "placeholder"
    """A stand-in such as ``0000000000000000``, which would join strangers."""

    @property
    def is_absence(self) -> bool:
        """Whether there was no identifier at all, rather than an unusable one."""
        return self in (Reason.MISSING, Reason.EMPTY, Reason.NULL_LIKE)

    @property
    def has_no_subject(self) -> bool:
        """Whether the value stands for no subject: it is absent, or a placeholder."""
        return self.is_absence or self is Reason.PLACEHOLDER
