"""Public sample numbers and characters that the token vectors are made of."""

from __future__ import annotations

NOTES = {
    "Valid": "A usual identifier.",
    "Length": "The shortest and longest that are allowed, and one beyond.",
    "LeadingZero": "Leading zeros count; a numeric column would have lost them.",
    "Whitespace": "White space, at the front, inside, at the end.",
    "Invisible": "Characters that nobody sees, at the front, inside, at the end.",
    "Dash": "Every kind of dash.",
    "Digits": "Digits of other scripts that the specification maps.",
    "OtherDigits": "Digits of scripts that it does not map are not dropped.",
    "Null": "NULL, and texts that stand for it, have no token.",
    "Damaged": "Spreadsheets, floats and masks have destroyed the identifier.",
    "Hashed": "Already tokenised or hashed.",
    "Published": "An identifier by the rules of a published hash.",
    "Placeholder": "A stand-in that would join strangers.",
    "Letters": "Letters are never dropped.",
    "InvalidUtf8": "Bytes that are not UTF-8.",
    "Excel": "What a spreadsheet puts around text to keep it text.",
    "Case": "Upper and lower case.",
    "Form": "Composed and decomposed text; accents.",
    "Mojibake": "UTF-8 that was read as Latin-1.",
    "Checksum": "Check digits.",
    "Mailbox": "Spellings of one mailbox.",
    "Country": "National telephone numbers, with and without a declared country.",
    "Trunk": "What is only dialled at home, written after the calling code.",
    "Extension": "An extension, or a second telephone number.",
    "Date": "Declared formats and the calendar.",
    "Midnight": "A time behind the day.",
    "Separator": "Blanks and dashes that are part of the number, and that are not.",
    "Shape": "Not the shape of this kind.",
    "Composite": "Several parts together.",
    "Separation": "The same identifier under another kind, key or partnership.",
}
"""What each flag of a case means."""

BRANDS = {
    "Maestro, 12 digits": "630400000000",
    "Visa, 13 digits": "4222222222222",
    "Diners, 14 digits": "36227206271667",
    "Diners, 14 digits, another range": "30569309025904",
    "UnionPay, 14 digits": "62123456789002",
    "American Express, 15 digits": "378282246310005",
    "UATP, 15 digits": "135410014004955",
    "UnionPay, 15 digits": "621234567890003",
    "Visa, 16 digits": "4111111111111111",
    "Visa, 16 digits, another": "4012888888881881",
    "Mastercard, 16 digits": "5555555555554444",
    "Mastercard 2-series, 16 digits": "2223003122003222",
    "Discover, 16 digits": "6011111111111117",
    "Discover, 16 digits, another range": "6445644564456445",
    "Diners, 16 digits": "3056930009020004",
    "JCB, 16 digits": "3566002020360505",
    "Maestro, 16 digits": "6771798021000008",
    "Dankort, 16 digits": "5019555544445555",
    "UnionPay, 16 digits": "6243030000000001",
    "UnionPay, 17 digits": "62123456789000003",
    "Bancontact, 17 digits": "67030000000000003",
    "UnionPay, 18 digits": "621234567890000002",
    "UnionPay, 19 digits, beyond 2^53": "6205500000000000004",
    "Bancontact, 19 digits": "6703000000000000003",
    "Maestro, 19 digits": "6304000000000000000",
    "Visa, 19 digits": "4013250000000000006",
    "not valid by Luhn, as some UnionPay cards are not": "6200000000000001",
}
"""Numbers that card schemes and processors publish for tests."""

WHITESPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""All of `ws_v1`."""

INVISIBLE = (
    "\0\x08\x0e\x1b\x7f\x84\x86\x9f\xad\u034f\u061c\u17b4\u180b\u180e\u200b\u200c"
    "\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u206f\u3164\ufe00\ufe0f\ufeff\uffa0"
    "\ufff0\ufffb\U0001d173\U000e0020\U000e0fff"
)
"""Some of every range of `invisible_v1`."""

DASHES = (
    "-\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u208b\u2212"
    "\ufe58\ufe63\uff0d"
)
"""All of `dash_v1`."""

PLACES = {
    "front": "{0}41111111{1}",
    "middle": "4111{0}1111{1}",
    "end": "41111111{1}{0}",
}
"""Where a character is put into a card number."""
