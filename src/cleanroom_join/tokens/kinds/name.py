"""
One component of a person's name, as Latin letters without marks.

Spaces, dashes, apostrophes and points are removed, and composed and decomposed text
give the same.  Letters of other scripts are refused, never dropped.  Titles and
suffixes stay: remove them at the source.  A person called Null or Na has no token.
Only as a component of a composite.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    HIDDEN,
    MASKED,
    NOT_AN_IDENTIFIER,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import (
    Delete,
    Expand,
    Reason,
    RejectIfIn,
    RejectIfPair,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    Translate,
)
from cleanroom_join.tokens.tables import (
    ASCII_LOWER,
    ASCII_UPPER,
    COMBINING,
    DASHES,
    FOLD_LATIN,
    QUOTES,
)

__all__ = ["KIND"]

_FOLDED = {c: text for c, text in FOLD_LATIN.items() if len(text) == 1}
_EXPANDED = {c: text for c, text in FOLD_LATIN.items() if len(text) > 1}

KIND = KindSpec(
    kind=TokenKind.NAME,
    steps=(
        # U+00C2 to U+00C5 begin what Latin-1 makes of U+0080 to U+017F in UTF-8.
        # Before deleting: half of the characters that follow them are invisible.
        RejectIfPair(
            first="\u00c2\u00c3\u00c4\u00c5",
            second="".join(map(chr, range(0x80, 0xC0))),
            reason=Reason.MOJIBAKE,
        ),
        Delete(
            characters="".join(
                # U+034F is in two of the tables.
                dict.fromkeys(
                    HIDDEN
                    + DASHES.characters
                    + QUOTES.characters
                    + COMBINING.characters
                    + ".,="
                )
            )
        ),
        Translate(
            source="".join(_FOLDED) + ASCII_LOWER,
            target="".join(_FOLDED.values()) + ASCII_UPPER,
        ),
        Expand(pairs=tuple(_EXPANDED.items())),
        *NOT_AN_IDENTIFIER,
        MASKED,
        # Letters of other scripts are refused, never dropped: what remained of a
        # name would be another person's.
        RejectUnlessCharset(allowed=ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER),
        # ICAO 9303-3, 4.6: names in passports have at most 39 characters.
        RejectUnlessLength(minimum=2, maximum=39, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=(
                *("ANONYM", "ANONYMOUS", "CUSTOMER", "DECEASED", "DELETED", "DONOR"),
                *("DUMMY", "FIRSTNAME", "LASTNAME", "MASKED", "NAME", "NOFIRSTNAME"),
                *("NOLASTNAME", "NONAME", "PATIENT", "REDACTED", "REMOVED", "SAMPLE"),
                *("SURNAME", "TEST", "TESTER", "XXX", "ZZZTEST"),
            ),
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(identifier="O'Brien-Müller", result="OBRIENMULLER"),
        Example(identifier="Иванов", result="forbidden_character"),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
