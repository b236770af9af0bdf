#!/usr/bin/env python3
"""
Stand-alone verifier of token specification v1: Python's standard library only.

A second implementation, written from ``docs/spec/token-v1.md`` and not from the
library: loops over characters instead of steps, HMAC from two hashes, the calendar
from `datetime`, Latin letters from `unicodedata`.  It made the vector file.

    python verify_token_v1.py token_v1.json
    python verify_token_v1.py token_v1.json --template cases.csv
    python verify_token_v1.py token_v1.json --results results.csv

The first recomputes every case of the file.  The second writes the inputs for an
implementation of your own; the third compares its answers, a CSV file with the
columns tcId, token (empty or NULL where there is none) and, if you like, reason; a
spreadsheet may have saved it.  The exit code is 0 if everything agrees, 1 if not, 2 if
a file cannot be read.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

# --- 2. Tables ----------------------------------------------------------------

WHITE = (
    *((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680)),
    *((0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F)),
    (0x3000, 0x3000),
)
INVISIBLE = (
    *((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD)),
    *((0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
DASHES = (
    *((0x2D, 0x2D), (0x58A, 0x58A), (0x5BE, 0x5BE), (0x1806, 0x1806)),
    *((0x2010, 0x2015), (0x2043, 0x2043), (0x207B, 0x207B), (0x208B, 0x208B)),
    *((0x2212, 0x2212), (0xFE58, 0xFE58), (0xFE63, 0xFE63), (0xFF0D, 0xFF0D)),
)
QUOTES = (
    *((0x22, 0x22), (0x27, 0x27), (0x60, 0x60), (0xB4, 0xB4), (0xB7, 0xB7)),
    *((0x387, 0x387), (0x2B9, 0x2BF), (0x2C8, 0x2C8), (0x2EE, 0x2EE)),
    *((0x2018, 0x201F), (0x2027, 0x2027), (0x2032, 0x2033), (0x2219, 0x2219)),
    *((0x22C5, 0x22C5), (0xA78B, 0xA78C), (0xFF02, 0xFF02), (0xFF07, 0xFF07)),
)
ZEROS = (0xFF10, 0x660, 0x6F0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6)
# A letter and what it becomes.
_SPECIAL_LETTERS = (
    "\u00dfSS \u1e9eSS \u00c6AE \u00e6AE \u0152OE \u0153OE \u00d8O \u00f8O "
    "\u0141L \u0142L \u0110D \u0111D \u00d0D \u00f0D \u00deTH \u00feTH \u0131I "
    "\u014aNG \u014bNG \u0126H \u0127H \u0166T \u0167T \u0132IJ \u0133IJ "
    "\u013fL \u0140L \u0149N \u017fS "
    # Schwa; letters with a hook or a bar, and other African ones; digraphs, ligatures.
    "\u018fE \u0259E \u0190E \u025bE \u0181B \u0253B \u018aD \u0257D \u0189D \u0256D "
    "\u0198K \u0199K \u01b3Y \u01b4Y \u019dN \u0272N \u0186O \u0254O \u0191F \u0192F "
    "\u0194G \u0263G \u01b2V \u028bV \u0197I \u0268I \u01b5Z \u01b6Z "
    "\u01c4DZ \u01c5DZ \u01c6DZ \u01f1DZ \u01f2DZ \u01f3DZ \u01c7LJ \u01c8LJ \u01c9LJ "
    "\u01caNJ \u01cbNJ \u01ccNJ \ufb00FF \ufb01FI \ufb02FL"
)
SPECIAL_LETTERS = {pair[0]: pair[1:] for pair in _SPECIAL_LETTERS.split()}
NULL_WORDS = set(
    (
        "NULL (NULL) <NULL> [NULL] NONE NIL \\N UNDEFINED NA N/A N.A N.A. #N/A #NA "
        "<NA> NOTAVAILABLE NOTAPPLICABLE NAN NAT INF INFINITY 1.#QNAN 1.#IND #NULL! "
        "#REF! #VALUE! #NAME? #NUM! #DIV/0! UNKNOWN UNK MISSING EMPTY BLANK TBA TBC "
        "TBD ?"
    ).split()
)
GMAIL = ("gmail.com", "googlemail.com")
TAGGED = (
    *("hotmail.com", "live.com", "outlook.com", "icloud.com", "proton.me"),
    "fastmail.com",
)
# Other domains of the same mailboxes.
SAME = {
    **dict.fromkeys(("me.com", "mac.com"), "icloud.com"),
    **dict.fromkeys(("protonmail.com", "pm.me"), "proton.me"),
}
# Country, calling code, trunk prefix, fewest and most digits, prefix optional.
_COUNTRIES = (
    "AC 247 - 5 5 0;AE 971 0 8 9 0;AF 93 0 9 9 0;AG 1 1 10 10 1;AI 1 1 10 10 1;"
    "AL 355 0 8 9 0;AM 374 0 8 8 0;AO 244 - 9 9 0;AS 1 1 10 10 1;AT 43 0 4 13 0;"
    "AU 61 0 9 9 0;AW 297 - 7 7 0;AX 358 0 6 10 0;AZ 994 0 9 9 0;BA 387 0 8 9 0;"
    "BB 1 1 10 10 1;BD 880 0 6 10 0;BE 32 0 8 9 0;BF 226 - 8 8 0;BG 359 0 6 9 0;"
    "BH 973 - 8 8 0;BI 257 - 8 8 0;BJ 229 - 10 10 0;BL 590 0 9 9 0;"
    "BM 1 1 10 10 1;BN 673 - 7 7 0;BO 591 0 8 8 1;BQ 599 - 7 7 0;"
    "BR 55 0 10 11 1;BS 1 1 10 10 1;BT 975 - 7 8 0;BW 267 - 7 8 0;"
    "BZ 501 - 7 7 0;CA 1 1 10 10 1;CC 61 0 9 9 0;CD 243 0 7 10 0;CF 236 - 8 8 0;"
    "CG 242 - 9 9 0;CH 41 0 9 9 0;CI 225 - 10 10 0;CK 682 - 5 5 0;CL 56 - 9 9 0;"
    "CM 237 - 9 9 0;CN 86 0 7 11 0;CO 57 0 8 10 0;CR 506 - 8 8 0;CU 53 0 6 10 0;"
    "CV 238 - 7 7 0;CW 599 - 7 8 0;CX 61 0 9 9 0;CY 357 - 8 8 0;CZ 420 - 9 9 0;"
    "DE 49 0 5 15 0;DJ 253 - 8 8 0;DK 45 - 8 8 0;DM 1 1 10 10 1;DO 1 1 10 10 1;"
    "DZ 213 0 8 9 0;EC 593 0 8 9 0;EE 372 - 7 8 0;EG 20 0 8 10 0;EH 212 0 9 9 0;"
    "ER 291 0 7 7 0;ES 34 - 9 9 0;ET 251 0 9 9 0;FI 358 0 5 10 0;FJ 679 - 7 7 0;"
    "FK 500 - 5 5 0;FM 691 - 7 7 0;FO 298 - 6 6 0;FR 33 0 9 9 0;GA 241 - 7 8 0;"
    "GB 44 0 9 10 0;GD 1 1 10 10 1;GE 995 0 9 9 1;GF 594 0 9 9 0;"
    "GG 44 0 10 10 0;GH 233 0 9 9 0;GI 350 - 8 8 0;GL 299 - 6 6 0;"
    "GM 220 - 7 9 0;GN 224 - 8 9 0;GP 590 0 9 9 0;GQ 240 - 9 9 0;"
    "GR 30 - 10 10 0;GT 502 - 8 8 0;GU 1 1 10 10 1;GW 245 - 9 9 0;"
    "GY 592 - 7 7 0;HK 852 - 8 8 0;HN 504 - 8 8 0;HR 385 0 8 9 0;HT 509 - 8 8 0;"
    "HU 36 06 8 9 0;ID 62 0 7 12 0;IE 353 0 7 10 0;IL 972 0 8 12 0;"
    "IM 44 0 10 10 0;IN 91 0 10 10 0;IO 246 - 7 7 0;IQ 964 0 8 10 0;"
    "IR 98 0 6 10 0;IS 354 - 7 9 0;IT 39 - 9 10 0;JE 44 0 10 10 0;"
    "JM 1 1 10 10 1;JO 962 0 8 9 0;JP 81 0 9 10 0;KE 254 0 7 9 0;KG 996 0 9 9 0;"
    "KH 855 0 8 9 0;KI 686 0 5 8 0;KM 269 - 7 7 0;KN 1 1 10 10 1;"
    "KP 850 0 8 10 0;KR 82 0 5 10 0;KW 965 - 8 8 0;KY 1 1 10 10 1;"
    "KZ 7 8 10 10 0;LA 856 0 8 10 0;LB 961 0 7 8 1;LC 1 1 10 10 1;"
    "LI 423 0 7 9 1;LK 94 0 9 9 0;LR 231 0 7 9 0;LS 266 - 8 8 0;LT 370 0 8 8 0;"
    "LV 371 - 8 8 0;LY 218 0 9 9 0;MA 212 0 9 9 0;MC 377 0 8 9 1;MD 373 0 8 8 0;"
    "ME 382 0 8 8 0;MF 590 0 9 9 0;MG 261 0 9 9 0;MH 692 1 7 7 1;MK 389 0 8 8 0;"
    "ML 223 - 8 8 0;MM 95 0 6 10 0;MN 976 0 8 10 1;MO 853 - 8 8 0;"
    "MP 1 1 10 10 1;MQ 596 0 9 9 0;MR 222 - 8 8 0;MS 1 1 10 10 1;MT 356 - 8 8 0;"
    "MU 230 - 7 8 0;MV 960 - 7 7 0;MW 265 0 7 9 0;MX 52 - 10 10 0;"
    "MY 60 0 8 10 0;MZ 258 - 8 9 0;NA 264 0 8 9 0;NC 687 - 6 6 0;NE 227 - 8 8 0;"
    "NF 672 - 6 6 0;NG 234 0 10 10 0;NI 505 - 8 8 0;NL 31 0 9 11 0;"
    "NO 47 - 8 8 0;NP 977 0 8 10 1;NR 674 - 7 7 0;NZ 64 0 8 10 0;OM 968 - 8 8 0;"
    "PA 507 - 7 8 0;PE 51 0 8 9 1;PF 689 - 8 8 0;PG 675 - 7 8 0;PH 63 0 6 10 0;"
    "PK 92 0 9 10 0;PL 48 - 9 9 0;PM 508 0 6 9 0;PR 1 1 10 10 1;PS 970 0 8 9 0;"
    "PT 351 - 9 9 0;PW 680 - 7 7 0;PY 595 0 7 9 0;QA 974 - 8 8 0;RE 262 0 9 9 0;"
    "RO 40 0 6 9 0;RS 381 0 7 12 0;RU 7 8 10 10 0;SA 966 0 9 9 0;SB 677 - 5 7 0;"
    "SC 248 - 7 7 0;SD 249 0 9 9 0;SE 46 0 7 9 0;SG 65 - 8 8 0;SH 290 - 4 5 0;"
    "SI 386 0 8 8 0;SJ 47 - 8 8 0;SK 421 0 6 9 0;SL 232 0 8 8 0;SN 221 - 9 9 0;"
    "SO 252 0 6 9 0;SR 597 - 6 7 0;SS 211 0 9 9 0;ST 239 - 7 7 0;SV 503 - 8 8 0;"
    "SX 1 1 10 10 1;SY 963 0 8 9 0;SZ 268 - 8 8 0;TC 1 1 10 10 1;TD 235 - 8 8 0;"
    "TG 228 - 8 8 0;TH 66 0 8 9 0;TJ 992 - 9 9 0;TL 670 - 7 8 0;TM 993 8 8 8 0;"
    "TN 216 - 8 8 0;TO 676 - 5 7 0;TR 90 0 10 10 0;TT 1 1 10 10 1;"
    "TV 688 - 5 7 0;TW 886 0 8 9 0;TZ 255 0 9 9 0;UA 380 0 9 9 0;UG 256 0 9 9 0;"
    "US 1 1 10 10 1;UY 598 0 8 8 1;UZ 998 - 9 9 0;VC 1 1 10 10 1;"
    "VE 58 0 10 10 0;VG 1 1 10 10 1;VI 1 1 10 10 1;VN 84 0 9 10 0;"
    "VU 678 - 5 7 0;WF 681 - 6 6 0;XK 383 0 8 12 0;YE 967 0 7 9 0;"
    "YT 262 0 9 9 0;ZA 27 0 5 9 0;ZM 260 0 9 9 0;ZW 263 0 9 9 0;"
)
COUNTRIES = {
    row[0]: (row[1], row[2].replace("-", ""), int(row[3]), int(row[4]), int(row[5]))
    for row in (entry.split() for entry in _COUNTRIES.split(";") if entry)
}


def within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Return whether a character is in one of the ranges."""
    return any(low <= ord(character) <= high for low, high in ranges)


