"""Normalisation: total, idempotent, blind to what nobody sees, never silent."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import DateFormat, Identifier, TokenKind
from cleanroom_join.errors import TokenError
from cleanroom_join.testing import TEST_KEY
from cleanroom_join.tokens import (
    KINDS,
    Reason,
    Tokeniser,
    kind_spec,
    netstrings,
    normalise,
    normalise_by,
    normalise_components,
)
from cleanroom_join.tokens.steps import RejectIfMatches, Sha256
from cleanroom_join.tokens.tables import (
    ASCII_UPPER,
    COUNTRIES,
    DASHES,
    FOLD_LATIN,
    INVISIBLE,
    NULL_LIKE,
    PLANS,
    WHITESPACE,
)
from tests.support.examples import examples
from tests.support.strange_texts import KIND_OPTIONS, SAMPLES, strange_texts

KIND = st.sampled_from(TokenKind)
HASHES = [kind for kind in TokenKind if kind.hash_of is not None]
OTHERS = [kind for kind in TokenKind if kind.hash_of is None]
SPECS = [kind_spec(kind, **options) for kind, options in KIND_OPTIONS]
SPEC = st.sampled_from(SPECS)
NO_SHA256 = st.sampled_from(
    [spec for spec in SPECS if not any(isinstance(s, Sha256) for s in spec.steps)]
)
ANYTHING = (
    st.text()
    | st.text(st.characters(categories=["Cs", "Nd", "Cf", "Zs", "Ll", "Cn", "Co"]))
    | st.sampled_from(strange_texts(7, 3000))
)

# Kinds that do not delete white space and dashes, as the others do; all delete
# invisible characters.
KEEPS_SPACE = {TokenKind.EMAIL, TokenKind.EMAIL_MAILBOX, TokenKind.DATE_OF_BIRTH}
KEEPS_DASHES = KEEPS_SPACE | {TokenKind.DEVICE_ID}

# Kinds of digits only, of which a minus sign makes a number.
REFUSES_A_SIGN = {TokenKind.PAN, TokenKind.ACCOUNT}

# Words for NULL that are names of people.
NAMES_LIKE_NULL = {"BLANK", "NA", "NAN", "NAT", "NIL", "NULL"}


@settings(max_examples=examples(500))
@given(SPEC, ANYTHING | st.none())
def test_it_is_total(spec, text):
    """Every text gives a value or a reason, never both, never an exception."""
    got = normalise_by(spec, text)

    assert (got.value is None) is not (got.reason is None)


@settings(max_examples=examples(500))
@given(NO_SHA256, ANYTHING)
def test_it_is_idempotent(spec, text):
    """A normalised identifier, or a hash, is its own normal form."""
    first = normalise_by(spec, text)

    if first.value is not None:
        assert normalise_by(spec, first.value) == first


@given(SPEC, ANYTHING)
def test_values_are_plain_ascii(spec, text):
    """No letter is left over that another engine could read differently."""
    value = normalise_by(spec, text).value

    assert value is None or re.fullmatch("[!-~]+", value)


VALID = [
    (kind, text)
    for kind, texts in SAMPLES.items()
    for text in texts
    # A published hash of an address repairs nothing: see `test_hashed.py`.
    if kind in OTHERS and normalise(kind, text).value is not None
]


@settings(max_examples=examples(500))
@given(
    st.sampled_from(VALID),
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(INVISIBLE.characters)),
        min_size=1,
        max_size=5,
    ),
)
def test_invisible_characters_change_nothing_anywhere(sample, additions):
    """In every kind, at every place."""
    kind, text = sample
    spoilt = text
    for position, character in additions:
        spoilt = spoilt[:position] + character + spoilt[position:]

    got = normalise(kind, spoilt)

    # A letter such as A-ring before a C1 control is what mojibake looks like.
    assert got == normalise(kind, text) or got.reason is Reason.MOJIBAKE


@settings(max_examples=examples(500))
@given(
    st.sampled_from(VALID),
    st.integers(0, 40),
    st.sampled_from(WHITESPACE.characters),
)
def test_white_space_is_dropped_or_refused_as_the_kind_says(sample, position, space):
    """At the ends it never counts; inside it is dropped, or refused by name."""
    kind, text = sample
    expected = normalise(kind, text)
    inside = 0 < position < len(text)

    got = normalise(kind, text[:position] + space + text[position:])

    if kind not in KEEPS_SPACE or not inside:
        assert got == expected or got.reason in (
            Reason.MOJIBAKE,
            Reason.UNDECLARED_COUNTRY,  # a separator that may count
        )
    else:
        assert got.reason in (Reason.FORBIDDEN_CHARACTER, Reason.BAD_FORMAT)


@settings(max_examples=examples(500))
@given(st.sampled_from(VALID), st.integers(0, 40), st.sampled_from(DASHES.characters))
def test_every_dash_is_a_hyphen(sample, position, dash):
    """Whatever a word processor has made of it."""
    kind, text = sample

    spoilt = normalise(kind, text[:position] + dash + text[position:])
    plain = normalise(kind, text[:position] + "-" + text[position:])

    assert spoilt == plain
    if plain.reason is Reason.NEGATIVE:
        assert kind in REFUSES_A_SIGN
        assert position == 0 or position >= len(text)
    elif plain.reason is Reason.UNDECLARED_COUNTRY:
        assert kind is TokenKind.REGISTRATION
        assert 0 < position < len(text)
    elif kind not in KEEPS_DASHES:
        assert plain == normalise(kind, text)


@given(KIND, st.sampled_from(NULL_LIKE), st.booleans())
def test_words_for_null_have_no_value(kind, word, lower):
    """
    No stand-in for a missing identifier becomes one that joins strangers.

    Except in names, where it is a component among several, and somebody's name.
    """
    got = normalise(kind, word.lower() if lower else word)

    if kind is TokenKind.NAME and word in NAMES_LIKE_NULL:
        assert got.value == word
    else:
        assert got.value is None


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, Reason.MISSING),
        ("", Reason.EMPTY),
        ("\u200b \t", Reason.EMPTY),
        ("\ud800", Reason.INVALID_UTF8),
        ("N/A", Reason.NULL_LIKE),
        ("ab" * 32, Reason.ALREADY_HASHED),
        ("ab" * 20, Reason.ALREADY_HASHED),
        ("k1:" + "ab" * 32, Reason.ALREADY_HASHED),
        ("tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=", Reason.ALREADY_HASHED),
    ],
)
def test_reasons_of_every_kind(kind, text, reason):
    """What is refused is refused for the reason a person needs to mend it."""
    assert normalise(kind, text).reason is reason


REASONS = [
    ("pan", "4.1E+15", "scientific"),
    ("pan", "41111.0", "decimal_suffix"),
    ("pan", "411111XXXXXX1111", "masked"),
    ("pan", "1" * 15, "placeholder"),
    ("pan", "4111111111111O11", "forbidden_character"),
    ("pan", "1" * 9 + "2" * 30, "bad_length"),
    ("iban", "GB82 WEST 1234 5698 7654 23", "bad_checksum"),
    ("iban", "8282WEST12345698765432", "bad_format"),
    ("iban", "GB82WEST1234", "bad_length"),
    ("iban", "GB82WEST1234********", "masked"),
    ("email", "jane doe@example.com", "forbidden_character"),
    ("email", "jane\u00e9@example.com", "forbidden_character"),
    ("email", "j***@example.com", "masked"),
    ("email", "jane@doe@example.com", "bad_format"),
    ("email", "jane@localhost", "bad_format"),
    ("email", "jane@.", "bad_length"),
    ("email", "@example.com", "bad_format"),
    ("email", "test@test.com", "placeholder"),
    ("email", "a" * 250 + "@example.com", "bad_length"),
    ("email", "5d41402abc4b2a76b9719d911017c592", "already_hashed"),
    ("email_mailbox", "+tag@gmail.com", "bad_format"),
    ("phone", "020 7946 0958", "no_country_code"),
    ("phone", "+44 20 7946 095x", "masked"),
    ("phone", "+44 20 7946 0958 ext 3", "extension"),
    ("phone", "447911123456.0", "decimal_suffix"),
    ("phone", "4.47911E+11", "scientific"),
    ("phone", "+4420", "bad_length"),
    ("phone", "+0442079460958", "bad_format"),
    ("phone", "+1 555 555 5555", "placeholder"),
    ("phone", "+44 0000000", "placeholder"),
    ("name", "M\u00c3\u00bcller", "mojibake"),
    ("name", "\u0416\u0443\u043a", "forbidden_character"),
    ("name", "Smith2", "forbidden_character"),
    ("name", "S****", "masked"),
    ("name", "J", "bad_length"),
    ("name", "XXXX", "placeholder"),
    ("name", "Test", "placeholder"),
    ("date_of_birth", "16/02/1997", "bad_format"),
    ("date_of_birth", "1997-16-02", "bad_date"),
    ("date_of_birth", "1900-02-29", "bad_date"),
    ("date_of_birth", "1899-12-31", "placeholder"),
    ("date_of_birth", "1700-01-02", "bad_date"),
    ("date_of_birth", "1970-01-01", "placeholder"),
    ("date_of_birth", "19970216.0", "decimal_suffix"),
    ("postcode_uk", "SW1A 1A", "bad_format"),
    ("postcode_uk", "SW1A 1A\u00c4", "forbidden_character"),
    ("postcode_uk", "ZZ99 9ZZ", "placeholder"),
    ("postcode_us5", "2139", "lost_zero"),
    ("postcode_us5", "021394307 1", "bad_length"),
    ("postcode_us5", "2139.0", "decimal_suffix"),
    ("postcode_us5", "00000", "placeholder"),
    ("postcode_alnum", "10", "bad_length"),
    ("device_id", "6D92078A82464BA4AE5B76104861E7DC", "already_hashed"),
    ("device_id", "00000000-0000-0000-0000-000000000000", "placeholder"),
    ("device_id", "6D92078A-8246-4BA4-AE5B-76104861E7DCC", "bad_length"),
    ("device_id", "6D92078A8-246-4BA4-AE5B-76104861E7DC", "bad_format"),
    ("device_id", "GD92078A-8246-4BA4-AE5B-76104861E7DC", "forbidden_character"),
    ("registration", "1.00E+05", "scientific"),
    ("registration", "B-MX 123", "undeclared_country"),
    ("account", "-1519849017", "negative"),
    ("account", "00123-", "negative"),
    ("pan", "-4111111111111111", "negative"),
    ("date_of_birth", "2068-07-16", "bad_date"),
    ("date_of_birth", "1984-02-28 23:00:00", "bad_format"),
]
REASONS_DECLARED = [
    ("registration", "DE", "BMX123", "lost_separator"),
    ("registration", "DE", "0 17-123", "bad_format"),
    ("registration", "AT", "SPORT1", "lost_separator"),
]
OF_HASHES = {"not_hashed", "other_hash"}
"""Reasons of columns that hold hashes: see `test_hashed.py`."""


@pytest.mark.parametrize(("kind", "text", "reason"), REASONS)
def test_reasons_of_each_kind(kind, text, reason):
    """The first thing that is wrong, by its name."""
    assert normalise(TokenKind(kind), text).reason is Reason(reason)


@pytest.mark.parametrize(("kind", "country", "text", "reason"), REASONS_DECLARED)
def test_reasons_where_a_country_is_declared(kind, country, text, reason):
    """What the country's own way of writing shows to be wrong."""
    spec = kind_spec(TokenKind(kind), country=country)

    assert normalise_by(spec, text).reason is Reason(reason)


