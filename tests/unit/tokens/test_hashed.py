"""Published hashes: a party that has them and a party that has what they are of."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Holds, Identifier, TokenKind
from cleanroom_join.testing import TEST_KEY
from cleanroom_join.tokens import (
    KINDS,
    Reason,
    Tokeniser,
    kind_spec,
    normalise,
    normalise_by,
)
from cleanroom_join.tokens.compat import (
    PROFILES,
    google_email_2023,
    google_email_2025,
    google_phone,
    meta_email,
    meta_phone,
    sha256_hexadecimal,
    snap_email,
    uid2_email,
    uid2_phone,
)
from cleanroom_join.tokens.steps import RejectIfHashOf
from tests.support.examples import examples
from tests.support.strange_texts import strange_texts

ADDRESSES = {
    TokenKind.EMAIL_SHA256_UID2: uid2_email,
    TokenKind.EMAIL_SHA256_GOOGLE_2023: google_email_2023,
    TokenKind.EMAIL_SHA256_GOOGLE_2025: google_email_2025,
    TokenKind.EMAIL_SHA256_META: meta_email,
}
"""The published rule of each kind, as `tokens.compat` has it."""
NUMBERS = {
    TokenKind.PHONE_SHA256_E164: google_phone,
    TokenKind.PHONE_SHA256_META: meta_phone,
}
HASHES = [*ADDRESSES, *NUMBERS]
IN_BASE64 = [*list(ADDRESSES)[:3], TokenKind.PHONE_SHA256_E164]

LOCALS = st.text("aAbBzZ09.+_-", min_size=1, max_size=8) | st.text("a.'=", max_size=4)
DOMAINS = st.sampled_from(
    ["gmail.com", "GMail.com", "googlemail.com", "example.com", "mail.gmail.com"]
)
BLANKS = st.sampled_from(["", "", "", " ", "  ", "\t", "\xa0", "\u200b"])
SPELLED = st.builds("{0}{1}@{2}{3}".format, BLANKS, LOCALS, DOMAINS, BLANKS)
ANY_ADDRESS = SPELLED | st.sampled_from(strange_texts(23, 3000)) | st.text()

NATIONAL = st.text("0123456789", min_size=6, max_size=12)
CODES = st.sampled_from(["1", "44", "49", "33", "91", "351"])
SEPARATORS = st.sampled_from(["", " ", "-", ".", "\u2011"])


def tokeniser(kind, holds=Holds.RAW, **options):
    """Return a tokeniser of one kind."""
    return Tokeniser(
        TEST_KEY, identifier=kind, partnership="p", key_id="k1", holds=holds, **options
    )


def of_raw(kind, text, **options):
    """Return what the party with identifiers makes."""
    return tokeniser(kind, **options).tokenise(text)


def of_hash(kind, text):
    """Return what the party with hashes makes."""
    return tokeniser(kind, Holds.HASH).tokenise(text)


def spellings(kind, digest):
    """Return every way in which a form's hash is written."""
    text = base64.b64encode(bytes.fromhex(digest)).decode()
    return [
        *(digest, digest.upper(), f"0x{digest}", f" {digest}\r\n", f"\ufeff{digest}"),
        *([text, f" {text} "] if kind in IN_BASE64 else []),
    ]


def test_every_published_hash_is_tested_here():
    """A new form needs its published rule."""
    assert set(HASHES) == {kind for kind in TokenKind if kind.hash_of is not None}
    assert {kind for kind in TokenKind if KINDS[kind].hash_steps} == set(HASHES)


def test_the_page_names_every_kind_and_the_profiles_it_follows():
    """A reader finds the kind by the vendor's name, and each profile exists."""
    page = Path(__file__).parents[3] / "docs/reference/compat.md"
    rows = re.findall(
        r"(?m)^\| `(\w+_sha256_\w+)` \| ([^|]+) \| ([^|]+) \|$", page.read_text()
    )

    assert [kind for kind, *_ in rows] == [kind.value for kind in HASHES]
    for kind, profiles, written in rows:
        assert set(re.findall("`([^`]+)`", profiles)) <= set(PROFILES)
        assert ("base64" in written) is (TokenKind(kind) in IN_BASE64)