def plain_digit(character: str) -> str:
    """Return a digit of another script as ASCII, any other character as it is."""
    for zero in ZEROS:
        if zero <= ord(character) <= zero + 9:
            return chr(0x30 + ord(character) - zero)
    return character


def upper(text: str) -> str:
    """Return text with a to z as A to Z, and nothing else changed."""
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def lower(text: str) -> str:
    """Return text with A to Z as a to z, and nothing else changed."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


# --- 3. Kinds -----------------------------------------------------------------


class Refused(Exception):
    """There is no value; carries the reason and no identifier."""


def refuse_if(condition: bool, reason: str) -> None:
    """Refuse for *reason* if the condition holds."""
    if condition:
        raise Refused(reason)


def only(text: str, allowed: str, reason: str = "forbidden_character") -> None:
    """Refuse a text with a character that is not allowed."""
    refuse_if(any(c not in allowed for c in text), reason)


def like(pattern: str, text: str) -> bool:
    """Return whether the whole text matches."""
    return re.fullmatch(pattern, text, re.ASCII) is not None


KINDS: dict[str, Any] = {}


def kind(normaliser: Any) -> Any:
    """Remember how identifiers of the kind are normalised that is called like it."""
    KINDS[normaliser.__name__] = normaliser
    return normaliser


DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def cleaned(text: str) -> str:
    """Return a text without what nobody sees, in capitals and ASCII digits."""
    kept = (
        plain_digit(c)
        for c in text
        if not (within(c, WHITE) or within(c, INVISIBLE) or within(c, DASHES))
    )
    return upper("".join(kept)).strip("\"'=")


def unsigned(text: str) -> str:
    """Return what `cleaned` does, unless it is a number with a minus sign."""
    kept = (
        "-" if within(c, DASHES) else plain_digit(c)
        for c in text
        if not (within(c, WHITE) or within(c, INVISIBLE))
    )
    text = upper("".join(kept)).strip("\"'=")
    for amount in (text[1:] if text[:1] == "-" else "", text.removesuffix("-")):
        refuse_if(amount != text and like(r"[0-9]+([.,][0-9]*)?", amount), "negative")
    return text.replace("-", "").strip("\"'=")


def refuse_nothing(text: str, names: tuple[str, ...] = ()) -> None:
    """Refuse what is no identifier at all, or a digest of one; capitals."""
    refuse_if(text == "", "empty")
    refuse_if(text in NULL_WORDS and text not in names, "null_like")
    hashed = like(r"([0-9A-Z]{1,16}:)?[0-9A-F]{64}", text)
    hashed = hashed or like(r"[0-9A-F]{40}", text)
    refuse_if(hashed or like(r"[0-9A-Z+/]{43}=?", text), "already_hashed")


def refuse_damaged(text: str) -> None:
    """Refuse digits that something has spoilt, and all that is no digit."""
    refuse_if(like(r"[0-9]+([.,][0-9]*)?E[+]?[0-9]+", text), "scientific")
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9]*[X*#][0-9X*#]*", text), "masked")
    only(text, DIGITS)


def refuse_size(text: str, least: int, most: int) -> None:
    """Refuse a text that is too short or too long."""
    refuse_if(not least <= len(text) <= most, "bad_length")


def refuse_uniform(text: str) -> None:
    """Refuse one character, repeated."""
    refuse_if(len(set(text)) < 2, "placeholder")


@kind
def pan(text: str) -> str:
    """Payment cards."""
    text = unsigned(text)
    refuse_nothing(text)
    refuse_damaged(text)
    refuse_size(text, 12, 19)
    refuse_uniform(text)
    made_up = ("0123456789012345", "1234567812345678", "1234567890123456")
    refuse_if(text in made_up, "placeholder")
    return text


@kind
def account(text: str) -> str:
    """Account numbers."""
    text = unsigned(text)
    refuse_nothing(text)
    refuse_damaged(text)
    refuse_size(text, 4, 34)
    refuse_uniform(text)
    return text


@kind
def iban(text: str) -> str:
    """International bank account numbers."""
    text = cleaned(text)
    if text.startswith("IBAN"):
        rest = text[4:].removeprefix(":")
        if like(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", rest):
            text = rest
    refuse_nothing(text)
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 15, 34)
    refuse_if(not like(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", text), "bad_format")
    remainder = 0
    for character in text[4:] + text[:4]:
        value = (DIGITS + LETTERS).index(character)
        remainder = (remainder * (100 if value > 9 else 10) + value) % 97
    refuse_if(remainder != 1, "bad_checksum")
    return text


# Countries whose registers ignore blanks and dashes.
JOINED = set(
    (
        "AU BE BG CA CH CZ DK EE ES FI FR GB HU IE IT LI LT LU LV NL NO NZ PL PT RO "
        "SE SK US"
    ).split()
)
# Letters of the district, more letters, digits, one letter behind.
Plate = tuple[str, str, str, str]


def registration(text: str, country: str | None) -> str:
    """Vehicles and aircraft."""
    groups = [part for part in separated(text).split("-") if part]
    plate = None
    if country == "DE":
        groups = without_umlauts(groups)
        plate = german(groups)
    elif country == "AT":
        plate = austrian(groups)
    elif country is None:
        refuse_if(may_count(groups), "undeclared_country")
    elif country not in JOINED:
        raise ValueError("no rule for this country")
    if plate is not None:
        return plate[0] + "-" + "".join(plate[1:])
    text = "".join(groups)
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+([.,][0-9]*E[+]?|E[+])[0-9]+", text), "scientific")
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 2, 16)
    refuse_uniform(text)
    refuse_if(text in ("DUMMY", "PLACEHOLDER", "SAMPLE", "TEST"), "placeholder")
    if country in ("DE", "AT"):
        number = "[1-9][0-9]{0,5}[EH]?" if country == "DE" else "[0-9]{1,6}"
        refuse_if(like("[A-Z]{2,}" + number, text), "lost_separator")
        raise Refused("bad_format")
    return text


def separated(text: str) -> str:
    """Return a text in capitals whose blanks, dashes and middle dots are hyphens."""
    made = (
        "-" if within(c, (*WHITE, *DASHES, (0xB7, 0xB7))) else plain_digit(c)
        for c in text
        if not within(c, INVISIBLE)
    )
    return upper("".join(made)).strip("-\"'=")


def runs(groups: list[str]) -> tuple[str, list[int]]:
    """Return the characters of all groups, and after how many each group ends."""
    ends, text = [], ""
    for group in groups:
        text += group
        ends.append(len(text))
    return text, ends[:-1]


def may_count(groups: list[str]) -> bool:
    """Return whether a separator stands between the first letters of a number."""
    text, ends = runs(groups)
    found = re.fullmatch(r"([A-Z]+)([0-9]{1,6})([EH]?)", text, re.ASCII)
    if found is None:
        return False
    letters, digits, behind = found.groups()
    number = len(letters) + len(digits)
    inner = [end for end in ends if end < len(letters)]
    outer = {end for end in ends if end >= len(letters)} - {len(letters), number}
    if len(inner) != 1 or outer:
        return False
    first, second = inner[0], len(letters) - inner[0]
    dutch = (first, second, len(digits), behind) == (2, 2, 2, "")
    return first <= 4 and second <= 5 and not dutch


def without_umlauts(groups: list[str]) -> list[str]:
    """Return groups with umlauts in two letters; the dots may be a character."""
    text = "-".join(groups)
    for umlaut, letter in zip("\u00c4\u00e4\u00d6\u00f6\u00dc\u00fc", "AAOOUU"):
        text = text.replace(umlaut, letter + "\u0308")
    text = text.strip("-\u0308")
    for before, mark in zip(text, text[1:]):
        wrong = before in DIGITS + LETTERS + "-" and before not in "AOU"
        refuse_if(mark == "\u0308" and wrong, "forbidden_character")
    made = text.replace("\u0308", "E").split("-")
    return [group for group in made if group]


def german(groups: list[str]) -> Plate | None:
    """Return the parts of a registration that has its separator, or None."""
    text, ends = runs(groups)
    one = re.fullmatch(r"([A-Z])([0-9]{1,6})", text, re.ASCII)
    if one and set(ends) <= {1}:
        return one[1], "", one[2], ""
    found = re.fullmatch(r"([A-Z]+)([1-9][0-9]{0,3})([EH]?)", text, re.ASCII)
    inner = [end for end in ends if found and end < len(found[1])]
    if found is None or len(inner) != 1:
        return None
    district, letters = found[1][: inner[0]], found[1][inner[0] :]
    if set(ends) - {inner[0], len(found[1]), len(found[1]) + len(found[2])}:
        return None
    written = any(umlaut in district for umlaut in ("AE", "OE", "UE"))
    if len(letters) > 2 or len(district) > (4 if written else 3):
        return None
    return district, letters, found[2], found[3]


def austrian(groups: list[str]) -> Plate | None:
    """Return the parts of a registration whose district is certain, or None."""
    text, ends = runs(groups)
    found = re.fullmatch(r"([A-Z]+)([0-9]{1,6})([A-Z]*)", text, re.ASCII)
    if found is None:
        return None
    letters, digits, behind = found.groups()
    if behind or len(letters) == 1:
        number = {len(letters), len(letters) + len(digits)}
        fits = len(letters) <= 2 and len(behind) <= 3 and set(ends) <= number
        return (letters, "", digits, behind) if fits else None
    inner = [end for end in ends if end < len(letters)]
    if len(inner) != 1 or set(ends) - {inner[0], len(letters)}:
        return None
    district, chosen = letters[: inner[0]], letters[inner[0] :]
    fits = len(district) <= 2 and len(chosen) <= 5
    return (district, chosen, digits, "") if fits else None


def spaced(text: str) -> str:
    """Return a text without invisible characters, blanks and dashes made plain."""
    made = ""
    for c in text:
        if within(c, INVISIBLE):
            continue
        made += (
            " " if within(c, WHITE) else "-" if within(c, DASHES) else plain_digit(c)
        )
    return made


ATOM = "!#$%&'+/=?_~.-"
NO_MAILBOX = {
    f"{who}@{at}"
    for who in ("test", "noreply", "no-reply", "none", "na")
    for at in ("example.com", "test.com", "email.com", "none.com")
} | {"a@a.com", "abc@abc.com", "noemail@noemail.com", "test@gmail.com"}


def refuse_hashed_lower(text: str) -> None:
    """Refuse digests and tokens among texts in lower case."""
    hashed = like(r"([0-9a-z]{1,16}:)?[0-9a-f]{64}", text)
    hashed = hashed or like(r"[0-9a-f]{32}|[0-9a-f]{40}", text)
    refuse_if(hashed or like(r"[0-9a-z+/_-]{43}=?", text), "already_hashed")


@kind
def email(text: str) -> str:
    """E-mail addresses."""
    text = lower(spaced(text)).strip(" \"'=<>,;").rstrip(".")
    refuse_if(text == "", "empty")
    refuse_if(text in {lower(word) for word in NULL_WORDS}, "null_like")
    refuse_hashed_lower(text)
    refuse_if(like(r"[0-9a-z.@_+-]*\*[0-9a-z.@_+*-]*", text), "masked")
    only(text, DIGITS + lower(LETTERS) + "@" + ATOM)
    refuse_size(text, 6, 254)
    return mailbox(text)


@kind
def email_mailbox(text: str) -> str:
    """E-mail addresses whose spellings for one mailbox are one."""
    local, domain = email(text).split("@")
    if domain in GMAIL:
        return mailbox(local.partition("+")[0].replace(".", "") + "@gmail.com")
    domain = SAME.get(domain, domain)
    if domain in TAGGED:
        local = local.partition("+")[0]
    return mailbox(local + "@" + domain)


def mailbox(text: str) -> str:
    """Return an address of the right shape that may be somebody's."""
    local, at, domain = text.partition("@")
    labels = domain.split(".")
    wrong = not (local and at) or "@" in domain or len(labels) < 2
    wrong = wrong or not all(like(r"[0-9a-z-]+", label) for label in labels)
    refuse_if(wrong or not 2 <= len(labels[-1]) <= 63, "bad_format")
    refuse_if(text in NO_MAILBOX, "placeholder")
    return text