def test_every_reason_is_among_them():
    """So none is forgotten, and none exists that nothing gives."""
    shared = {"missing", "invalid_utf8", "empty", "null_like", "already_hashed"}
    declared = {"wrong_country"}

    named = {reason for *_, reason in (*REASONS, *REASONS_DECLARED)}
    assert named | shared | declared | OF_HASHES == {r.value for r in Reason}


@settings(max_examples=examples(500))
@given(SPEC, ANYTHING)
def test_explanations_only_explain(spec, text):
    """
    The Spark engine skips patterns that explain for texts that pass the other checks.

    That is right only if they change nothing but the reason.
    """
    import dataclasses

    without = dataclasses.replace(
        spec,
        steps=tuple(
            s for s in spec.steps if not (isinstance(s, RejectIfMatches) and s.explains)
        ),
    )

    assert normalise_by(without, text).value == normalise_by(spec, text).value


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.kind.value)
def test_what_an_explanation_matches_is_refused_anyway(spec):
    """The same, for texts made to match the patterns of digests."""
    plain = [s for s in spec.steps if getattr(s, "explains", False)]

    for length in (32, 40, 43, 44, 64):
        for character in "0A9az+/=":
            text = character * (length - 1) + "1"
            matched = any(re.fullmatch(s.pattern, text.upper()) for s in plain)
            if matched:
                assert normalise_by(spec, text).value is None


