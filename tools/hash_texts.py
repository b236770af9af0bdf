"""Published vectors of hashes, and identifiers by each publication's rules."""

from __future__ import annotations

from dataclasses import dataclass

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""The digits of RFC 4648, section 4."""


@dataclass(frozen=True, kw_only=True)
class HashForm:
    """What is published of a form, and what follows from its rules."""

    kind: str
    sample: str
    """A normalised identifier."""
    in_base64: bool
    published: tuple[tuple[str, str], ...]
    """Identifiers and the hashes that the publisher prints for them."""
    raw: tuple[tuple[str, str, str], ...]
    """Comment, identifier, and what is hashed of it."""
    refused: tuple[tuple[str, str, str | bytes | None], ...] = ()
    """Comment, reason, identifier."""


RAW_REFUSED: dict[str, tuple[tuple[str, str, str | bytes | None], ...]] = {
    "email": (
        ("NULL", "missing", None),
        ("empty", "empty", ""),
        ("blanks only", "empty", " \t\xa0\u3000"),
        ("invisible characters only", "empty", "\u200b\ufeff"),
        ("N/A", "null_like", "N/A"),
        ("not UTF-8", "invalid_utf8", b"\x80user@example.com"),
        ("a hash", "already_hashed", "b4c9a289323b21a01c3e940f150eb9b8" + "0a" * 16),
        ("an MD5", "already_hashed", "b4c9a289323b21a01c3e940f150eb9b8"),
        (
            "a hash in base64",
            "already_hashed",
            "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=",
        ),
        ("a token", "already_hashed", "k1:" + "0a" * 32),
        ("masked", "masked", "u***@example.com"),
        ("beyond ASCII", "forbidden_character", "us\xe9r@example.com"),
        ("a Kelvin sign", "forbidden_character", "\u212aim@example.com"),
        ("a byte order mark", "forbidden_character", "\ufeffuser@example.com"),
        ("a zero-width space", "forbidden_character", "us\u200ber@example.com"),
        ("angle brackets", "forbidden_character", "<user@example.com>"),
        ("a spreadsheet's apostrophe", "forbidden_character", "'user@example.com"),
        ("a spreadsheet's formula", "forbidden_character", '="user@example.com"'),
        ("too short", "bad_length", "a@b.c"),
        ("too long", "bad_length", "a" * 250 + "@example.com"),
        ("two signs", "bad_format", "a@ba@z.com"),
        ("a dot at the end", "bad_format", "user@example.com."),
        ("a telephone number", "bad_format", "+16505551212"),
        ("a stand-in", "placeholder", "Test@Test.com"),
    ),
    "phone": (
        ("NULL", "missing", None),
        ("empty", "empty", ""),
        ("N/A", "null_like", "N/A"),
        ("not UTF-8", "invalid_utf8", b"\x80+16505551212"),
        ("a hash", "already_hashed", "b4c9a289323b21a01c3e940f150eb9b8" + "0a" * 16),
        ("masked", "masked", "+1 650 555 12xx"),
        ("an address", "forbidden_character", "user@example.com"),
        ("national", "no_country_code", "650 555 1212"),
        ("a spreadsheet", "scientific", "1.65056E+10"),
        ("a number", "decimal_suffix", "+16505551212.0"),
        ("too short", "bad_length", "+123"),
        ("a calling code that none is", "bad_format", "+0442079460958"),
        ("a stand-in", "placeholder", "+1 555 555 5555"),
    ),
}
"""Comment, reason, identifier: what every form of a kind refuses."""

_INSIDE = ("a blank inside", "forbidden_character", "jane doe@example.com")
_TAB = ("a tab at the end", "forbidden_character", "user@example.com\t")
_NOTHING = ("nothing but a tag", "bad_format", "+tag@gmail.com")
_DOTS = ("dots and a stand-in", "placeholder", "t.e.st@gmail.com")

HASH_FORMS = {
    "email_sha256_uid2": HashForm(
        kind="email",
        sample="janesaoirse@gmail.com",
        in_base64=True,
        published=(
            (
                "USER@example.com",
                "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514",
            ),
            (
                "MyEmail@example.com",
                "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5",
            ),
            (
                "My.Email@example.com",
                "e22b53bc6f871274f3a62ab37a3caed7214fc14d676215a96a242fcfada1c81f",
            ),
            (
                "JaneSaoirse+Work@example.com",
                "28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180",
            ),
            (
                "JANE.SAOIRSE@gmail.com",
                "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
            ),
            (
                "JaneSaoirse+Work@gmail.com",
                "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
            ),
        ),
        raw=(
            ("blanks at both ends", "  user@example.com ", "user@example.com"),
            (
                "googlemail.com keeps dots",
                "A.B+c@googlemail.com",
                "a.b+c@googlemail.com",
            ),
            ("an apostrophe inside", "O'Brien@example.com", "o'brien@example.com"),
        ),
        refused=(_INSIDE, _TAB, _NOTHING, _DOTS),
    ),
    "email_sha256_google_2023": HashForm(
        kind="email",
        sample="alexz@example.com",
        in_base64=True,
        published=(
            (
                "  ALEXZ@example.com   ",
                "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a",
            ),
        ),
        raw=(
            (
                "tags stay",
                "cloudy.sanfrancisco+shopping@gmail.com",
                "cloudysanfrancisco+shopping@gmail.com",
            ),
            (
                "googlemail.com loses dots",
                "Jefferson.LOVES.Hiking@googlemail.com",
                "jeffersonloveshiking@googlemail.com",
            ),
        ),
        refused=(_INSIDE, _TAB, _DOTS),
    ),
    "email_sha256_google_2025": HashForm(
        kind="email",
        sample="cloudysanfrancisco@gmail.com",
        in_base64=True,
        published=(
            (
                "  ALEXZ@example.com   ",
                "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a",
            ),
        ),
        raw=(
            (
                "tags go",
                "cloudy.sanfrancisco+shopping@gmail.com",
                "cloudysanfrancisco@gmail.com",
            ),
            (
                "tags stay elsewhere",
                "user.name+NYC@Example.com",
                "user.name+nyc@example.com",
            ),
            (
                "white space inside goes",
                "jane\tdoe@ex ample.com",
                "janedoe@example.com",
            ),
            ("the domains stay apart", "A.B+c@googlemail.com", "ab@googlemail.com"),
        ),
        refused=(_NOTHING, _DOTS),
    ),
    "email_sha256_meta": HashForm(
        kind="email",
        sample="john_smith@gmail.com",
        in_base64=False,
        published=(
            (
                "John_Smith@gmail.com",
                "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
            ),
        ),
        raw=(
            ("white space at both ends", "\xa0Jane@Example.com\t", "jane@example.com"),
            ("dots and tags stay", "J.D+x@gmail.com", "j.d+x@gmail.com"),
        ),
        refused=(_INSIDE,),
    ),
    "phone_sha256_e164": HashForm(
        kind="phone",
        sample="+18005550100",
        in_base64=True,
        published=(
            (
                "+12345678901",
                "10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee",
            ),
            (
                "   +1-800-555-0100",
                "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30",
            ),
        ),
        raw=(("brackets", "+1 (800) 555-0100", "+18005550100"),),
    ),
    "phone_sha256_meta": HashForm(
        kind="phone",
        sample="16505551212",
        in_base64=False,
        published=(
            (
                "+1 (650) 555-1212",
                "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
            ),
        ),
        raw=(("dots", "+1 650.555.1212", "16505551212"),),
    ),
}
"""Every kind that is a published hash."""