def phone(text: str, country: str | None) -> str:
    """Telephone numbers."""
    text = cleaned(text).replace("\uff0b", "+")
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+([.,][0-9]*)?E[+]?[0-9]+", text), "scientific")
    refuse_if(like(r"[+]?[0-9]{6,}[.]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9+]*[X*#][0-9X*#]*", text), "masked")
    refuse_size(text, 1, 39)
    if like(r"00[1-9][0-9()./]*", text):
        text = "+" + text[2:]
    trunk = re.fullmatch(
        r"([+](?:[124-9][0-9]{0,2}|3[0-8][0-9]?))\(0\)([0-9()./]+)", text
    )
    if trunk:
        text = trunk[1] + trunk[2]
    text = "".join(c for c in text if c not in "()./")
    if country is not None:
        code, prefix, least, most, optional = COUNTRIES[country]
        if text.isascii() and text.isdigit():
            text = international(text, code, prefix, (least, most), optional)
    refuse_if(text == "", "empty")
    only(text, DIGITS + "+")
    refuse_if(like(r"[0-9]+", text), "no_country_code")
    refuse_size(text, 9, 16)
    refuse_if(not like(r"[+][1-9][0-9]+", text), "bad_format")
    same = any(like(rf"[+][0-9]{{1,3}}{d}{{7,}}", text) for d in DIGITS)
    refuse_if(same, "placeholder")
    return text


