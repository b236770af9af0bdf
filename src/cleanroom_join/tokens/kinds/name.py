"""
One component of a person's name, as Latin letters without marks.

Spaces, dashes, apostrophes and points are removed, and composed and decomposed text
give the same.  Letters of other scripts are refused, never dropped.  Titles and
suffixes stay: remove them at the source.

Words for NULL that are names are names: there are people called Null, Nan, Na, Nat, Nil
and Blank, and the other components tell them apart.  All other words for NULL are
refused.  One letter is refused: it is nearly always an initial, which many share, so
people with a surname of one letter have no token.  Only as a component of a composite.
"""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import (
    HASHED,
    HIDDEN,
    MASKED,
)
from cleanroom_join.tokens.kinds.kind import Example, KindSpec
from cleanroom_join.tokens.steps import (
    Delete,
    Expand,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfPair,
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
    NULL_LIKE,
    QUOTES,
)

__all__ = ["KIND"]

_FOLDED = {c: text for c, text in FOLD_LATIN.items() if len(text) == 1}
_EXPANDED = {c: text for c, text in FOLD_LATIN.items() if len(text) > 1}

_NAMES_LIKE_NULL = ("BLANK", "NA", "NAN", "NAT", "NIL", "NULL")
"""Words for NULL that are surnames or given names."""

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
        Delete(characters=HIDDEN + DASHES.characters),
        # Without its points it is a surname.
        RejectIfIn(
            values=tuple(
                f"{n}.{a}{end}" for n in "Nn" for a in "Aa" for end in ("", ".")
            ),
            reason=Reason.NULL_LIKE,
        ),
        Delete(characters=QUOTES.characters + COMBINING.characters + ".,="),
        Translate(
            source="".join(_FOLDED) + ASCII_LOWER,
            target="".join(_FOLDED.values()) + ASCII_UPPER,
        ),
        Expand(pairs=tuple(_EXPANDED.items())),
        RejectIfIn(values=("",), reason=Reason.EMPTY),
        RejectIfIn(
            values=tuple(word for word in NULL_LIKE if word not in _NAMES_LIKE_NULL),
            reason=Reason.NULL_LIKE,
        ),
        HASHED,
        MASKED,
        # Letters of other scripts are refused, never dropped: what remained of a
        # name would be another person's.
        RejectUnlessCharset(allowed=ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER),
        # ICAO 9303-3, 4.6: names in passports have at most 39 characters.
        RejectUnlessLength(minimum=2, maximum=39, reason=Reason.BAD_LENGTH),
        # Not of two letters: Oo, Ee and Aa are surnames.
        RejectIfMatches(
            pattern="XX|" + "|".join(f"{letter}{{3,}}" for letter in ASCII_UPPER),
            reason=Reason.PLACEHOLDER,
        ),
        # Not Patient, Sample and Tester, which are surnames; rows of tests are more
        # frequent than people called Test.
        RejectIfIn(
            values=(
                *("ANONYM", "ANONYMOUS", "CUSTOMER", "DECEASED", "DELETED", "DONOR"),
                *("DUMMY", "FIRSTNAME", "LASTNAME", "MASKED", "NAME", "NOFIRSTNAME"),
                *("NOLASTNAME", "NONAME", "REDACTED", "REMOVED", "SURNAME", "TEST"),
                "ZZZTEST",
            ),
            reason=Reason.PLACEHOLDER,
        ),
    ),
    examples=(
        Example(identifier="O'Brien-Müller", result="OBRIENMULLER"),
        Example(identifier="Ka\u02bbahumanu", result="KAAHUMANU"),
        Example(identifier="Nan", result="NAN"),
        Example(identifier="Иванов", result="forbidden_character"),
    ),
    leading_zeros_matter=False,
    free_text=True,
    luhn_digit=False,
)
