"""UID2, Google, Meta and Snap: unkeyed SHA-256 of contact details."""

from __future__ import annotations

import base64
import hashlib
import re

from cleanroom_join.tokens.tables import ASCII_LOWER, ASCII_UPPER, WHITESPACE

__all__ = [
    "google_email_2023",
    "google_email_2025",
    "google_name",
    "google_phone",
    "meta_date_of_birth",
    "meta_email",
    "meta_name",
    "meta_phone",
    "sha256_base64",
    "sha256_hexadecimal",
    "snap_email",
    "uid2_email",
    "uid2_phone",
]

_LOWER = str.maketrans(ASCII_UPPER, ASCII_LOWER)
_GMAIL = ("gmail.com", "googlemail.com")


def sha256_hexadecimal(text: str | None) -> str | None:
    """Return SHA-256 of a normalised text in hexadecimal, None of none."""
    if text is None:
        return None
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def sha256_base64(text: str | None) -> str | None:
    """Return SHA-256 of a normalised text in base64, None of none."""
    if text is None:
        return None
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return base64.b64encode(digest).decode("ascii")


def uid2_email(text: str | None) -> str | None:
    """
    Return an address as UID2 normalises it, or None where it is none.

    Blanks at the ends go, ASCII letters become lower case; at gmail.com the local
    part loses its dots and ends before a plus sign.
    """
    parts = _address(text, inside=False)
    if parts is None:
        return None
    local, domain = parts
    if domain == "gmail.com":
        local = local.split("+")[0].replace(".", "")
    return f"{local}@{domain}" if local else None


def uid2_phone(text: str | None) -> str | None:
    """Return a number that is E.164 already, as UID2 wants it, or None."""
    if text is None or re.fullmatch(r"\+[0-9]{10,15}", text, re.ASCII) is None:
        return None
    return text


def google_email_2025(text: str | None) -> str | None:
    """
    Return an address by the Data Manager page of 2025, or None.

    All white space goes; at gmail.com and googlemail.com also dots and what follows
    a plus sign; the two domains stay apart.
    """
    parts = _address(text, inside=True)
    if parts is None:
        return None
    local, domain = parts
    if domain in _GMAIL:
        local = local.split("+")[0].replace(".", "")
    return f"{local}@{domain}" if local else None


def google_email_2023(text: str | None) -> str | None:
    """Return an address by the formatter of 2023: as 2025, but a tag is kept."""
    parts = _address(text, inside=False)
    if parts is None:
        return None
    local, domain = parts
    if domain in _GMAIL:
        local = local.replace(".", "")
    return f"{local}@{domain}" if local else None


def google_phone(text: str | None) -> str | None:
    """Return a number as plus sign and ASCII digits, or None without a plus sign."""
    if text is None or not text.strip().startswith("+"):
        return None
    digits = re.sub("[^0-9]", "", text)
    return f"+{digits}" if digits else None


def google_name(text: str | None) -> str | None:
    """Return a name without blanks at the ends and in lower case, or None."""
    name = (text or "").strip().lower()
    return name or None


def meta_email(text: str | None) -> str | None:
    """Return an address without blanks at the ends and in lower case, or None."""
    address = (text or "").strip().lower()
    return address if "@" in address else None


snap_email = meta_email


def meta_phone(text: str | None, calling_code: str = "") -> str | None:
    """Return a number as digits with the calling code and no plus sign, or None."""
    digits = re.sub("[^0-9]", "", text or "").lstrip("0")
    if not digits:
        return None
    return digits if digits.startswith(calling_code) else calling_code + digits


def meta_name(text: str | None) -> str | None:
    """
    Return a name in lower case without punctuation, or None.

    Accents and scripts stay as they came: Meta names no Unicode form, so composed
    and decomposed names have different digests.
    """
    name = re.sub(r"[!-/:-@\[-`{-~\s]", "", (text or "").lower())
    return name or None


def meta_date_of_birth(text: str | None) -> str | None:
    """Return ``M/D/YYYY`` as ``YYYYMMDD``, or None; no other order is guessed."""
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text or "", re.ASCII)
    if found is None:
        return None
    month, day, year = found.groups()
    return f"{year}{int(month):02}{int(day):02}"


def _address(text: str | None, *, inside: bool) -> tuple[str, str] | None:
    """Return local part and domain, or None; white space inside goes or refuses."""
    if text is None:
        return None
    address = text.strip(" ").translate(_LOWER)
    blanks = WHITESPACE.characters
    if inside:
        address = "".join(c for c in address if c not in blanks)
    if any(c in blanks for c in address) or address.count("@") != 1:
        return None
    local, domain = address.split("@")
    return (local, domain) if local and domain else None