def international(
    text: str, code: str, prefix: str, sizes: tuple[int, int], optional: int
) -> str:
    """Return a national number internationally, or as it is if it is none."""
    if text.startswith(prefix) and sizes[0] <= len(text) - len(prefix) <= sizes[1]:
        return f"+{code}{text[len(prefix) :]}"
    if optional and sizes[0] <= len(text) <= sizes[1]:
        return f"+{code}{text}"
    return text


NO_NAMES = set(
    (
        "ANONYM ANONYMOUS CUSTOMER DECEASED DELETED DONOR DUMMY FIRSTNAME LASTNAME "
        "MASKED NAME NOFIRSTNAME NOLASTNAME NONAME REDACTED REMOVED SURNAME TEST XX "
        "ZZZTEST"
    ).split()
)
NAMES_LIKE_NULL = ("BLANK", "NA", "NAN", "NAT", "NIL", "NULL")


def folded_letter(character: str) -> str:
    """Return a Latin letter with marks as A to Z, any other character as it is."""
    if character in SPECIAL_LETTERS:
        return SPECIAL_LETTERS[character]
    if not (0xC0 <= ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x1F00):
        return character
    parts = [
        part
        for part in unicodedata.normalize("NFD", character)
        if not 0x300 <= ord(part) <= 0x36F
    ]
    made = "".join(SPECIAL_LETTERS.get(part, part) for part in parts)
    return upper(made) if made.isascii() and made.isalpha() else character


