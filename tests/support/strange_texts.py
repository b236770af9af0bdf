"""Texts near identifiers: valid ones of each kind, spoilt in every known way."""

from __future__ import annotations

import hashlib
import random
import unicodedata

from cleanroom_join.contract import DateFormat, Holds, TokenKind
from cleanroom_join.tokens import KINDS
from cleanroom_join.tokens.tables import (
    COMBINING,
    DASHES,
    DIGITS,
    FOLD_LATIN,
    INVISIBLE,
    NULL_LIKE,
    QUOTES,
    WHITESPACE,
)

_SAMPLES = {
    TokenKind.PAN: ["4111111111111111", "6205500000000000004", "0004111111111119"],
    TokenKind.ACCOUNT: ["0012345678", "1234", "98765432109876543210", "-1519849017"],
    TokenKind.IBAN: ["GB82WEST12345698765432", "DE89 3704 0044 0532 0130 00"],
    TokenKind.EMAIL: ["Jane.Doe+News@Example.com", "o'brien@mail.example.co.uk"],
    TokenKind.EMAIL_MAILBOX: [
        "J.A.Ne+x@GoogleMail.com",
        "+x@gmail.com",
        "a+b@live.com",
    ],
    TokenKind.PHONE: [
        *("+44 (0)20 7946 0958", "00493012345678", "020 7946 0958", "0016562345678"),
        *("+49 0151 23456789", "+7 8 912 345 67 89", "+36 06 1 234 5678", "9876543210"),
        *("tel:+44-20-7946-0958", "030/1234567", "+442079460958;ext=3", "+999123456"),
    ],
    TokenKind.NAME: [
        *("O'Brien-Müller", "Nguyễn", "Łukasz Strauß", "Ångström", "Ka\u02bbahumanu"),
        *("Nan", "Oo", "Əliyev", "Gal·la"),
    ],
    TokenKind.DATE_OF_BIRTH: [
        *("1984-02-29", "16/02/1997", "2/16/1997", "19970216", "2/16/1997 0:00"),
        *("1984-02-29 00:00:00", "1984-02-29T00:00:00Z", "16.02.1997 00:00:00.000"),
    ],
    TokenKind.POSTCODE_UK: ["SW1A 1AA", "gir 0aa", "M1 1AE"],
    TokenKind.POSTCODE_US5: ["02139-4307", "02139", "2139", "021394307"],
    TokenKind.POSTCODE_ALNUM: ["K1A 0B1", "10115", "D-10115"],
    TokenKind.DEVICE_ID: ["6D92078A-8246-4BA4-AE5B-76104861E7DC"],
    TokenKind.REGISTRATION: [
        *("N14228", "D-AIBL", "B-MW 1234", "BM-W 1234 E", "TÖL-AB 12", "AB-CD-12"),
        *("W-12345 A", "SP-ORT 1", "AB12 CDE", "BMW1234"),
    ],
    **{
        kind: [
            *(example.identifier for example in spec.examples),
            *(example.result for example in spec.examples),
            hashlib.sha256(b"").hexdigest(),
        ]
        for kind, spec in KINDS.items()
        if kind.hash_of is not None
    },
}

SAMPLES = {
    kind: _SAMPLES.get(kind, [example.identifier for example in spec.examples])
    for kind, spec in KINDS.items()
}
"""Identifiers of each kind, most of them valid."""

OPTIONS = [
    *({"date_format": form} for form in DateFormat),
    *({"country": c} for c in ("GB", "US", "ES", "IT", "HU", "BR", "RU", "HK", "SO")),
    *({"country": c} for c in ("DE", "AT")),
    {"holds": Holds.HASH},
]
"""What columns may declare."""


def _is_taken(kind: TokenKind, options: dict[str, object]) -> bool:
    """Return whether a kind has steps for what a column declares."""
    if "holds" in options:
        return kind.hash_of is not None
    declared = KINDS[kind].declared
    value = options.get(declared.option.value) if declared else None
    return value is not None and getattr(value, "value", value) in declared.steps


KIND_OPTIONS = [
    *((kind, {}) for kind in TokenKind),
    *((k, options) for k in TokenKind for options in OPTIONS if _is_taken(k, options)),
]
"""Every kind, and with everything that it lets a column declare."""

_ALPHABETS = (
    "0123456789",
    "0123456789ABCDEFabcdef",
    "0123456789.,E+/-()",
    "0123456789\uff0b\uff08\uff09\uff0e\uff0f",
    "0X*#xX",
    "abcdefghijklmnopqrstuvwxyz@.+-_'",
    DIGITS.characters,
    WHITESPACE.characters,
    INVISIBLE.characters,
    DASHES.characters,
    QUOTES.characters + '"={}<>,;',
    COMBINING.characters,
    "".join(FOLD_LATIN),
    "\u00c2\u00c3\u00c4\u00c5\u0080\u0085\u00a0\u00a9\u00ad\u00bc\u00bf",
    "\u4e2d\u6587\u0416\u0e01\ud55c\U0001f600\U0010ffff\u0378\u202e\u0130\u0131",
)


def strange_texts(seed: int, count: int) -> list[str]:
    """Return *count* texts, the same for the same seed."""
    rng = random.Random(seed)
    texts = ["", *NULL_LIKE, *(s for some in SAMPLES.values() for s in some)]
    samples = list(texts)
    texts += [unicodedata.normalize("NFD", text) for text in samples]
    while len(texts) < count:
        texts.append(_spoilt(rng, rng.choice(samples)))
    return texts[:count]


def _spoilt(rng: random.Random, text: str) -> str:
    """Return a text after one to four changes."""
    for _ in range(rng.randint(1, 4)):
        change = rng.randrange(8)
        piece = "".join(rng.choices(rng.choice(_ALPHABETS), k=rng.randint(1, 4)))
        at = rng.randint(0, len(text))
        if change == 0:
            text = piece + text
        elif change == 1:
            text = text + piece
        elif change in (2, 3):
            text = text[:at] + piece + text[at:]
        elif change == 4:
            text = text[:at] + text[at + 1 :]
        elif change == 5:
            text = text.upper() if at % 2 else text.lower()
        elif change == 6:
            text = text + text[at:]
        else:
            text = '="' + text + '"'
    return text
