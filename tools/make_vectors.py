"""
Make the token vectors, without the library that must pass them.

Everything here is written a second time and differently: HMAC and HKDF from
hashlib blocks (RFC 2104, RFC 5869), normalisation as a loop over characters.
``--check`` exits with 1 if the file in the package is not what this makes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

FILE = Path(__file__).parents[1] / "src/cleanroom_join/tokens/vectors/token_v1.json"
SPEC_SHA256 = "909ee8ecfb032a8aab250343a695824933108b3fd05c0803f46ff903fe32d336"
"""Digest of the specification these vectors are for; changes only with the spec."""

ROOT = bytes(range(32))
ACME = "acme-bank__globex-psp"
OTHER = "another-partnership"

NOTES = {
    "Valid": "A usual identifier.",
    "Length": "The shortest and longest that are allowed, and one beyond.",
    "LeadingZero": "Leading zeros count; a numeric column would have lost them.",
    "Whitespace": "Every kind of white space, at the front, inside, at the end.",
    "Invisible": "Characters that nobody sees, at the front, inside, at the end.",
    "Dash": "Every kind of dash.",
    "Digits": "Digits of other scripts that the specification maps.",
    "OtherDigits": "Digits of scripts that it does not map are not dropped.",
    "Null": "NULL, and texts that stand for it, have no token.",
    "Damaged": "Spreadsheets, floats and masks have destroyed the identifier.",
    "Hashed": "Already tokenised or hashed.",
    "Placeholder": "A stand-in that would join strangers.",
    "Letters": "Letters are never dropped.",
    "InvalidUtf8": "Bytes that are not UTF-8.",
    "Separation": "The same identifier under another kind, key or partnership.",
}


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104, from blocks."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


def subkey(partnership: str, kind: str, key_id: str) -> bytes:
    """RFC 5869: extract, then the first block of expand."""
    extracted = hmac_sha256(hashlib.sha256(partnership.encode()).digest(), ROOT)
    info = f"cleanroom_join/token/v1\0{kind}\0{key_id}".encode()
    return hmac_sha256(extracted, info + b"\x01")


def dropped(c: int) -> bool:
    """Whether a code point is white space, invisible or a dash."""
    if 0x20 <= c <= 0x7E:
        return c in (0x20, 0x2D)
    if c < 0x20 or 0x7F <= c <= 0xA0 or c == 0xAD:
        return True
    ranges = (
        *((0x034F, 0x034F), (0x058A, 0x058A), (0x05BE, 0x05BE), (0x061C, 0x061C)),
        *((0x1680, 0x1680), (0x17B4, 0x17B5), (0x1806, 0x1806), (0x180B, 0x180F)),
        *((0x2000, 0x2015), (0x2028, 0x202F), (0x2043, 0x2043), (0x205F, 0x206F)),
        *((0x207B, 0x207B), (0x208B, 0x208B), (0x2212, 0x2212), (0x3000, 0x3000)),
        *((0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFE58, 0xFE58), (0xFE63, 0xFE63)),
        *((0xFEFF, 0xFEFF), (0xFF0D, 0xFF0D), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
        *((0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
    )
    return any(low <= c <= high for low, high in ranges)


def ascii_form(c: int) -> str:
    """A character as an ASCII digit or capital where there is one."""
    for zero in (0xFF10, 0x0660, 0x06F0):
        if zero <= c <= zero + 9:
            return chr(0x30 + c - zero)
    if 0x1D7CE <= c <= 0x1D7FF:
        return chr(0x30 + (c - 0x1D7CE) % 10)
    return chr(c - 32) if 0x61 <= c <= 0x7A else chr(c)


def cleaned(data: bytes) -> str | None:
    """The text without what is dropped, or None where it is no UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "".join(ascii_form(ord(c)) for c in text if not dropped(ord(c)))


def tokens_for(kind: str, partnership: str, key_id: str, text: str) -> str:
    """The token of a normalised identifier."""
    mac = hmac_sha256(subkey(partnership, kind, key_id), text.encode())
    return f"{key_id}:{mac.hex()}"


class Group:
    """Cases of one kind, partnership and key id."""

    number = 0

    def __init__(self, kind: str, partnership: str = ACME, key_id: str = "k1") -> None:
        """Begin without cases."""
        self.kind, self.partnership, self.key_id = kind, partnership, key_id
        self.tests: list[dict[str, object]] = []

    def add(
        self,
        flag: str,
        comment: str,
        data: str | bytes | None,
        reason: str | None = None,
    ) -> None:
        """Add a case; a reason says that there is no token."""
        raw = data.encode() if isinstance(data, str) else data
        normalised = None if reason or raw is None else cleaned(raw)
        Group.number += 1
        absent = reason in ("missing", "empty", "null_like")
        self.tests.append(
            {
                "tcId": Group.number,
                "comment": comment,
                "flags": [flag],
                "input": None if raw is None else raw.hex(),
                "result": "null" if absent else "reject" if reason else "ok",
                "reason": reason,
                "normalised": None if normalised is None else normalised.encode().hex(),
                "token": None
                if normalised is None
                else tokens_for(self.kind, self.partnership, self.key_id, normalised),
            }
        )

    def document(self) -> dict[str, object]:
        """The group as JSON has it."""
        return {
            "kind": self.kind,
            "partnership": self.partnership,
            "keyId": self.key_id,
            "tests": self.tests,
        }