@kind
def name(text: str) -> str:
    """One part of a name."""
    for one, two in zip(text, text[1:]):
        both = "\u00c2" <= one <= "\u00c5" and "\u0080" <= two <= "\u00bf"
        refuse_if(both, "mojibake")
    seen = "".join(c for c in text if not within(c, (*WHITE, *INVISIBLE, *DASHES)))
    refuse_if(upper(seen) in ("N.A", "N.A."), "null_like")
    gone = (*WHITE, *INVISIBLE, *DASHES, *QUOTES, (0x300, 0x36F))
    kept = "".join(c for c in text if not within(c, gone) and c not in ".,=")
    text = upper("".join(folded_letter(c) for c in kept))
    refuse_nothing(text, NAMES_LIKE_NULL)
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, LETTERS)
    refuse_size(text, 2, 39)
    refuse_if(len(text) > 2 and len(set(text)) == 1, "placeholder")
    refuse_if(text in NO_NAMES, "placeholder")
    return text


FIELDS = {
    "YYYYMMDD": r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
    "YYYY/MM/DD": r"(?P<y>[0-9]{4})/(?P<m>[0-9]{2})/(?P<d>[0-9]{2})",
    "DD/MM/YYYY": r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})",
    "DD.MM.YYYY": r"(?P<d>[0-9]{1,2})[.](?P<m>[0-9]{1,2})[.](?P<y>[0-9]{4})",
    "DD-MM-YYYY": r"(?P<d>[0-9]{1,2})-(?P<m>[0-9]{1,2})-(?P<y>[0-9]{4})",
    "MM/DD/YYYY": r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})",
    "MM-DD-YYYY": r"(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})-(?P<y>[0-9]{4})",
}
NO_DATES = (
    *("0000-00-00", "0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31"),
    *("1900-01-01", "1900-01-00", "1901-01-01", "1970-01-01", "9999-12-31"),
    *("9999-99-99", "2099-12-31", "1840-12-31", "1858-11-17", "1816-03-29"),
)
CLOCKS = (
    r"0{1,2}:00(:00([.,]0{1,9})?)?( ?(Z|UTC|[+-]00:?00))?",
    r"12:00(:00)? ?AM",
)


