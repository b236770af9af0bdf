"""Normalisation: total, idempotent, blind to what nobody sees, never silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import TokenKind
from cleanroom_join.tokens import KINDS, Reason, normalise
from cleanroom_join.tokens.spec import NULL_LIKE
from cleanroom_join.tokens.steps import (
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
)
from cleanroom_join.tokens.tables import DASHES, INVISIBLE, WHITESPACE

KIND = st.sampled_from(TokenKind)
HIDDEN = WHITESPACE.characters + INVISIBLE.characters + DASHES.characters
DIGITS = st.text("0123456789", min_size=4, max_size=20)
ANYTHING = (
    st.text()
    | st.text(st.characters(categories=["Cs", "Nd", "Cf", "Zs", "Ll"]))
    | DIGITS
)


@given(KIND, ANYTHING | st.none())
def test_it_is_total(kind, text):
    """Every text gives a value or a reason, never both, never an exception."""
    got = normalise(kind, text)

    assert (got.value is None) is not (got.reason is None)


@given(KIND, ANYTHING)
def test_it_is_idempotent(kind, text):
    """A normalised identifier is its own normal form."""
    first = normalise(kind, text)

    if first.value is not None:
        assert normalise(kind, first.value) == first


@given(
    KIND,
    DIGITS,
    st.lists(st.tuples(st.integers(0, 25), st.sampled_from(HIDDEN)), max_size=5),
)
def test_hidden_characters_change_nothing(kind, text, additions):
    """White space, invisible characters and dashes may stand anywhere."""
    spoilt = text
    for position, character in additions:
        spoilt = spoilt[:position] + character + spoilt[position:]

    assert normalise(kind, spoilt) == normalise(kind, text)


@given(KIND, st.sampled_from(NULL_LIKE), st.booleans())
def test_words_for_null_have_no_value(kind, word, lower):
    """No stand-in for a missing identifier becomes one that joins strangers."""
    got = normalise(kind, word.lower() if lower else word)

    assert got.value is None


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, Reason.MISSING),
        ("", Reason.EMPTY),
        ("\u200b \t", Reason.EMPTY),
        ("\ud800", Reason.INVALID_UTF8),
        ("4.1E+15", Reason.SCIENTIFIC),
        ("41111.0", Reason.DECIMAL_SUFFIX),
        ("ab" * 32, Reason.ALREADY_HASHED),
        ("1" * 15, Reason.PLACEHOLDER),
        ("Жук12345", Reason.FORBIDDEN_CHARACTER),
        ("1" * 9 + "2" * 99, Reason.BAD_LENGTH),
    ],
)
def test_each_reason(kind, text, reason):
    """What is refused is refused for the reason a person needs to mend it."""
    assert normalise(kind, text).reason is reason


@given(KIND, st.data())
def test_what_the_cheap_checks_pass_no_pattern_refuses(kind, data):
    """
    The Spark engine skips the patterns for texts of allowed characters and length.

    That is right only if no pattern matches such a text.
    """
    steps = KINDS[kind].steps
    (charset,) = [s for s in steps if isinstance(s, RejectUnlessCharset)]
    (length,) = [s for s in steps if isinstance(s, RejectUnlessLength)]
    text = data.draw(
        st.text(charset.allowed, min_size=length.minimum, max_size=length.maximum)
    )
    import re

    matching = [
        s
        for s in steps
        if isinstance(s, RejectIfMatches) and re.fullmatch(s.pattern, text)
    ]

    assert matching == []


def test_lengths_and_characters_make_the_patterns_unreachable():
    """The same, by what the patterns need: a foreign character or 64 digits."""
    for spec in KINDS.values():
        (charset,) = [s for s in spec.steps if isinstance(s, RejectUnlessCharset)]
        (length,) = [s for s in spec.steps if isinstance(s, RejectUnlessLength)]
        for step in spec.steps:
            if isinstance(step, RejectIfMatches):
                assert "{64}" in step.pattern or any(
                    c in step.pattern for c in ".,*#EX+"
                )
        assert length.maximum < 64
        assert not set(charset.allowed) & set(".,*#+")