@given(st.sampled_from([c for c in FOLD_LATIN if not c.isascii()]), st.booleans())
def test_composed_and_decomposed_names_are_one(letter, upper):
    """NFC and NFD, as two operating systems write one name."""
    name = f"Ma{letter}er"
    name = name.upper() if upper else name
    forms = {
        normalise(TokenKind.NAME, unicodedata.normalize(form, name)).value
        for form in ("NFC", "NFD")
    }

    assert len(forms) == 1
    assert None not in forms


def test_folding_is_what_unicode_says():
    """The table against decomposition, where there is one, by an independent rule."""
    for letter, text in FOLD_LATIN.items():
        base = unicodedata.normalize("NFD", letter)
        kept = "".join(c for c in base if not unicodedata.combining(c))
        if kept.isascii():
            assert text == kept.upper(), hex(ord(letter))


@pytest.mark.parametrize("form", DateFormat)
def test_dates_by_the_declared_format_only(form):
    """Every day of some years is read back; another format's text never as another day."""
    layout = form.value.replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d")
    spec = kind_spec(TokenKind.DATE_OF_BIRTH, date_format=form)
    day = dt.date(1995, 1, 1)
    while day < dt.date(1997, 1, 1):
        assert normalise_by(spec, day.strftime(layout)).value == day.isoformat()
        assert normalise_by(spec, day.isoformat()).value == day.isoformat()
        day += dt.timedelta(days=1)


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_the_calendar(year, month, day):
    """A date is accepted if and only if Python's calendar has it, 1800 to 2039."""
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        exists = 1800 <= dt.date(year, month, day).year <= 2039
    except ValueError:
        exists = False

    got = normalise(TokenKind.DATE_OF_BIRTH, text)

    assert (got.value == text) == (exists and got.reason is not Reason.PLACEHOLDER)