def without_midnight(text: str) -> str:
    """Return a date without the midnight behind it; any other text as it is."""
    for size in (8, 9, 10):
        day, between, clock = text[:size], text[size : size + 1], text[size + 1 :]
        if not like(r"[0-9./-]{8,10}", day):
            continue
        if between in ("T", " ") and like(CLOCKS[0], clock):
            return day
        if between == " " and like(CLOCKS[1], clock):
            return day
        if between == "-" and like(r"00[.]00[.]00([.]0{1,12})?", clock):
            return day
    return text


def date_of_birth(text: str, date_format: str) -> str:
    """Days of the calendar."""
    text = without_midnight(upper(spaced(text)).strip(" \"'="))
    found = re.fullmatch(FIELDS.get(date_format, "x{0}y{99}"), text, re.ASCII)
    if found:
        text = f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}"
    refuse_if(text == "-", "empty")
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(not like(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text), "bad_format")
    refuse_if(text in NO_DATES, "placeholder")
    try:
        day = dt.date(*map(int, text.split("-")))
    except ValueError:
        raise Refused("bad_date") from None
    refuse_if(not 1800 <= day.year <= 2039, "bad_date")
    return text


@kind
def postcode_uk(text: str) -> str:
    """British postcodes."""
    text = cleaned(text)
    refuse_nothing(text)
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 5, 7)
    usual = like(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}", text)
    refuse_if(not (usual or text == "GIR0AA"), "bad_format")
    refuse_if(text in ("ZZ999ZZ", "AA11AA", "XX11XX"), "placeholder")
    return text