BRANDS = {
    "Maestro, 12 digits": "630400000000",
    "Visa, 13 digits": "4222222222222",
    "Diners, 14 digits": "36227206271667",
    "UnionPay, 14 digits": "62123456789002",
    "American Express, 15 digits": "378282246310005",
    "UATP, 15 digits": "135410014004955",
    "Visa, 16 digits": "4111111111111111",
    "Mastercard, 16 digits": "5555555555554444",
    "Mastercard 2-series, 16 digits": "2223003122003222",
    "Discover, 16 digits": "6011111111111117",
    "JCB, 16 digits": "3566002020360505",
    "Dankort, 16 digits": "5019555544445555",
    "UnionPay, 17 digits": "62123456789000003",
    "UnionPay, 18 digits": "621234567890000002",
    "UnionPay, 19 digits, beyond 2^53": "6205500000000000004",
    "Visa, 19 digits": "4013250000000000006",
    "not valid by Luhn, as some UnionPay cards are not": "6200000000000001",
}
WHITESPACE = "\t\n\v\f\r\x1c \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = "\0\x7f\xad\u034f\u061c\u180e\u200b\u200d\u200f\u202e\u2060\u2066\ufe0f\ufeff\U000e0020"
DASHES = "-\u058a\u05be\u1806\u2010\u2013\u2014\u2015\u2043\u207b\u208b\u2212\ufe58\ufe63\uff0d"
PLACES = {
    "front": "{0}41111111{1}",
    "middle": "4111{0}1111{1}",
    "end": "41111111{1}{0}",
}


def pan() -> Group:
    """Payment cards."""
    g = Group("pan")
    for name, number in BRANDS.items():
        g.add("Valid", name, number)
    for number in ("0004111111111119", "0012345678901237", "0123456789015"):
        g.add("LeadingZero", f"{len(number)} digits", number)
    for flag, characters in (
        ("Whitespace", WHITESPACE),
        ("Invisible", INVISIBLE),
        ("Dash", DASHES),
    ):
        for i, character in enumerate(characters):
            place, form = list(PLACES.items())[i % 3]
            text = form.format(character, "11111111")
            g.add(flag, f"U+{ord(character):04X} at the {place}", text)
    for place, form in PLACES.items():
        g.add(
            "Whitespace",
            f"no-break space at the {place}",
            form.format("\xa0", "11111111"),
        )
        g.add(
            "Invisible",
            f"zero width space at the {place}",
            form.format("\u200b", "11111111"),
        )
    g.add("Whitespace", "CHAR(20) padding", "4111111111111111    ")
    g.add("Digits", "full width", "\uff14" + "\uff11" * 15)
    g.add("Digits", "Arabic-Indic", "\u0664" + "\u0661" * 15)
    g.add("Digits", "extended Arabic-Indic", "\u06f4" + "\u06f1" * 15)
    g.add("Digits", "mathematical bold", "\U0001d7d2" + "\U0001d7cf" * 15)
    g.add("OtherDigits", "Devanagari", "\u096a" + "\u0967" * 15, "forbidden_character")
    g.add(
        "OtherDigits", "superscript two", "411111111111111\xb2", "forbidden_character"
    )
    g.add("Null", "NULL", None, "missing")
    g.add("Null", "empty", "", "empty")
    g.add("Null", "blanks", "  \xa0", "empty")
    for word in ("NULL", "null", "N/A", "n/a", "NaN", "None", "\\N", "#N/A", "unknown"):
        g.add("Null", word, word, "null_like")
    g.add("Damaged", "a spreadsheet", "4.11111E+15", "scientific")
    g.add("Damaged", "a spreadsheet, small exponent", "4.1e-05", "scientific")
    g.add("Damaged", "a float", "4111111111111111.0", "decimal_suffix")
    g.add("Damaged", "a decimal", "4111111111111111.00", "decimal_suffix")
    g.add("Damaged", "masked by X", "411111XXXXXX1111", "masked")
    g.add("Damaged", "masked by x", "411111xxxxxx1111", "masked")
    g.add("Damaged", "masked by stars", "411111******1111", "masked")
    g.add(
        "Hashed",
        "SHA-256",
        hashlib.sha256(b"4111111111111111").hexdigest(),
        "already_hashed",
    )
    g.add("Hashed", "a token", "k1:" + "0a" * 32, "already_hashed")
    g.add("Length", "11 digits", "41111111111", "bad_length")
    g.add("Length", "20 digits", "41111111111111111111", "bad_length")
    g.add("Placeholder", "zeros", "0000000000000000", "placeholder")
    g.add("Placeholder", "counted up", "1234567890123456", "placeholder")
    g.add("Letters", "a letter O for a zero", "4111111111111O11", "forbidden_character")
    g.add("Letters", "a name", "M\xfcller", "forbidden_character")
    g.add("Letters", "track data", "%B4111111111111111^A/B^", "forbidden_character")
    g.add(
        "InvalidUtf8",
        "a lone continuation byte",
        b"4111111111111111\x80",
        "invalid_utf8",
    )
    g.add(
        "InvalidUtf8",
        "an encoded surrogate",
        b"\xed\xa0\x804111111111111111",
        "invalid_utf8",
    )
    return g