MIDNIGHTS = [
    *(" 00:00:00", "T00:00:00Z", " 0:00", "T00:00", " 00:00:00.000", " 12:00:00 AM"),
    *("T00:00:00.000+00:00", " 00:00:00 UTC", "-00.00.00.000000"),
]


@given(
    st.dates(min_value=dt.date(1800, 1, 1), max_value=dt.date(2039, 12, 31)),
    st.sampled_from(MIDNIGHTS),
    st.sampled_from(DateFormat),
)
def test_midnight_changes_no_date(day, midnight, form):
    """In every format it is cut off, and the day is what it is without."""
    spec = kind_spec(TokenKind.DATE_OF_BIRTH, date_format=form)
    layout = form.value.replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d")

    got = normalise_by(spec, day.strftime(layout) + midnight)

    assert got == normalise_by(spec, day.isoformat())


@given(st.times(), st.sampled_from(["", "Z", "+00:00", "+01:00", "-05:00"]))
def test_no_other_time_is_cut_off(time, zone):
    """A time may be midnight of another zone, so the day may be another."""
    text = f"1984-02-29T{time.isoformat()}{zone}"

    got = normalise(TokenKind.DATE_OF_BIRTH, text)

    at_midnight = time == dt.time() and zone in ("", "Z", "+00:00")
    assert (got.value == "1984-02-29") is at_midnight
    assert got.reason is (None if at_midnight else Reason.BAD_FORMAT)


@given(st.text(ASCII_UPPER, min_size=2, max_size=39) | st.sampled_from(NULL_LIKE))
def test_letters_are_a_name_unless_nobody_has_it(text):
    """No name is refused for being a word for NULL, or for having two equal letters."""
    got = normalise(TokenKind.NAME, text)

    if got.reason is Reason.NULL_LIKE:
        assert text in set(NULL_LIKE) - NAMES_LIKE_NULL
    elif got.reason is Reason.PLACEHOLDER:
        assert text == "XX" or len(text) > 2
    elif text.isalpha():
        assert got.value == text


@given(
    st.text("0123456789", min_size=4, max_size=34), st.sampled_from(DASHES.characters)
)
def test_a_sign_makes_a_number_and_a_group_does_not(digits, dash):
    """Accounts of opposite sign never share a text; dashes between groups are removed."""
    plain = normalise(TokenKind.ACCOUNT, digits)

    assert normalise(TokenKind.ACCOUNT, dash + digits).reason is Reason.NEGATIVE
    assert normalise(TokenKind.ACCOUNT, digits + dash).reason is Reason.NEGATIVE
    assert normalise(TokenKind.ACCOUNT, digits[:2] + dash + digits[2:]) == plain


@pytest.mark.parametrize("country", COUNTRIES)
def test_national_numbers_become_international(country):
    """With the trunk prefix or without, as people dial it, and already international."""
    rule, plan = COUNTRIES[country], PLANS[COUNTRIES[country].code]
    spec = kind_spec(TokenKind.PHONE, country=country)
    fits = {n for fewest, most in plan.digits for n in range(fewest, most + 1)}
    national = rule.digits or rule.bare
    sizes = {n for fewest, most in national for n in range(fewest, most + 1)} & fits
    if not sizes:
        assert normalise_by(spec, "2345678").reason is Reason.WRONG_COUNTRY
        return
    number = "2345678912345678"[: max(sizes)]
    expected = f"+{rule.code}{number}"

    assert normalise_by(spec, rule.trunk + number).value == expected
    assert normalise_by(spec, expected).value == expected
    if rule.idd == "00":
        assert normalise_by(spec, "00" + expected[1:]).value == expected


