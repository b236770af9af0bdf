"""
Other vendors' published rules, for data that is hashed already elsewhere.

They are no tokens of ours.  Most have no key; `refuse_unkeyed` keeps those away from
cards, accounts and national ids.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.errors import UnknownName
from cleanroom_join.tokens.compat.advertising import (
    google_email_2023,
    google_email_2025,
    google_name,
    google_phone,
    meta_date_of_birth,
    meta_email,
    meta_name,
    meta_phone,
    sha256_base64,
    sha256_hexadecimal,
    snap_email,
    uid2_email,
    uid2_phone,
)
from cleanroom_join.tokens.compat.c3r import (
    c3r_column_key,
    c3r_fingerprint,
    c3r_message,
)
from cleanroom_join.tokens.compat.persons import (
    openlinktoken_digest,
    openlinktoken_keyed,
    openlinktoken_signature,
    openpseudonymiser,
    piipan_last_name,
    piipan_token,
)
from cleanroom_join.tokens.compat.profile import LOW_ENTROPY, Profile, refuse_unkeyed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LOW_ENTROPY",
    "PROFILES",
    "Profile",
    "c3r_column_key",
    "c3r_fingerprint",
    "c3r_message",
    "google_email_2023",
    "google_email_2025",
    "google_name",
    "google_phone",
    "meta_date_of_birth",
    "meta_email",
    "meta_name",
    "meta_phone",
    "openlinktoken_digest",
    "openlinktoken_keyed",
    "openlinktoken_signature",
    "openpseudonymiser",
    "piipan_last_name",
    "piipan_token",
    "profile",
    "refuse_unkeyed",
    "sha256_base64",
    "sha256_hexadecimal",
    "snap_email",
    "uid2_email",
    "uid2_phone",
]

_UID2 = "UID2 documentation, normalization and encoding, 90d6afee"
_META = "Meta Conversions API, customer information parameters, January 2026"

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        p.name: p
        for p in (
            Profile(
                name="uid2_email",
                vendor="UID2",
                identifier="email",
                source=_UID2,
                follows="the page; blanks inside are refused, as the web SDK does,"
                " where the Java operator drops them and the Python client keeps them",
            ),
            Profile(
                name="uid2_phone",
                vendor="UID2",
                identifier="phone",
                source=_UID2,
                follows="the operator: ASCII digits only",
            ),
            Profile(
                name="google_email_2025",
                vendor="Google",
                identifier="email",
                source="Data Manager API, formatting, 2025",
                follows="the page: white space inside goes, tags go at Gmail",
            ),
            Profile(
                name="google_email_2023",
                vendor="Google",
                identifier="email",
                source="googleads/data-manager-python 5abbf5d, format.py",
                follows="the program: white space inside is refused, tags stay",
            ),
            Profile(
                name="google_phone",
                vendor="Google",
                identifier="phone",
                source="googleads/data-manager-python 5abbf5d, format.py",
                follows="the page: ASCII digits, where the program takes any",
            ),
            Profile(
                name="google_name",
                vendor="Google",
                identifier="name",
                source="googleads/data-manager-python 5abbf5d, format.py",
                follows="the page: blanks inside stay",
            ),
            *(
                Profile(
                    name=f"meta_{what}",
                    vendor="Meta",
                    identifier=what,
                    source=_META,
                    follows=follows,
                )
                for what, follows in (
                    ("email", "the page: tags and dots stay"),
                    ("phone", "the page: no plus sign, so that it never equals UID2's"),
                    ("name", "the page, which names no Unicode form"),
                    ("date_of_birth", "the page's own order M/D/YYYY, nothing else"),
                )
            ),
            Profile(
                name="snap_email",
                vendor="Snap",
                identifier="email",
                source="Snap Conversions API, 2026",
                follows="the page",
            ),
            Profile(
                name="c3r_fingerprint_02",
                vendor="AWS",
                identifier="any",
                source="aws/c3r fc7cab2",
                follows="the program, both ways to derive a key",
                keyed=True,
            ),
            Profile(
                name="openlinktoken",
                vendor="Truveta",
                identifier="person",
                source="TruvetaPublic/OpenLinkToken eb82166e",
                follows="the program, but a missing part gives nothing instead of a"
                " constant that joins strangers",
                for_vectors_only=True,
            ),
            Profile(
                name="piipan",
                vendor="GSA",
                identifier="person",
                source="GSA-TTS/piipan-open-source 30415fe, docs/pprl.md",
                follows="the rules, not the three examples that contradict them",
                for_vectors_only=True,
            ),
            Profile(
                name="openpseudonymiser",
                vendor="NHS",
                identifier="national_id",
                source="openpseudonymiser.org/FAQ.aspx",
                follows="the page",
                for_vectors_only=True,
            ),
        )
    }
)
"""Every profile by name."""


def profile(name: str) -> Profile:
    """
    Return the profile called *name*.

    Raises:
        UnknownName: If there is none.
    """
    if name not in PROFILES:
        raise UnknownName.of("profile", name, list(PROFILES))
    return PROFILES[name]
