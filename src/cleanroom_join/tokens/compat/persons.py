"""
OpenLinkToken, Piipan and OpenPseudonymiser: hashes of a whole person.

They are here to check vectors.  None makes tokens for us: without a key, or with one
only over a hash, social security and health service numbers can all be tried.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re

from cleanroom_join.tokens.tables import COMBINING, FOLD_LATIN

__all__ = [
    "openlinktoken_digest",
    "openlinktoken_keyed",
    "openlinktoken_signature",
    "openpseudonymiser",
    "piipan_last_name",
    "piipan_token",
]

_DROPPED = set(COMBINING.characters)


def openlinktoken_signature(
    rule: str,
    *,
    last: str = "",
    first: str = "",
    sex: str = "",
    born: str = "",
    number: str = "",
    postcode: str = "",
) -> str | None:
    """
    Return what OpenLinkToken (eb82166e) hashes by one of its rules, or None.

    Args:
        rule: ``T1`` to ``T5``.
        last: Last name.
        first: First name.
        sex: ``M``, ``F``, ``Male`` or ``Female``.
        born: Date of birth, ISO 8601.
        number: Social security number.
        postcode: ZIP code.
    """
    surname, given = _letters(last), _letters(first)
    gender = {"M": "MALE", "F": "FEMALE"}.get(sex.strip().upper()[:1], "")
    digits = re.sub("[^0-9]", "", number)
    parts = {
        "T1": (surname, given[:1], gender, born),
        "T2": (surname, given, born, re.sub("[^0-9]", "", postcode)[:3]),
        "T3": (surname, given, gender, born),
        "T4": (digits, gender, born),
        "T5": (surname, given[:3], gender),
    }.get(rule)
    # It would give 64 zeros instead, which join all people without a value.
    return "|".join(parts) if parts is not None and all(parts) else None


def openlinktoken_digest(signature: str) -> str:
    """Return the plain SHA-256 of a signature, in hexadecimal."""
    return hashlib.sha256(signature.encode("utf-8", "replace")).hexdigest()


def openlinktoken_keyed(signature: str, secret: bytes) -> str:
    """Return the keyed form: base64 of HMAC-SHA-256 over the hexadecimal digest."""
    digest = openlinktoken_digest(signature).encode("ascii")
    return base64.b64encode(hmac.digest(secret, digest, "sha256")).decode("ascii")


def _letters(name: str) -> str:
    """Return a name's letters A to Z, accents folded."""
    folded = "".join(FOLD_LATIN.get(c, c) for c in name if c not in _DROPPED)
    return re.sub("[^A-Z]", "", folded.upper())


def piipan_last_name(name: str) -> str | None:
    """
    Return a last name by Piipan's ordered rules (docs/pprl.md 30415fe), or None.

    Lower case, hyphens to blanks, blanks collapsed, one suffix removed, everything
    but a to z and blanks dropped; accents are folded, as its examples do.
    """
    folded = "".join(FOLD_LATIN.get(c, c) for c in name if c not in _DROPPED)
    text = re.sub(r"\s+", " ", folded.lower().replace("-", " ")).strip()
    text = re.sub(r" (?:i|ii|iii|iv|v|vi|vii|viii|ix|jr|sr)\.?$", "", text)
    text = re.sub("[^a-z ]", "", text)
    return text or None


def piipan_token(last: str, born: str, number: str) -> str | None:
    """
    Return Piipan's SHA-512 of last name, date of birth and number, or None.

    Args:
        last: Last name.
        born: Date of birth, ISO 8601.
        number: Social security number, AAA-GG-SSSS.
    """
    name = piipan_last_name(last)
    shape = re.fullmatch(
        r"(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}", number, re.ASCII
    )
    try:
        day = dt.date.fromisoformat(born).isoformat()
    except ValueError:
        return None
    if name is None or shape is None or day != born:
        return None
    return hashlib.sha512(f"{name},{born},{number}".encode()).hexdigest()


def openpseudonymiser(value: str, salt: str = "") -> str:
    """Return SHA-256 of value and salt one after the other, in hexadecimal."""
    return hashlib.sha256((value + salt).encode("utf-8", "replace")).hexdigest()