@pytest.mark.parametrize("kind", [TokenKind.PHONE, TokenKind.REGISTRATION])
def test_an_unknown_country_is_refused(kind):
    """With its name and what to do."""
    with pytest.raises(TokenError, match="E204") as caught:
        kind_spec(kind, country="QQ")

    assert caught.value.code == "E204"
    assert '"QQ"' in str(caught.value)


IBANS = [
    # The registry's examples of some countries (SWIFT IBAN registry).
    *("NO9386011117947", "BE68539007547034", "DE89370400440532013000"),
    *("FR1420041010050500013M02606", "MT84MALT011000012345MTLCAST001S"),
    *("GB29NWBK60161331926819", "LC55HEMM000100010012001200023015"),
]


@pytest.mark.parametrize("iban", IBANS)
def test_published_ibans(iban):
    """Pass; with any digit changed, or two neighbours swapped, they do not."""
    assert normalise(TokenKind.IBAN, iban.lower()).value == iban
    for at in range(4, len(iban)):
        other = "0" if iban[at] != "0" else "1"
        changed = iban[:at] + other + iban[at + 1 :]
        assert normalise(TokenKind.IBAN, changed).reason is Reason.BAD_CHECKSUM
        swapped = iban[: at - 1] + iban[at] + iban[at - 1] + iban[at + 1 :]
        if swapped != iban:
            assert normalise(TokenKind.IBAN, swapped).value is None


PART = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(PART, min_size=1, max_size=4), st.lists(PART, min_size=1, max_size=4))
def test_no_two_lists_of_parts_share_a_message(one, other):
    """Netstrings: where a separator would let `ab`+`c` be `a`+`bc`."""
    assert (netstrings(one) == netstrings(other)) is (one == other)


@given(
    st.lists(st.sampled_from(strange_texts(3, 900)), min_size=3, max_size=3),
    st.lists(st.sampled_from(strange_texts(3, 900)), min_size=3, max_size=3),
)
def test_no_two_people_share_a_message(one, other):
    """Two composites have one message only if every part is the same."""
    specs = [
        KINDS[k] for k in (TokenKind.NAME, TokenKind.NAME, TokenKind.POSTCODE_ALNUM)
    ]
    first, second = normalise_components(specs, one), normalise_components(specs, other)

    if first.value is not None and second.value is not None:
        parts = [
            [normalise_by(s, t).value for s, t in zip(specs, texts, strict=True)]
            for texts in (one, other)
        ]
        assert (first.value == second.value) is (parts[0] == parts[1])


def test_a_composite_needs_every_part():
    """The first part without a value says why; nobody is made of fewer parts."""
    tokeniser = Tokeniser(
        TEST_KEY,
        identifier=Identifier(components=(TokenKind.NAME, TokenKind.DATE_OF_BIRTH)),
        partnership="p",
        key_id="k1",
        date_format=DateFormat.DMY_SLASH,
    )

    assert tokeniser.tokenise("Smith", "16/02/1997").token.startswith("k1:")
    assert tokeniser.tokenise("Smith", None).reason is Reason.MISSING
    assert tokeniser.tokenise("Smith2", None).reason is Reason.FORBIDDEN_CHARACTER
    with pytest.raises(TokenError):
        tokeniser.tokenise("Smith")


WITH_FAST_PATH = [spec for spec in KINDS.values() if spec.fast_path is not None]


@settings(max_examples=examples(500))
@given(st.sampled_from(WITH_FAST_PATH), st.data())
def test_the_fast_path_changes_nothing(spec, data):
    """What the fast path makes of a text is what all the steps make of it."""
    from cleanroom_join.tokens.steps import RejectIfIn, RejectIfUniform

    short = spec.fast_path
    text = data.draw(st.from_regex(rf"\A(?:{short.pattern})\Z").map(str))
    raw = text
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(raw)))
        raw = raw[:at] + data.draw(st.sampled_from(short.deleted or " ")) + raw[at:]
    if not short.deleted:
        raw = text
        raw = " " * data.draw(st.integers(0, 2)) + raw
    if short.lower:
        raw = raw.upper()

    got = normalise_by(spec, raw)

    whole = {
        s.reason for s in spec.steps if isinstance(s, (RejectIfIn, RejectIfUniform))
    }
    assert got.value == text or got.reason in whole