@settings(max_examples=examples(1000))
@given(st.sampled_from(list(ADDRESSES)), ANY_ADDRESS)
def test_an_address_is_hashed_by_the_publications_own_rule(kind, text):
    """Whatever the kind accepts has the hash that the publication makes of it."""
    got = normalise(kind, text)

    assert got.value in (None, sha256_hexadecimal(ADDRESSES[kind](text)))


@settings(max_examples=examples(1000))
@given(st.sampled_from(list(ADDRESSES)), SPELLED)
def test_both_parties_make_one_token_of_an_address(kind, text):
    """One hashed it by the published rule, in any spelling, the other did not."""
    raw = of_raw(kind, text)
    assume(raw.token is not None)

    for written in spellings(kind, sha256_hexadecimal(ADDRESSES[kind](text))):
        assert of_hash(kind, written) == raw


@settings(max_examples=examples(1000))
@given(st.sampled_from(list(ADDRESSES)), SPELLED, SPELLED)
def test_two_addresses_share_a_token_if_and_only_if_the_rule_makes_them_one(
    kind, one, other
):
    """Spellings of one address join, and strangers never do."""
    first, second = of_raw(kind, one), of_raw(kind, other)
    rule = ADDRESSES[kind]

    if first.token is not None and second.token is not None:
        assert (first.token == second.token) is (rule(one) == rule(other))


@given(st.sampled_from(list(ADDRESSES)), st.data())
def test_spellings_that_the_rule_makes_one_have_one_token(kind, data):
    """The same, for pairs that are equal more often than by chance."""
    local, domain = data.draw(st.text("abz", min_size=1)), data.draw(DOMAINS)
    one = f"{local}@{domain}"
    other = (
        f" {'.'.join(local).upper()}{data.draw(st.sampled_from(['', '+x']))}@{domain} "
    )
    first, second = of_raw(kind, one), of_raw(kind, other)
    rule = ADDRESSES[kind]

    if first.token is not None and second.token is not None:
        assert (first.token == second.token) is (rule(one) == rule(other))


@given(SPELLED)
def test_meta_and_snap_publish_one_rule(text):
    """So one kind is enough for both."""
    assert meta_email(text) == snap_email(text)


@settings(max_examples=examples(500))
@given(st.sampled_from(list(NUMBERS)), CODES, NATIONAL, SEPARATORS)
def test_both_parties_make_one_token_of_a_number(kind, code, national, separator):
    """However the number is written, if it is written internationally."""
    number = f"+{code}{national}"
    assume(normalise(TokenKind.PHONE, number).value == number)
    written = f"+{code}{separator}{national[:3]}{separator}{national[3:]}"

    raw = of_raw(kind, written)

    assert raw.token is not None
    assert uid2_phone(number) in (None, number)
    for hashed in spellings(kind, sha256_hexadecimal(NUMBERS[kind](number))):
        assert of_hash(kind, hashed) == raw


@settings(max_examples=examples(500))
@given(
    st.sampled_from(list(NUMBERS)),
    st.sampled_from(strange_texts(29, 3000)) | NATIONAL,
    st.sampled_from([None, "GB", "US"]),
)
def test_a_number_has_a_hash_exactly_if_it_has_a_token_as_a_number(kind, text, country):
    """Nothing is read here that kind `phone` reads otherwise."""
    number = normalise_by(kind_spec(TokenKind.PHONE, country=country), text)
    got = normalise_by(kind_spec(kind, country=country), text)

    assert got.reason is number.reason
    if number.value is not None:
        assert got.value == sha256_hexadecimal(NUMBERS[kind](number.value))


@pytest.mark.parametrize("kind", HASHES)
def test_what_stands_for_nobody_is_refused_on_both_sides(kind):
    """The other side could otherwise join strangers, and this side would not."""
    (check,) = [
        step for step in KINDS[kind].hash_steps if isinstance(step, RejectIfHashOf)
    ]

    assert [v for v in check.values if normalise(kind, v).value is not None] == []
    for value in check.values:
        assert of_hash(kind, sha256_hexadecimal(value)).reason is Reason.PLACEHOLDER


RIGHT = hashlib.sha256(b"user@example.com").hexdigest()