def account() -> Group:
    """Account numbers."""
    g = Group("account")
    g.add("Separation", "the digits of a card", "4111111111111111")
    g.add("LeadingZero", "two zeros", "0012345")
    g.add("LeadingZero", "without them it is another account", "12345")
    g.add("Length", "4 digits", "1234")
    g.add("Length", "34 digits", "12" * 17)
    g.add("Length", "3 digits", "123", "bad_length")
    g.add("Length", "35 digits", "12" * 17 + "1", "bad_length")
    g.add("Dash", "grouped", "12-34 56")
    g.add("Placeholder", "nines", "99999999", "placeholder")
    g.add("Damaged", "a float", "12345.0", "decimal_suffix")
    g.add("Letters", "an IBAN", "DE02120300000000202051", "forbidden_character")
    g.add("Null", "not available", "not available", "null_like")
    return g


def registration() -> Group:
    """Registrations of vehicles and aircraft."""
    g = Group("registration")
    g.add("Valid", "an aircraft", "N14228")
    g.add("Valid", "lower case", "n14228")
    g.add("Whitespace", "a fixed-width export", "N14228  ")
    g.add("Dash", "a German aircraft", "D-AIBL")
    g.add("Digits", "full-width digits", "N\uff11\uff14\uff12\uff12\uff18")
    g.add("Valid", "looks like an exponent", "1E5")
    g.add("Damaged", "a spreadsheet read a registration", "1.00E+05", "scientific")
    g.add("Damaged", "masked", "N1**28", "masked")
    g.add("Damaged", "a float", "14228.0", "decimal_suffix")
    g.add("Length", "2 characters", "AB")
    g.add("Length", "16 characters", "ABCDEFGH12345678")
    g.add("Length", "1 character", "A", "bad_length")
    g.add("Length", "17 characters", "ABCDEFGH123456789", "bad_length")
    g.add(
        "Letters",
        "full-width letters are not folded",
        "\uff2e14228",
        "forbidden_character",
    )
    g.add("Letters", "an umlaut", "B-\xd6 1234", "forbidden_character")
    g.add(
        "Letters",
        "a Cyrillic letter that looks Latin",
        "\u041014228",
        "forbidden_character",
    )
    g.add("Null", "unknown", "Unknown", "null_like")
    g.add("Null", "n/a", "n/a", "null_like")
    g.add("Placeholder", "X", "XXXXXX", "placeholder")
    g.add("Placeholder", "test", "Test", "placeholder")
    return g


def separated() -> list[Group]:
    """One card under other keys and partnerships."""
    groups = [
        Group("pan", key_id="k2"),
        Group("pan", OTHER),
        Group("registration", OTHER, "2027q1"),
    ]
    for group in groups[:2]:
        group.add("Separation", "another key id or partnership", "4111111111111111")
        group.add("Separation", "another key id or partnership", "378282246310005")
    groups[2].add("Separation", "another key id and partnership", "N14228")
    return groups


def text() -> str:
    """The whole file."""
    groups = [pan(), account(), registration(), *separated()]
    document = {
        "algorithm": "HMAC-SHA-256 under an HKDF-SHA-256 subkey",
        "schema": "cleanroom_join/token-vectors/v1",
        "spec": "token-v1",
        "specSha256": SPEC_SHA256,
        "warning": "PUBLIC TEST KEY: never use it for anything else.",
        "publicTestKey": ROOT.hex(),
        "notes": NOTES,
        "numberOfTests": sum(len(group.tests) for group in groups),
        "testGroups": [group.document() for group in groups],
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def main() -> int:
    """Write the file, or compare it."""
    made = text()
    if "--check" in sys.argv[1:]:
        same = FILE.exists() and FILE.read_text() == made
        print(f"{FILE.name}: {'is what the generator makes' if same else 'DIFFERS'}")
        return 0 if same else 1
    FILE.write_text(made)
    print(f"{FILE.name}: {Group.number} cases")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