@kind
def postcode_us5(text: str) -> str:
    """American ZIP codes, five digits."""
    text = cleaned(text)
    text = text[:5] if like(r"[0-9]{9}", text) else text
    refuse_nothing(text)
    refuse_damaged(text)
    refuse_if(len(text) in (3, 4, 7, 8), "lost_zero")
    refuse_size(text, 5, 5)
    refuse_if(text in [digit * 5 for digit in "013679"], "placeholder")
    return text


@kind
def postcode_alnum(text: str) -> str:
    """Any country's postcodes."""
    text = cleaned(text)
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 3, 10)
    refuse_if(len(set(text)) == 1 and text[0] not in "12345678", "placeholder")
    return text


@kind
def device_id(text: str) -> str:
    """Advertising identifiers."""
    kept = (
        "-" if within(c, DASHES) else c
        for c in text
        if not (within(c, WHITE) or within(c, INVISIBLE))
    )
    text = lower("".join(kept)).strip("{}\"'=")
    refuse_if(text in ("", "-"), "empty")
    refuse_if(text in {lower(word) for word in NULL_WORDS}, "null_like")
    refuse_hashed_lower(text)
    refuse_if(like(r"[0-9a-fx-]*[x*#][0-9a-fx*#-]*", text), "masked")
    only(text, DIGITS + "abcdef-")
    refuse_size(text, 36, 36)
    sizes = [len(part) for part in text.split("-")]
    refuse_if(sizes != [8, 4, 4, 4, 12], "bad_format")
    refuse_if(set(text) in ({"0", "-"}, {"f", "-"}), "placeholder")
    return text


def normalise(
    name_of_kind: str,
    text: str | bytes | None,
    date_format: str = "YYYY-MM-DD",
    country: str | None = None,
) -> tuple[str | None, str | None]:
    """Return the normalised text and None, or None and the reason."""
    if text is None:
        return None, "missing"
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        plain.encode("utf-8")
    except UnicodeError:
        return None, "invalid_utf8"
    try:
        if name_of_kind == "phone":
            return phone(plain, country), None
        if name_of_kind == "registration":
            return registration(plain, country), None
        if name_of_kind == "date_of_birth":
            return date_of_birth(plain, date_format), None
        return KINDS[name_of_kind](plain), None
    except Refused as refusal:
        return None, str(refusal)


# --- 4. Composites, 6. key and token --------------------------------------------


