"""
Make the token vectors, without the library that must pass them.

Values come from ``verify_token_v1.py``, the second implementation; what is expected
of each case is written here by hand, and the two must agree.  ``--check`` exits with
1 if the file in the package is not what this makes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from hash_texts import BASE64, HASH_FORMS, RAW_REFUSED
from vector_texts import BRANDS, DASHES, INVISIBLE, NOTES, PLACES, WHITESPACE

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src/cleanroom_join/tokens/vectors/token_v1.json"
SPEC = ROOT / "docs/spec/token-v1.md"

KEY = bytes(range(32))
ACME = "acme-bank__globex-psp"
OTHER = "another-partnership"


def second_implementation() -> ModuleType:
    """The stand-alone verifier, which imports nothing of the library."""
    path = FILE.with_name("verify_token_v1.py")
    spec = importlib.util.spec_from_file_location("verify_token_v1", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = second_implementation()


class Group:
    """Cases of one identifier, partnership and key id."""

    number = 0

    def __init__(
        self,
        *kinds: str,
        partnership: str = ACME,
        key_id: str = "k1",
        date_format: str = "YYYY-MM-DD",
        country: str | None = None,
        holds: str = "raw",
    ) -> None:
        """Begin without cases."""
        self.kinds = list(kinds)
        self.partnership, self.key_id = partnership, key_id
        self.date_format, self.country, self.holds = date_format, country, holds
        self.tests: list[dict[str, object]] = []

    def ok(
        self, flag: str, comment: str, value: str, *texts: str | bytes | None
    ) -> None:
        """Add a case with the message it must have."""
        self._add(flag, comment, texts, value, None)

    def no(
        self, flag: str, comment: str, reason: str, *texts: str | bytes | None
    ) -> None:
        """Add a case with the reason it must have."""
        self._add(flag, comment, texts, None, reason)

    def _add(
        self,
        flag: str,
        comment: str,
        texts: tuple[str | bytes | None, ...],
        value: str | None,
        reason: str | None,
    ) -> None:
        """Add a case, if both implementations of it agree."""
        assert flag in NOTES, flag
        raw = [t.encode() if isinstance(t, str) else t for t in texts]
        options = (self.date_format, self.country, self.holds)
        got = VERIFIER.message(self.kinds, raw, *options)
        assert got == (value, reason), (comment, got, value, reason)
        Group.number += 1
        absent = reason in ("missing", "empty", "null_like")
        self.tests.append(
            {
                "tcId": Group.number,
                "comment": comment,
                "flags": [flag],
                "input": [None if part is None else part.hex() for part in raw],
                "result": "null" if absent else "reject" if reason else "ok",
                "reason": reason,
                "message": None if value is None else value.encode().hex(),
                "token": None
                if value is None
                else VERIFIER.token(
                    KEY, self.partnership, self.kinds, self.key_id, value
                ),
            }
        )

    def document(self) -> dict[str, object]:
        """The group as JSON has it."""
        return {
            "kinds": self.kinds,
            "partnership": self.partnership,
            "keyId": self.key_id,
            "keyCheckValue": VERIFIER.key_check_value(KEY, self.partnership),
            "dateFormat": self.date_format,
            "country": self.country,
            "holds": self.holds,
            "tests": self.tests,
        }


def common(g: Group, sample: str, value: str, *, named: tuple[str, ...] = ()) -> None:
    """
    What every kind has: nothing there, hidden characters, digests.

    Words for NULL that are *named* are identifiers of the kind.
    """
    g.no("Null", "NULL", "missing", None)
    g.no("Null", "empty", "empty", "")
    g.no("Null", "blanks only", "empty", " \t\xa0\u3000")
    g.no("Null", "invisible characters only", "empty", "\u200b\ufeff")
    for word in ("NULL", "n/a", "NaN", "unknown", "\\N", "#N/A"):
        if word in named:
            g.ok("Null", f"{word} is a name", word.upper(), word)
        else:
            g.no("Null", word, "null_like", word)
    for c in INVISIBLE[::3]:
        for place, form in (("front", c + sample), ("end", sample + c)):
            g.ok("Invisible", f"U+{ord(c):04X} at the {place}", value, form)
        middle = sample[:3] + c + sample[3:]
        g.ok("Invisible", f"U+{ord(c):04X} in the middle", value, middle)
    for c in WHITESPACE[::4]:
        g.ok("Whitespace", f"U+{ord(c):04X} at both ends", value, c + sample + c + c)
    g.ok("Excel", "as a formula", value, f'="{sample}"')
    g.ok("Excel", "with an apostrophe", value, f"'{sample}")
    digest = hashlib.sha256(sample.encode())
    g.no("Hashed", "SHA-256", "already_hashed", digest.hexdigest())
    g.no("Hashed", "SHA-256, capitals", "already_hashed", digest.hexdigest().upper())
    g.no("Hashed", "SHA-256 after 0x", "already_hashed", "0x" + digest.hexdigest())
    sha1 = hashlib.sha1(sample.encode(), usedforsecurity=False).hexdigest()
    g.no("Hashed", "SHA-1", "already_hashed", sha1)
    g.no("Hashed", "a token", "already_hashed", "k1:" + "0a" * 32)
    base64 = "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ="
    g.no("Hashed", "SHA-256 in base64", "already_hashed", base64)
    g.no(
        "InvalidUtf8",
        "a lone continuation byte",
        "invalid_utf8",
        b"\x80" + sample.encode(),
    )
    g.no("InvalidUtf8", "an encoded surrogate", "invalid_utf8", b"\xed\xa0\x80")
    g.no(
        "InvalidUtf8",
        "cut in a character",
        "invalid_utf8",
        sample.encode() + b"\xe2\x82",
    )


def pan() -> Group:
    """Payment cards."""
    g = Group("pan")
    visa = "4111111111111111"
    for name, number in BRANDS.items():
        g.ok("Valid", name, number, number)
    for number in (
        *("0004111111111119", "0012345678901237", "0400000000000006"),
        "0123456789015",
    ):
        g.ok("LeadingZero", f"{len(number)} digits", number, number)
    for flag, characters in (
        *(("Whitespace", WHITESPACE), ("Invisible", INVISIBLE)),
        ("Dash", DASHES),
    ):
        for c in characters:
            for place, form in PLACES.items():
                text = form.format(c, "11111111")
                comment = f"U+{ord(c):04X} at the {place}"
                if flag == "Dash" and place != "middle":
                    g.no("Damaged", comment, "negative", text)
                else:
                    g.ok(flag, comment, visa, text)
    common(g, visa, visa)
    g.ok("Whitespace", "CHAR(20) padding", visa, visa + "    ")
    g.ok("Digits", "full width", visa, "\uff14" + "\uff11" * 15)
    g.ok("Digits", "Arabic-Indic", visa, "\u0664" + "\u0661" * 15)
    g.ok("Digits", "extended Arabic-Indic", visa, "\u06f4" + "\u06f1" * 15)
    g.ok("Digits", "mathematical bold", visa, "\U0001d7d2" + "\U0001d7cf" * 15)
    foreign = "forbidden_character"
    g.no("OtherDigits", "Devanagari", foreign, "\u096a" + "\u0967" * 15)
    g.no("OtherDigits", "superscript two", foreign, "411111111111111\xb2")
    g.no("Damaged", "a spreadsheet", "scientific", "4.11111E+15")
    g.no("Damaged", "a spreadsheet, small exponent", "scientific", "4.1e-05")
    g.no("Damaged", "a float", "decimal_suffix", visa + ".0")
    g.no("Damaged", "a decimal", "decimal_suffix", visa + ".00")
    g.no("Damaged", "a decimal comma", "decimal_suffix", visa + ",00")
    g.no("Damaged", "masked by X", "masked", "411111XXXXXX1111")
    g.no("Damaged", "masked by x", "masked", "411111xxxxxx1111")
    g.no("Damaged", "masked by stars", "masked", "411111******1111")
    g.no("Length", "11 digits", "bad_length", "41111111111")
    g.no("Length", "20 digits", "bad_length", "41111111111111111111")
    g.no("Placeholder", "zeros", "placeholder", "0" * 16)
    g.no("Placeholder", "counted up", "placeholder", "1234567890123456")
    g.no("Letters", "a letter O for a zero", foreign, "4111111111111O11")
    g.no("Letters", "a name", foreign, "M\xfcller")
    g.no("Letters", "track data", foreign, "%B4111111111111111^A/B^")
    return g


def account() -> Group:
    """Account numbers."""
    g = Group("account")
    g.ok("Separation", "the digits of a card", "4111111111111111", "4111111111111111")
    common(g, "0012345", "0012345")
    g.ok("LeadingZero", "two zeros", "0012345", "0012345")
    g.ok("LeadingZero", "without them it is another account", "12345", "12345")
    g.ok("Length", "4 digits", "1234", "1234")
    g.ok("Length", "34 digits", "12" * 17, "12" * 17)
    g.no("Length", "3 digits", "bad_length", "123")
    g.no("Length", "35 digits", "bad_length", "12" * 17 + "1")
    g.ok("Dash", "grouped", "123456", "12-34 56")
    g.ok("Dash", "grouped, and one in front", "123456", "-12-34-56")
    g.no("Damaged", "an int32 that has overflowed", "negative", "-1519849017")
    g.no("Damaged", "a packed decimal with its sign", "negative", "00123-")
    g.no("Damaged", "a minus sign, quoted", "negative", '="\u221200123"')
    g.no("Damaged", "a negative amount", "negative", "-12345.00")
    g.no("Placeholder", "nines", "placeholder", "99999999")
    g.no("Damaged", "a float", "decimal_suffix", "12345.0")
    g.no("Damaged", "a spreadsheet", "scientific", "1.2E+9")
    g.no("Damaged", "masked", "masked", "12***78")
    g.no("Letters", "an IBAN", "forbidden_character", "DE02120300000000202051")
    return g


def iban() -> Group:
    """International bank account numbers."""
    g = Group("iban")
    gb = "GB82WEST12345698765432"
    common(g, gb, gb)
    g.ok("Valid", "as printed", gb, "GB82 WEST 1234 5698 7654 32")
    g.ok("Valid", "with the word", gb, "IBAN: GB82 WEST 1234 5698 7654 32")
    g.ok("Case", "lower case", gb, gb.lower())
    g.ok("Digits", "full-width digits", gb, "GB82WEST\uff11\uff12345698765432")
    for name, number in {
        "Norway, the shortest": "NO9386011117947",
        "Germany": "DE89370400440532013000",
        "France, with a letter inside": "FR1420041010050500013M02606",
        "Malta": "MT84MALT011000012345MTLCAST001S",
        "Saint Lucia": "LC55HEMM000100010012001200023015",
    }.items():
        g.ok("Valid", name, number, number)
    g.no("Checksum", "one digit wrong", "bad_checksum", "GB82WEST12345698765433")
    g.no("Checksum", "two digits swapped", "bad_checksum", "GB82WEST12345698765423")
    g.no("Length", "cut", "bad_length", "GB82WEST123456")
    g.no("Length", "35 characters", "bad_length", "GB82" + "1" * 31)
    g.no("Shape", "no country", "bad_format", "8282WEST12345698765432")
    g.no("Shape", "letters for check digits", "bad_format", "GBXYWEST12345698765432")
    g.no("Damaged", "masked", "masked", "GB82****************32")
    g.no("Letters", "a Cyrillic letter", "forbidden_character", "G\u0412" + gb[2:])
    return g


def email() -> Group:
    """E-mail addresses."""
    g = Group("email")
    jane = "jane.doe@example.com"
    common(g, jane, jane)
    g.ok("Case", "capitals in both parts", jane, "Jane.DOE@EXAMPLE.com")
    g.ok("Valid", "angle brackets", jane, "<jane.doe@example.com>;")
    g.ok("Valid", "the root of the domain", jane, "jane.doe@example.com.")
    g.ok("Valid", "an apostrophe inside", "o'brien@example.ie", "O'Brien@example.ie")
    g.ok("Mailbox", "a tag counts", "jane+news@gmail.com", "Jane+News@gmail.com")
    g.ok("Mailbox", "dots count", "j.a.n.e@gmail.com", "j.a.n.e@gmail.com")
    g.ok("Mailbox", "two domains", "jane@googlemail.com", "jane@googlemail.com")
    g.ok(
        "Dash", "a typographic hyphen", "a-b@ex-ample.com", "a\u2010b@ex\u2011ample.com"
    )
    g.ok("Digits", "full width", "jane1@example.com", "jane\uff11@example.com")
    bad = "bad_format"
    g.no("Shape", "no at", bad, "jane.example.com")
    g.no("Shape", "two at", bad, "jane@doe@example.com")
    g.no("Shape", "no local part", bad, "@example.com")
    g.no("Shape", "no domain", bad, "jane.doe@")
    g.no("Shape", "one label", bad, "jane@localhost")
    g.no("Shape", "an empty label", bad, "jane@example..com")
    g.no("Length", "5 characters", "bad_length", "a@b.c")
    g.no("Length", "255 characters", "bad_length", "a" * 243 + "@example.com")
    g.ok(
        "Length",
        "254 characters",
        "a" * 242 + "@example.com",
        "a" * 242 + "@example.com",
    )
    foreign = "forbidden_character"
    g.no("Whitespace", "inside the local part", foreign, "jane doe@example.com")
    g.no("Whitespace", "before the at", foreign, "jane @example.com")
    g.no("Whitespace", "a tab inside", foreign, "jane\tdoe@example.com")
    g.no("Letters", "an accent", foreign, "jos\xe9@example.com")
    g.no("Letters", "an international domain", foreign, "jane@b\xfccher.example")
    g.no("Letters", "an emoji", foreign, "jane\U0001f600@example.com")
    g.no("Letters", "two addresses", foreign, "a@example.com,b@example.com")
    g.no("Damaged", "masked", "masked", "j***@example.com")
    md5 = hashlib.md5(jane.encode(), usedforsecurity=False).hexdigest()
    g.no("Hashed", "MD5", "already_hashed", md5)
    g.no("Placeholder", "test", "placeholder", "test@test.com")
    g.no("Placeholder", "no reply", "placeholder", "NoReply@example.com")
    return g


def mailbox() -> Group:
    """E-mail addresses by a provider table."""
    g = Group("email_mailbox")
    common(g, "jane@gmail.com", "jane@gmail.com")
    for text in ("J.a.n.e@gmail.com", "jane+x@googlemail.com", "JANE+a+b@GMAIL.com"):
        g.ok("Mailbox", "one mailbox", "jane@gmail.com", text)
    g.ok("Mailbox", "dots count there", "j.d@outlook.com", "J.D+x@outlook.com")
    g.ok("Mailbox", "an unlisted domain", "j+x@example.com", "J+x@example.com")
    for domain in ("me.com", "mac.com", "icloud.com"):
        g.ok("Mailbox", "one mailbox of Apple", "j@icloud.com", f"J+x@{domain}")
    for domain in ("protonmail.com", "pm.me", "proton.me"):
        g.ok("Mailbox", "one mailbox of Proton", "j@proton.me", f"J+x@{domain}")
    for text in ("jane@fastmail.fm", "jane-x@yahoo.com"):
        g.ok("Mailbox", "perhaps another mailbox", text, text)
    g.no("Mailbox", "only a tag", "bad_format", "+tag@gmail.com")
    g.no("Whitespace", "in a tag", "forbidden_character", "jane+a b@gmail.com")
    g.no("Mailbox", "only dots", "bad_format", "...@gmail.com")
    g.no("Length", "5 characters", "bad_length", "a@b.c")
    g.no("Letters", "an accent", "forbidden_character", "jos\xe9@gmail.com")
    g.no("Damaged", "masked", "masked", "j***@gmail.com")
    g.no("Placeholder", "test", "placeholder", "t.e.s.t@gmail.com")
    return g


def phones() -> list[Group]:
    """Telephone numbers, with and without a declared country."""
    g = Group("phone")
    london = "+442079460958"
    common(g, london, london)
    for text in (
        *("+44 (0)20 7946 0958", "+44(20)7946-0958", "+44 (020) 7946 0958"),
        *("+44.20.7946.0958", "\uff0b44 20 7946 0958", "tel:+44-20-7946-0958"),
    ):
        g.ok("Valid", "one number", london, text)
    for c in DASHES[::3]:
        g.ok("Dash", f"U+{ord(c):04X}", london, f"+44{c}20{c}79460958")
    g.ok("Digits", "full width", london, "+44\uff12\uff1079460958")
    _misplaced_trunks(g)
    g.no("Country", "national, no country declared", "no_country_code", "020 7946 0958")
    g.no("Country", "no plus", "no_country_code", "442079460958")
    g.no("Country", "00, no country declared", "no_country_code", "0044 20 7946 0958")
    g.no("Shape", "a calling code of zero", "bad_format", "+0442079460958")
    g.no("Shape", "a calling code that nobody has", "bad_format", "+999 12345678")
    g.no("Shape", "an area code that begins with 0", "bad_format", "+1 023 456 7890")
    g.no("Shape", "a plus inside", "bad_format", "44+2079460958")
    g.no("Length", "7 digits", "bad_length", "+4420794")
    g.no("Length", "16 digits", "bad_length", "+4420794609581234")
    g.no("Length", "no area code", "bad_length", "+1 555 0100")
    g.no("Length", "made up", "bad_length", "+1 123 456 7890")
    g.no(
        "Length", "a digit more than the plan has", "bad_length", "+33 1 23 45 67 89 0"
    )
    for text in (
        *(" ext 3", " ext. 3", " extension 3", "x12", " #12", ";ext=3", "/9"),
        *(", 020 7946 0959", " / 020 7946 0959", "; 020 7946 0959"),
    ):
        g.no("Extension", text.strip(), "extension", london + text)
    g.no("Extension", "as a URI", "extension", "tel:+44-20-7946-0958;ext=3")
    g.no("Letters", "a word", "forbidden_character", "Tel. +44 20 7946 0958")
    g.no("Letters", "slashes", "forbidden_character", "+44/20/79460958")
    g.no("Damaged", "a float", "decimal_suffix", "447911123456.0")
    g.no("Damaged", "a spreadsheet", "scientific", "4.47911E+11")
    g.no("Damaged", "masked", "masked", "+44 20 7946 XXXX")
    g.no("Placeholder", "fives", "placeholder", "+1 555 555 5555")
    g.no("Placeholder", "zeros", "placeholder", "0000000000")
    g.no("Placeholder", "zeros after a code", "placeholder", "+44 0000 000000")
    return [g, *_national_phones()]


def _misplaced_trunks(g: Group) -> None:
    """Trunk prefixes after the calling code, where they belong and where not."""
    for comment, value, text in (
        ("Germany", "+4915123456789", "+49 0151 23456789"),
        ("Germany, brackets", "+493012345678", "+49 (0)30 12345678"),
        ("Germany, a slash", "+49221123456", "+49 (0)221/123456"),
        ("Australia", "+61412345678", "+61 0412 345 678"),
        ("Hungary, 06", "+3612345678", "+36 06 1 234 5678"),
        ("Hungary, 0", "+3612345678", "+36 (0)1 234 5678"),
        ("Poland, whose zero is gone", "+48221234567", "+48 (0)22 123 45 67"),
        ("Russia", "+79123456789", "+7 8 912 345 67 89"),
        ("Russia, an area code with 8", "+78123456789", "+7 812 345 67 89"),
        ("Lithuania, 8", "+37061234567", "+370 8 612 34567"),
        ("Belarus", "+375291234567", "+375 8 029 123-45-67"),
        ("Turkmenistan", "+99312123456", "+993 8 12 123456"),
        ("United States", "+12125551234", "+1 1 212 555 1234"),
        ("Mexico, the 1 of mobiles", "+525512345678", "+52 1 55 1234 5678"),
        ("Mexico, 01", "+525512345678", "+52 01 55 1234 5678"),
        ("Rwanda", "+250720123456", "+250 0720 123 456"),
        ("Rome keeps its zero", "+390612345678", "+39 06 1234 5678"),
        ("Rome, in brackets", "+390612345678", "+39 (0)6 1234 5678"),
        ("San Marino keeps it", "+3780549886377", "+378 0549 886377"),
        ("Ivory Coast keeps it", "+2250123456789", "+225 01 23 45 67 89"),
        ("Gabon keeps it", "+24106031234", "+241 06 03 12 34"),
        ("Gabon, one too many", "+24166031234", "+241 066 03 12 34"),
        ("Congo keeps it", "+242061234567", "+242 06 123 4567"),
        ("Benin keeps it", "+2290120211234", "+229 01 20 21 12 34"),
    ):
        g.ok("Trunk", comment, value, text)
    g.no("Trunk", "two zeros", "bad_format", "+49 00151 23456789")
    g.no("Trunk", "Mexico, 044", "bad_length", "+52 044 55 1234 5678")
    g.no("Trunk", "Argentina, 15", "bad_length", "+54 011 15 2345-6789")


def _national_phones() -> list[Group]:
    """Telephone numbers of columns that declare a country."""
    expected: dict[str, list[tuple[str, str, str]]] = {}
    for country, comment, text, result in (
        ("GB", "national", "020 7946 0958", "+442079460958"),
        ("GB", "national", "(020) 7946-0958", "+442079460958"),
        ("GB", "of another country", "+49 30 12345678", "+493012345678"),
        ("GB", "dialled", "0044 20 7946 0958", "+442079460958"),
        ("GB", "dialled, with a trunk", "0049 (0)151 23456789", "+4915123456789"),
        ("GB", "dialled from elsewhere", "0011 65 6234 5678", "wrong_country"),
        ("GB", "no number", "7946 0958", "wrong_country"),
        ("GB", "no plus", "44 20 7946 0958", "wrong_country"),
        ("GB", "zeros", "00000 000000", "placeholder"),
        ("GB", "no zero", "2079460958", "lost_zero"),
        ("DE", "national", "030 12345678", "+493012345678"),
        ("DE", "a slash behind the area code", "030/12345678", "+493012345678"),
        ("DE", "two numbers", "030 123456 / 030 654321", "extension"),
        ("DE", "no zero", "30 12345678", "lost_zero"),
        ("FR", "national", "01 23 45 67 89", "+33123456789"),
        ("FR", "no zero, nine digits", "123456789", "+33123456789"),
        ("US", "national", "(650) 555-1212", "+16505551212"),
        ("US", "national", "1 650 555 1212", "+16505551212"),
        ("US", "dialled", "011 44 20 7946 0958", "+442079460958"),
        ("US", "dialled from elsewhere", "0044 20 7946 0958", "wrong_country"),
        ("US", "no area code", "555 1212", "wrong_country"),
        ("US", "made up", "1234567890", "wrong_country"),
        ("ES", "national", "912 345 678", "+34912345678"),
        ("ES", "no plus", "34912345678", "wrong_country"),
        ("IT", "national", "06 1234 5678", "+390612345678"),
        ("HU", "national", "06 1 234 5678", "+3612345678"),
        ("HU", "no zero", "612345678", "lost_zero"),
        ("RU", "national", "8 (912) 345-67-89", "+79123456789"),
        ("RU", "no trunk prefix", "912 345 67 89", "+79123456789"),
        ("RU", "dialled", "8 10 44 20 7946 0958", "+442079460958"),
        ("IN", "no zero", "98765 43210", "+919876543210"),
        ("IN", "national", "098765 43210", "+919876543210"),
        ("CN", "a mobile", "131 2345 6789", "+8613123456789"),
        ("CN", "Beijing", "(010) 1234 5678", "+861012345678"),
        ("CO", "a mobile", "321 1234567", "+573211234567"),
        ("CO", "fixed", "(601) 2345678", "+576012345678"),
        ("SO", "no zero", "7 1123456", "+25271123456"),
        ("KI", "no zero", "72001234", "+68672001234"),
        ("BR", "an optional zero", "0800 12 3456", "+55800123456"),
        ("BR", "without it", "(11) 96123-4567", "+5511961234567"),
        ("BR", "by a carrier", "00 21 44 20 7946 0958", "+442079460958"),
        ("BR", "no carrier", "0044 20 7946 0958", "wrong_country"),
        ("UY", "an optional zero", "0800 1234", "+5988001234"),
        ("HK", "dialled", "001 65 6234 5678", "+6562345678"),
        ("HK", "dialled from elsewhere", "0044 20 7946 0958", "wrong_country"),
        ("AU", "dialled", "0011 65 6234 5678", "+6562345678"),
        ("AU", "dialled from elsewhere", "0044 20 7946 0958", "wrong_country"),
        ("AU", "ones", "0411 111 111", "placeholder"),
        ("JP", "full width", "\uff08\uff10\uff13\uff0912345678", "+81312345678"),
        ("JP", "dialled", "010 44 20 7946 0958", "+442079460958"),
        ("KE", "dialled", "000 44 20 7946 0958", "+442079460958"),
        ("NG", "dialled", "009 44 20 7946 0958", "+442079460958"),
        ("CU", "dialled", "119 44 20 7946 0958", "+442079460958"),
        ("SG", "dialled", "001 44 20 7946 0958", "+442079460958"),
        ("SG", "by another carrier", "018 91 98765 43210", "+919876543210"),
        ("SG", "dialled from elsewhere", "0044 20 7946 0958", "wrong_country"),
        ("TH", "dialled from elsewhere", "0066 2 123 4567", "wrong_country"),
        ("TH", "dialled", "009 44 20 7946 0958", "+442079460958"),
        ("BO", "ambiguous", "0010 44 20 7946 0958", "wrong_country"),
        ("AR", "fixed", "011 2345-6789", "+541123456789"),
        ("AR", "a mobile with 15", "011 15-2345-6789", "wrong_country"),
        ("LU", "national", "27 12 34 56", "+35227123456"),
    ):
        expected.setdefault(country, []).append((comment, text, result))
    groups = []
    for country, cases in expected.items():
        g = Group("phone", country=country)
        for comment, text, result in cases:
            add = g.ok if result.startswith("+") else g.no
            add("Country", f"declared {country}, {comment}", result, text)
        groups.append(g)
    return groups


def odd_names(g: Group) -> None:
    """Add names that look like something else, and letters that few alphabets have."""
    for text in ("Null", "Nan", "Na", "Nat", "Nil", "Blank"):
        g.ok("Null", "a name", text.upper(), text)
    for text in ("None", "Undefined", "Missing", "TBD", "<NA>", "(null)", "N. a."):
        g.no("Null", text, "null_like", text)
    for text in ("Oo", "Ee", "Aa", "\xd6\xf6", "Sample", "Tester", "Patient"):
        value = "OO" if text == "\xd6\xf6" else text.upper()
        g.ok("Valid", "a surname", value, text)
    for c in "\u02b9\u02bb\u02bc\u02be\u02bf\u2018\u2019\ua78c'":
        g.ok("Valid", f"U+{ord(c):04X}", "KAAHUMANU", f"Ka{c}ahumanu")
    for c in "\xb7\u0387\u2027":
        g.ok("Valid", f"U+{ord(c):04X}", "GALLA", f"Gal{c}la")
    for text, value in {
        "\u018fliyev": "ELIYEV",
        "M\u0259mm\u0259dov": "MEMMEDOV",
        "\u0181ala": "BALA",
        "K\u0254f\u025b": "KOFE",
        "\u01c8ubi\u0107": "LJUBIC",
        "\ufb01scher": "FISCHER",
    }.items():
        g.ok("Form", "a letter without a decomposition", value, text)


def name() -> Group:
    """Parts of names."""
    g = Group("name")
    common(g, "Smith", "SMITH", named=("NULL", "NaN"))
    odd_names(g)
    for text, value in {
        "M\xfcller": "MULLER",
        "Nguy\u1ec5n": "NGUYEN",
        "\u0141ukasz": "LUKASZ",
        "Strau\xdf": "STRAUSS",
        "\xc5ngstr\xf6m": "ANGSTROM",
        "\xd8rsted": "ORSTED",
        "\xc6r\xf8": "AERO",
        "\u0130pek": "IPEK",
        "\xdeorl\xe1ksson": "THORLAKSSON",
    }.items():
        for form in ("NFC", "NFD"):
            g.ok("Form", f"{form} of {value}", value, unicodedata.normalize(form, text))
        if text.upper() != "STRAUSS":
            g.ok("Case", f"capitals of {value}", value, text.upper())
    for text in ("O'Brien", "O\u2019Brien", "O`BRIEN", "o brien", "O-Brien"):
        g.ok("Valid", "one name", "OBRIEN", text)
    g.ok("Valid", "two words", "JONESDREW", "Jones-Drew")
    g.ok("Length", "2 letters", "LI", "Li")
    g.no("Length", "1 letter", "bad_length", "O")
    g.no("Length", "40 letters", "bad_length", "AZ" * 20)
    foreign = "forbidden_character"
    g.no("Letters", "Cyrillic", foreign, "\u0418\u0432\u0430\u043d\u043e\u0432")
    g.no("Letters", "Hangul", foreign, "\uc815")
    g.no("Letters", "one Cyrillic letter among Latin ones", foreign, "Sm\u0456th")
    g.no("Letters", "a digit", foreign, "Smith2")
    g.no("Letters", "full width", foreign, "\uff33mith")
    g.no("Mojibake", "an umlaut", "mojibake", "M\xc3\xbcller")
    g.no("Mojibake", "a second byte that is invisible", "mojibake", "\xc3\x89mile")
    g.no("Mojibake", "a second byte that is a space", "mojibake", "Voil\xc3\xa0")
    g.no("Damaged", "masked", "masked", "S****")
    for word in ("Test", "XXXX", "Anonymous", "FirstName", "Deceased"):
        g.no("Placeholder", word, "placeholder", word)
    return g


def dates() -> list[Group]:
    """Dates of birth in every declared format."""
    g = Group("date_of_birth")
    common(g, "1984-02-29", "1984-02-29")
    g.ok("Date", "a leap day of a century", "2000-02-29", "2000-02-29")
    g.no("Date", "no leap day of a century", "bad_date", "1900-02-29")
    g.no("Date", "no leap year", "bad_date", "1985-02-29")
    g.no("Date", "month and day swapped", "bad_date", "1984-29-02")
    g.no("Date", "the 31st of a short month", "bad_date", "1984-04-31")
    g.no("Date", "before 1800", "bad_date", "1799-12-31")
    g.ok("Date", "the last day", "2039-12-31", "2039-12-31")
    g.ok("Date", "the last leap day", "2036-02-29", "2036-02-29")
    g.no("Date", "after 2039", "bad_date", "2040-01-01")
    g.no("Date", "a two-digit year, read a century too late", "bad_date", "2068-07-16")
    for text in (
        *("1984-02-29 00:00:00", "1984-02-29T00:00:00Z", "1984-02-29 00:00"),
        *("1984-02-29T00:00:00.000+00:00", "1984-02-29 00:00:00.0000000"),
        *("1984-02-29 00:00:00 UTC", "1984-02-29 12:00:00 AM"),
        "1984-02-29-00.00.00.000000",
    ):
        g.ok("Midnight", text, "1984-02-29", text)
    for text in (
        *("1984-02-28 23:00:00", "1984-02-29T00:00:00+01:00", "1984-02-29 00:00:01"),
        *("1984-02-29 12:00:00", "1984-02-29_00:00:00", "1984-02-29 0"),
    ):
        g.no("Midnight", text, "bad_format", text)
    g.no("Shape", "another format", "bad_format", "29/02/1984")
    g.no("Shape", "two digits of a year", "bad_format", "84-02-29")
    g.no("Damaged", "a float", "decimal_suffix", "19840229.0")
    for day in (
        *("1900-01-01", "1970-01-01", "9999-12-31", "1840-12-31", "1858-11-17"),
        "1816-03-29",
    ):
        g.no("Placeholder", day, "placeholder", day)
    for day in ("1960-01-01", "1904-01-01", "1980-01-01"):
        g.ok("Date", "another system's day zero, and a birthday", day, day)
    g.ok("Dash", "typographic", "1984-02-29", "1984\u201302\u201129")
    groups = [g]
    for form, unpadded, late, wrong in (
        ("YYYYMMDD", "19840302", "19840331", "31031984"),
        ("YYYY/MM/DD", "1984/03/02", "1984/03/31", "1984/31/03"),
        ("DD/MM/YYYY", "2/3/1984", "31/03/1984", "03/31/1984"),
        ("DD.MM.YYYY", "2.3.1984", "31.03.1984", "03.31.1984"),
        ("DD-MM-YYYY", "2-3-1984", "31-03-1984", "03-31-1984"),
        ("MM/DD/YYYY", "3/2/1984", "03/31/1984", "31/03/1984"),
        ("MM-DD-YYYY", "3-2-1984", "03-31-1984", "31-03-1984"),
    ):
        g = Group("date_of_birth", date_format=form)
        g.ok("Date", "the second of March", "1984-03-02", unpadded)
        g.ok("Date", "the last of March", "1984-03-31", late)
        g.ok("Date", "ISO 8601 is read everywhere", "1984-03-31", "1984-03-31")
        g.no("Date", "day and month swapped", "bad_date", wrong)
        g.no("Shape", "one digit too many", "bad_format", late + "1")
        g.ok("Midnight", "behind the day", "1984-03-31", late + " 00:00:00")
        g.ok("Midnight", "as Excel writes it", "1984-03-31", late + " 0:00")
        groups.append(g)
    return groups


def postcodes() -> list[Group]:
    """Postcodes of three kinds."""
    uk = Group("postcode_uk")
    common(uk, "SW1A1AA", "SW1A1AA")
    for text, value in {
        "sw1a 1aa": "SW1A1AA",
        "M1 1AE": "M11AE",
        "B33 8TH": "B338TH",
        "CR2 6XH": "CR26XH",
        "DN55 1PT": "DN551PT",
        "gir 0aa": "GIR0AA",
    }.items():
        uk.ok("Valid", "a form of BS 7666", value, text)
    uk.no("Shape", "cut", "bad_format", "SW1A1A")
    uk.no("Shape", "digits", "bad_format", "123456")
    uk.no("Length", "outward half", "bad_length", "SW1A")
    uk.no("Letters", "an accent", "forbidden_character", "SW1A 1A\xc4")
    uk.no("Damaged", "masked", "masked", "SW1A***")
    uk.no("Placeholder", "no such address", "placeholder", "ZZ99 9ZZ")
    us = Group("postcode_us5")
    common(us, "02139", "02139")
    us.ok("Valid", "ZIP+4", "02139", "02139-4307")
    us.ok("Valid", "nine digits", "02139", "021394307")
    us.ok("Digits", "full width", "02139", "0213\uff19")
    us.no("LeadingZero", "four digits", "lost_zero", "2139")
    us.no("LeadingZero", "eight digits", "lost_zero", "2139-4307")
    us.no("Length", "six digits", "bad_length", "021394")
    us.no("Damaged", "a float", "decimal_suffix", "2139.0")
    us.no("Damaged", "a spreadsheet", "scientific", "2.1E+04")
    us.no("Damaged", "masked", "masked", "021**")
    us.no("Letters", "a Canadian postcode", "forbidden_character", "K1A 0B1")
    for digit in "013679":
        us.no("Placeholder", f"{digit} only", "placeholder", digit * 5)
    for text in ("12345", "22222", "44444", "55555", "88888"):
        us.ok("Valid", "a real code", text, text)
    any_country = Group("postcode_alnum")
    common(any_country, "K1A0B1", "K1A0B1")
    any_country.ok("Valid", "Canada", "K1A0B1", "k1a 0b1")
    any_country.ok("Valid", "Portugal", "1000205", "1000-205")
    any_country.ok("LeadingZero", "Dresden", "01067", "01067")
    any_country.no("Length", "two", "bad_length", "10")
    any_country.no("Length", "eleven", "bad_length", "ABCDE123456")
    any_country.no("Damaged", "a float", "decimal_suffix", "1067.0")
    any_country.no("Damaged", "masked", "masked", "10*67")
    any_country.no(
        "Letters", "another script", "forbidden_character", "\uc11c\uc6b8123"
    )
    for text in ("000", "0000", "9999", "99999", "XXXXX"):
        any_country.no("Placeholder", text, "placeholder", text)
    for text in ("1111", "2222", "3333", "44444", "8888", "12345", "111111"):
        any_country.ok("Valid", "a real code somewhere", text, text)
    return [uk, us, any_country]


def device_id() -> Group:
    """Advertising identifiers."""
    g = Group("device_id")
    plain = "6d92078a-8246-4ba4-ae5b-76104861e7dc"
    common(g, plain, plain)
    g.ok("Case", "capitals", plain, plain.upper())
    g.ok("Valid", "in braces", plain, "{" + plain + "}")
    g.ok("Dash", "typographic", plain, plain.replace("-", "\u2011"))
    g.ok("Whitespace", "inside", plain, plain[:8] + " " + plain[8:])
    g.no("Hashed", "MD5, or without hyphens", "already_hashed", plain.replace("-", ""))
    g.no("Length", "one too many", "bad_length", plain + "0")
    g.no("Shape", "hyphens in other places", "bad_format", "6d92078a8-246" + plain[13:])
    g.no("Letters", "a g", "forbidden_character", "g" + plain[1:])
    g.no("Damaged", "masked", "masked", plain[:-4] + "****")
    g.no("Placeholder", "opted out", "placeholder", re.sub("[0-9a-f]", "0", plain))
    return g


def registrations() -> list[Group]:
    """Registrations of vehicles and aircraft, with and without a declared country."""
    g = Group("registration")
    common(g, "N14228", "N14228")
    g.ok("Valid", "an aircraft", "N14228", "N14228")
    g.ok("Case", "lower case", "N14228", "n14228")
    g.ok("Whitespace", "a fixed-width export", "N14228", "N14228  ")
    g.ok("Dash", "a German aircraft", "DAIBL", "D-AIBL")
    g.ok("Digits", "full-width digits", "N14228", "N\uff11\uff14\uff12\uff12\uff18")
    g.ok("Valid", "looks like an exponent", "1E5", "1E5")
    g.no("Damaged", "a spreadsheet read a registration", "scientific", "1.00E+05")
    g.no("Damaged", "masked", "masked", "N1**28")
    g.no("Damaged", "a float", "decimal_suffix", "14228.0")
    g.ok("Length", "2 characters", "AB", "AB")
    g.ok("Length", "16 characters", "ABCDEFGH12345678", "ABCDEFGH12345678")
    g.no("Length", "1 character", "bad_length", "A")
    g.no("Length", "17 characters", "bad_length", "ABCDEFGH123456789")
    foreign = "forbidden_character"
    g.no("Letters", "full-width letters are not folded", foreign, "\uff2e14228")
    g.no("Letters", "an umlaut", foreign, "B-\xd6 1234")
    g.no("Letters", "a Cyrillic letter that looks Latin", foreign, "\u041014228")
    g.no("Placeholder", "X", "placeholder", "XXXXXX")
    g.no("Placeholder", "test", "placeholder", "Test")
    for text, value in {
        "AB12 CDE": "AB12CDE",
        "ABC-1234": "ABC1234",
        "AB-123-CD": "AB123CD",
        "12-AB-CD": "12ABCD",
        "AB-CD-12": "ABCD12",
        "ZH\xb7123456": "ZH123456",
    }.items():
        g.ok("Separator", "counts in no country", value, text)
        g.ok("Separator", "the same without", value, value)
    for text in (
        *("B-MX 123", "BM-X 123", "B MX123", "HH-AB 1234", "HHA-B 12", "TOEL-A 1"),
        *("HH-AB 12 E", "S-PORT 1", "SP-ORT 1", "VN-A321"),
    ):
        g.no("Separator", "may count", "undeclared_country", text)
    groups = [g]
    for country, cases in {
        "GB": {"AB12 CDE": "AB12CDE", "ab12cde": "AB12CDE", "A 1": "A1"},
        "US": {"A BC 123": "ABC123", "ABC-123": "ABC123"},
        "NL": {"AB-CD-12": "ABCD12", "ABCD12": "ABCD12"},
        "DE": {
            "B-MX 123": "B-MX123",
            "b mx 123": "B-MX123",
            "B - MX - 123": "B-MX123",
            "B\u2013MX\xa0123": "B-MX123",
            "BM-X 123": "BM-X123",
            "HH-A 1": "HH-A1",
            "H-HA 1": "H-HA1",
            "B-MX 123 E": "B-MX123E",
            "B-MX 12H": "B-MX12H",
            "T\xd6L-AB 12": "TOEL-AB12",
            "t\xf6l-ab 12": "TOEL-AB12",
            "TO\u0308L-AB 12": "TOEL-AB12",
            "TOEL-AB 12": "TOEL-AB12",
            "TOL-AB 12": "TOL-AB12",
            "B 1234": "B-1234",
        },
        "AT": {
            "W-12345 A": "W-12345A",
            "W12345A": "W-12345A",
            "KU 217 BI": "KU-217BI",
            "S-PORT 1": "S-PORT1",
            "SP-ORT 1": "SP-ORT1",
            "A-1": "A-1",
        },
    }.items():
        g = Group("registration", country=country)
        for text, value in cases.items():
            g.ok("Separator", f"declared {country}", value, text)
        groups.append(g)
    for country, lost, other in (
        ("DE", ("BMX123", "BMX 123", "BN-1234", "HHAB12E"), ("0 17-123", "B-MX 0123")),
        ("AT", ("SPORT1", "WABC 1"), ("W-ABCDEF", "WIEN-1A")),
    ):
        g = Group("registration", country=country)
        for text in lost:
            g.no("Separator", "lost", "lost_separator", text)
        for text in other:
            g.no("Shape", f"no registration of {country}", "bad_format", text)
        g.no("Null", "a word", "null_like", "not available")
        g.no("Letters", "a mark on another letter", foreign, "B\u0308-MX 123")
        groups.append(g)
    return groups


def hashed_kinds() -> list[Group]:
    """Published hashes: columns of identifiers, and columns of hashes."""
    groups = []
    for name, form in HASH_FORMS.items():
        raw, hashes = Group(name), Group(name, holds="hash")
        for text, digest in form.published:
            raw.ok("Published", "of the publication", digest, text)
        for comment, text, normalised in form.raw:
            raw.ok("Published", comment, sha256(normalised), text)
        for comment, reason, text in (*RAW_REFUSED[form.kind], *form.refused):
            raw.no("Published", comment, reason, text)
        hashed_column(hashes, form.sample, in_base64=form.in_base64)
        if name == "email_sha256_uid2":
            spelled_hashes(hashes, form.sample)
        groups += [raw, hashes]
    groups += [national_numbers("phone_sha256_e164", "+"), mixed_composite()]
    return groups


def sha256(text: str) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def hashed_column(g: Group, normalised: str, *, in_base64: bool) -> None:
    """A column that holds hashes of what is normalised already."""
    digest = hashlib.sha256(normalised.encode())
    right = digest.hexdigest()
    text = base64.b64encode(digest.digest()).decode()
    g.ok("Hashed", "in hexadecimal", right, right)
    g.ok("Hashed", "0X in front, capitals", right, "0X" + right.upper())
    if in_base64:
        g.ok("Hashed", "in base64", right, text)
        # The last digit has two bits that mean nothing.
        spoilt = text[:-2] + BASE64[BASE64.index(text[-2]) + 1] + "="
        g.no("Hashed", "in base64, unused bits set", "bad_format", spoilt)
    else:
        g.no("Hashed", "in base64, not published", "bad_format", text)
    g.no("Hashed", "in base64 without padding", "bad_format", text[:-1])
    g.no("Hashed", "63 digits", "bad_length", right[:-1])
    g.no("Hashed", "65 digits", "bad_length", right + "0")
    g.no("Hashed", "MD5", "other_hash", "b4c9a289323b21a01c3e940f150eb9b8")
    g.no("Hashed", "a token", "already_hashed", "k1:" + right)
    g.no("Hashed", "raw: what is hashed", "not_hashed", normalised)
    g.no("Null", "NULL", "missing", None)
    g.no("Null", "empty", "empty", "")
    g.no("Null", "n/a", "null_like", "n/a")
    stand_in = "test@test.com" if "@" in normalised else normalised[:-10] + "0" * 10
    g.no("Placeholder", "SHA-256 of a stand-in", "placeholder", sha256(stand_in))
    g.no("Placeholder", "SHA-256 of nothing", "placeholder", sha256(""))


def spelled_hashes(g: Group, normalised: str) -> None:
    """What is the same for all forms: spellings, other digests, words for NULL."""
    right = sha256(normalised)
    text = base64.b64encode(bytes.fromhex(right)).decode()
    g.ok("Hashed", "in capitals", right, right.upper())
    g.ok("Hashed", "0x in front", right, "0x" + right)
    g.ok("Whitespace", "blanks at both ends", right, f" {right}\t\xa0")
    g.ok("Whitespace", "base64, blanks at both ends", right, f" {text}\r\n")
    g.ok("Invisible", "a byte order mark", right, "\ufeff" + right)
    inside = right[:9] + "\u200b" + right[9:]
    g.ok("Invisible", "a zero-width space inside", right, inside)
    g.ok("Excel", "quotation marks", right, f'"{right}"')
    g.no("Whitespace", "a blank inside", "not_hashed", right[:32] + " " + right[32:])
    g.no("Hashed", "a base64 digit replaced for URLs", "bad_format", "-" + text[1:])
    g.no("Hashed", "two in one", "other_hash", right * 2)
    for name in ("md5", "sha1", "sha224", "sha384", "sha512"):
        other = hashlib.new(name, normalised.encode(), usedforsecurity=False)
        g.no("Hashed", name.upper(), "other_hash", other.hexdigest())
    for name in ("md5", "sha1", "sha224", "sha512"):
        other = hashlib.new(name, normalised.encode(), usedforsecurity=False)
        written = base64.b64encode(other.digest()).decode()
        g.no("Hashed", f"{name.upper()} in base64", "other_hash", written)
    g.no("Hashed", "one letter is no digit", "not_hashed", "g" + right[1:])
    g.no("Hashed", "a number without plus sign", "not_hashed", "16505551212")
    g.no("Null", "blanks only", "empty", " \t\xa0\u3000")
    for word in ("NULL", "NaN"):
        g.no("Null", word, "null_like", word)
    for word in (" ", "null", "NULL", "None", "nan", "n/a", "unknown"):
        g.no("Placeholder", f"SHA-256 of '{word}'", "placeholder", sha256(word))
    g.no("Placeholder", "zeros", "placeholder", "0" * 64)
    g.no("InvalidUtf8", "a lone byte", "invalid_utf8", b"\x80" + right.encode())
    # These leave no trace: they are hashes like any other.
    again = sha256(right)
    g.ok("Hashed", "hashed twice", again, again)
    blank = sha256(normalised + " ")
    g.ok("Hashed", "hashed with a blank", blank, blank)


def national_numbers(name: str, plus: str) -> Group:
    """A column of national numbers that declares its country."""
    g = Group(name, country="GB")
    digest = sha256(f"{plus}442079460958")
    g.ok("Country", "a national number", digest, "020 7946 0958")
    g.ok("Country", "an international number", digest, "+44 20 7946 0958")
    return g


def mixed_composite() -> Group:
    """A hash beside a part that is none."""
    g = Group("email_sha256_uid2", "postcode_uk", holds="hash")
    digest = sha256("user@example.com")
    g.ok(
        "Composite",
        "a hash and a postcode",
        f"64:{digest},7:SW1A1AA,",
        digest,
        "sw1a 1aa",
    )
    g.no("Composite", "no hash", "not_hashed", "user@example.com", "SW1A 1AA")
    return g


def composites() -> list[Group]:
    """Several parts together."""
    two = Group("name", "postcode_uk")
    two.ok("Composite", "both", "5:SMITH,7:SW1A1AA,", "Smith", "SW1A 1AA")
    two.no("Composite", "the second is missing", "missing", "Smith", None)
    two.no("Composite", "the first is missing", "missing", None, "SW1A 1AA")
    two.no("Composite", "the first reason counts", "forbidden_character", "S2", "")
    two.no("Composite", "the second is refused", "bad_format", "Smith", "SW1A1A")
    three = Group("name", "name", "date_of_birth", date_format="DD/MM/YYYY")
    person = "6:MULLER,4:ANNA,10:1984-03-31,"
    three.ok("Composite", "composed", person, "M\xfcller", "Anna", "31/03/1984")
    three.ok("Composite", "decomposed", person, "MU\u0308LLER", "anna", "31/3/1984")
    three.ok(
        "Composite",
        "order counts",
        "4:ANNA,6:MULLER,10:1984-03-31,",
        "Anna",
        "M\xfcller",
        "31/03/1984",
    )
    three.ok("Composite", "ab, c", "2:AB,2:CD,10:1984-03-31,", "Ab", "Cd", "31/03/1984")
    three.ok(
        "Composite", "a, bc", "3:ABC,2:DE,10:1984-03-31,", "Abc", "De", "31/03/1984"
    )
    three.ok(
        "Composite",
        "the cut counts",
        "2:AB,3:CDE,10:1984-03-31,",
        "Ab",
        "Cde",
        "31/03/1984",
    )
    three.no("Composite", "a placeholder", "placeholder", "Test", "Anna", "31/03/1984")
    three.no("Composite", "swapped", "bad_date", "Smith", "Anna", "03/31/1984")
    four = Group("name", "name", "date_of_birth", "postcode_us5")
    four.ok(
        "Composite",
        "four parts",
        "5:SMITH,4:ANNA,10:1984-03-31,5:02139,",
        "Smith",
        "Anna",
        "1984-03-31",
        "02139-4307",
    )
    four.no(
        "Composite", "a lost zero", "lost_zero", "Smith", "Anna", "1984-03-31", "2139"
    )
    mixed = Group("email", "phone", country="GB")
    mixed.ok(
        "Composite",
        "kinds of other shapes",
        "13:j@example.com,13:+442079460958,",
        "J@example.com",
        "020 7946 0958",
    )
    return [two, three, four, mixed]


def separated() -> list[Group]:
    """One identifier under other keys and partnerships."""
    groups = [
        Group("pan", key_id="k2"),
        Group("pan", partnership=OTHER),
        Group("registration", partnership=OTHER, key_id="2027q1"),
        Group("name", "name", "date_of_birth", partnership=OTHER, key_id="k2"),
    ]
    for group in groups[:2]:
        for number in ("4111111111111111", "378282246310005"):
            group.ok("Separation", "another key id or partnership", number, number)
    groups[2].ok("Separation", "another key id and partnership", "N14228", "N14228")
    person = "5:SMITH,4:ANNA,10:1984-03-31,"
    groups[3].ok("Separation", "a composite", person, "Smith", "Anna", "1984-03-31")
    return groups


def text() -> str:
    """The whole file."""
    groups = [
        *(pan(), account(), iban(), email(), mailbox(), *phones(), name(), *dates()),
        *(*postcodes(), device_id(), *registrations(), *composites(), *separated()),
        *hashed_kinds(),
        # New kinds come last: the numbers of the other cases do not change.
    ]
    digest = re.search(
        r"<!-- generated: digest -->\n`([0-9a-f]{64})`", SPEC.read_text()
    )
    assert digest is not None
    document = {
        "algorithm": "HMAC-SHA-256 under an HKDF-SHA-256 subkey",
        "schema": "cleanroom_join/token-vectors/v1",
        "spec": "token-v1",
        "specSha256": digest[1],
        "warning": "PUBLIC TEST KEY: never use it for anything else.",
        "publicTestKey": KEY.hex(),
        "notes": NOTES,
        "numberOfTests": sum(len(group.tests) for group in groups),
        "testGroups": [group.document() for group in groups],
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def main() -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    made = text()
    if check:
        same = FILE.exists() and FILE.read_text() == made
        print(f"{FILE.name}: {'is what the generator makes' if same else 'DIFFERS'}")
        return 0 if same else 1
    FILE.write_text(made)
    print(f"{FILE.name}: {Group.number} cases")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