@pytest.mark.parametrize("kind", HASHES)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, Reason.MISSING),
        ("", Reason.EMPTY),
        (" \u200b", Reason.EMPTY),
        ("N/A", Reason.NULL_LIKE),
        ("\ud800" + RIGHT, Reason.INVALID_UTF8),
        ("user@example.com", Reason.NOT_HASHED),
        ("+16505551212", Reason.NOT_HASHED),
        ("16505551212", Reason.NOT_HASHED),
        ("g" + RIGHT[1:], Reason.NOT_HASHED),
        (RIGHT[:32] + " " + RIGHT[32:], Reason.NOT_HASHED),
        ("0x" + RIGHT[2:], Reason.NOT_HASHED),
        ("0x0x" + RIGHT, Reason.NOT_HASHED),
        (RIGHT[:32], Reason.OTHER_HASH),
        (RIGHT[:40], Reason.OTHER_HASH),
        (RIGHT * 2, Reason.OTHER_HASH),
        ("XrY7u+Ae7tCTyyK7j1rNww==", Reason.OTHER_HASH),
        (RIGHT[:63], Reason.BAD_LENGTH),
        (RIGHT + "0", Reason.BAD_LENGTH),
        ("k1:" + RIGHT, Reason.ALREADY_HASHED),
        ("tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ", Reason.BAD_FORMAT),
        ("tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf_F5HVRQ=", Reason.BAD_FORMAT),
        ("tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRR=", Reason.BAD_FORMAT),
        ("0" * 64, Reason.PLACEHOLDER),
        (hashlib.sha256(b"").hexdigest(), Reason.PLACEHOLDER),
        (hashlib.sha256(b"NULL").hexdigest().upper(), Reason.PLACEHOLDER),
    ],
)
def test_what_is_no_hash_is_refused_by_its_name(kind, text, reason):
    """In a column of hashes: raw values, other digests, tokens, hashes of nothing."""
    assert of_hash(kind, text).reason is reason


@pytest.mark.parametrize("kind", HASHES)
def test_hashes_in_a_column_of_identifiers_are_refused(kind):
    """The contract says the column has identifiers; nothing is guessed."""
    for written in (RIGHT, RIGHT.upper(), f"0x{RIGHT}", f"0X{RIGHT}", RIGHT[:40]):
        assert of_raw(kind, written).reason is Reason.ALREADY_HASHED


@pytest.mark.parametrize("kind", [kind for kind in HASHES if kind not in IN_BASE64])
def test_base64_is_refused_where_it_is_not_published(kind):
    """Meta publishes hexadecimal digits only."""
    text = base64.b64encode(bytes.fromhex(RIGHT)).decode()

    assert of_hash(kind, text).reason is Reason.BAD_FORMAT


def test_mistakes_that_leave_no_trace_match_nobody():
    """A hash of a raw value, and a hash of a hash, have tokens of their own."""
    kind = TokenKind.EMAIL_SHA256_UID2
    right = of_raw(kind, "User@Example.com ")

    for mistake in ("User@Example.com ", RIGHT):
        made = of_hash(kind, sha256_hexadecimal(mistake))
        assert made.token is not None
        assert made != right


@pytest.mark.parametrize("kind", HASHES)
def test_a_published_hash_and_its_identifier_have_unrelated_tokens(kind):
    """Each kind has a subkey of its own, so a column must name its kind."""
    text = "user@example.com" if kind in ADDRESSES else "+16505551212"
    labels = {tokeniser(kind).identifier.label, kind.hash_of.value}

    made = {of_raw(one, text).token for one in (kind, kind.hash_of)}

    assert len(labels) == len(made) == 2
    assert None not in made


def test_a_composite_reads_its_other_parts_as_they_are():
    """`holds` is about the parts that are published hashes."""
    identifier = Identifier(
        components=(TokenKind.EMAIL_SHA256_UID2, TokenKind.POSTCODE_UK)
    )
    raw, hashed = tokeniser(identifier), tokeniser(identifier, Holds.HASH)

    made = raw.tokenise("User@example.com", "SW1A 1AA")

    assert made.token is not None
    assert hashed.tokenise(RIGHT, "sw1a1aa") == made