def message(
    kinds: list[str],
    texts: list[str | bytes | None],
    date_format: str = "YYYY-MM-DD",
    country: str | None = None,
) -> tuple[str | None, str | None]:
    """Return what is authenticated and None, or None and the reason."""
    values = []
    for kind, text in zip(kinds, texts):
        value, reason = normalise(kind, text, date_format, country)
        if value is None:
            return None, reason
        values.append(value)
    if len(values) == 1:
        return values[0], None
    return "".join(f"{len(v.encode())}:{v}," for v in values), None


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """RFC 2104, from blocks."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + data).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


def hkdf_sha256(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869: extract, then expand."""
    key = hmac_sha256(salt or bytes(32), ikm)
    made, last = b"", b""
    while len(made) < length:
        last = hmac_sha256(key, last + info + bytes([len(made) // 32 + 1]))
        made += last
    return made[:length]


def subkey(root: bytes, partnership: str, kinds: list[str], key_id: str) -> bytes:
    """Return the key of one kind of identifier."""
    salt = hashlib.sha256(partnership.encode()).digest()
    info = f"cleanroom_join/token/v1\0{'+'.join(kinds)}\0{key_id}".encode()
    return hkdf_sha256(root, salt, info, 32)


def token(
    root: bytes, partnership: str, kinds: list[str], key_id: str, text: str
) -> str:
    """Return the token of a message."""
    mac = hmac_sha256(subkey(root, partnership, kinds, key_id), text.encode())
    return f"{key_id}:{mac.hex()}"


def key_check_value(root: bytes, partnership: str) -> str:
    """Return what both parties compare to see that they have one key."""
    salt = hashlib.sha256(partnership.encode()).digest()
    key = hkdf_sha256(root, salt, b"cleanroom_join/kcv/v1", 32)
    return hmac_sha256(key, b"key check value")[:4].hex()


# --- The vector file --------------------------------------------------------------


def cases(document: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return (group, test) of every case."""
    return [(g, t) for g in document["testGroups"] for t in g["tests"]]


def answer(
    document: dict[str, Any], group: dict[str, Any], test: dict[str, Any]
) -> dict[str, Any]:
    """Return what this implementation gives for one case."""
    texts: list[str | bytes | None] = [
        None if part is None else bytes.fromhex(part) for part in test["input"]
    ]
    made, reason = message(group["kinds"], texts, group["dateFormat"], group["country"])
    root = bytes.fromhex(document["publicTestKey"])
    absent = reason in ("missing", "empty", "null_like")
    return {
        "result": "ok" if made is not None else "null" if absent else "reject",
        "reason": reason,
        "message": None if made is None else made.encode().hex(),
        "token": None
        if made is None
        else token(root, group["partnership"], group["kinds"], group["keyId"], made),
    }


def recompute(document: dict[str, Any]) -> int:
    """Check the file itself; print what fails, never an input."""
    found = cases(document)
    wrong = [
        test
        for group, test in found
        if any(test[k] != v for k, v in answer(document, group, test).items())
    ]
    root = bytes.fromhex(document["publicTestKey"])
    for group in document["testGroups"]:
        if group["keyCheckValue"] != key_check_value(root, group["partnership"]):
            print(f"key check value of {group['partnership']} is wrong")
            wrong.append(group["tests"][0])
    complete = len(found) == document["numberOfTests"] > 0
    for test in wrong:
        print(f"tcId {test['tcId']} fails: {test['comment']}")
    if not complete:
        print("the number of cases is not the one in the file")
    print(f"{len(found)} cases, {len(wrong)} wrong")
    return 0 if complete and not wrong else 1


NO_TOKEN = ("", "NULL", "NONE", "NAN", "N/A", "\\N")


class NotAnswers(Exception):
    """A file is no table of answers; says what to change, quotes nothing."""


def read_answers(path: Path) -> list[dict[str, str]]:
    """
    Return the rows of a CSV file as spreadsheets save it, too.

    UTF-8 with or without a byte order mark, or UTF-16; commas, semicolons or tabs.
    """
    raw = path.read_bytes()
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    lines = raw.decode("utf-16" if wide else "utf-8-sig").splitlines()
    if lines and lines[0].lower().startswith("sep="):
        lines = lines[1:]
    head = lines[0] if lines else ""
    separator = max(",;\t", key=head.count)
    named = {name.strip().strip('"').lower() for name in head.split(separator)}
    for wanted in ("tcId", "token"):
        if wanted.lower() not in named:
            raise NotAnswers(
                f"{path.name} has no column {wanted}: its first line must name the "
                "columns tcId, token and, if you like, reason"
            )
    rows = csv.reader(lines, delimiter=separator)
    names = [name.strip().lower() for name in next(rows)]
    return [dict(zip(names, row)) for row in rows if any(row)]


def compare(document: dict[str, Any], path: Path) -> int:
    """Compare another implementation's answers with the file."""
    rows = read_answers(path)
    theirs = {row.get("tcid", "").strip(): row for row in rows}
    wrong = len(rows) - len(theirs)
    if wrong:
        print(f"{wrong} rows repeat a tcId")
    agree: dict[tuple[str, str], list[int]] = {}
    capitals = words = 0
    for group, test in cases(document):
        row = theirs.pop(str(test["tcId"]), {})
        token = row.get("token", "").strip()
        none = token.upper() in NO_TOKEN
        words += bool(token) and none and test["token"] is None
        right = bool(row) and (None if none else token) == test["token"]
        only_case = not right and token.lower() == test["token"]
        capitals += only_case
        if right and row.get("reason") and test["reason"]:
            right = row["reason"].strip() == test["reason"]
        counts = agree.setdefault(("+".join(group["kinds"]), test["flags"][0]), [0, 0])
        counts[0] += right
        counts[1] += 1
        wrong += not right
        if not right and not only_case:
            said = "differs" if row else "has no answer"
            print(f"tcId {test['tcId']} {said}: {test['comment']}")
    for (kinds, flag), (right, total) in agree.items():
        print(f"{kinds:<40} {flag:<14} {right:>4} of {total:>4} agree")
    if capitals:
        print(f"{capitals} tokens differ in their case only: write them in lower case")
    if words:
        print(
            f"{words} rows say NULL or the like where there is no token: read as none"
        )
    if theirs:
        print(f"{len(theirs)} rows are of no case in the file")
    return 0 if not wrong and not theirs else 1


def template(document: dict[str, Any], path: Path) -> int:
    """Write the inputs of every case for another implementation."""
    most = max(len(test["input"]) for _, test in cases(document))
    head = ["tcId", "kinds", "partnership", "keyId", "dateFormat", "country"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*head, *(f"input{i + 1}" for i in range(most))])
        for group, test in cases(document):
            inputs = ["NULL" if part is None else part for part in test["input"]]
            writer.writerow(
                [
                    test["tcId"],
                    "+".join(group["kinds"]),
                    group["partnership"],
                    group["keyId"],
                    group["dateFormat"],
                    group["country"] or "",
                    *inputs,
                ]
            )
    print(f"{len(cases(document))} cases; inputs are UTF-8 in hexadecimal, or NULL")
    return 0


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vectors", type=Path, help="token_v1.json")
    parser.add_argument("--results", type=Path, help="answers to compare")
    parser.add_argument("--template", type=Path, help="where to write the inputs")
    given = parser.parse_args()
    try:
        document = json.loads(given.vectors.read_text("utf-8"))
        if document["spec"] != "token-v1":
            print("these vectors are of another specification", file=sys.stderr)
            return 2
        if given.template:
            return template(document, given.template)
        if given.results:
            return compare(document, given.results)
        return recompute(document)
    except NotAnswers as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        print(f"a file cannot be read ({type(error).__name__})", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
