"""What a column is for, from its name and from what normalisers say of its values."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest

from cleanroom_join.contract import DateFormat, DimensionType, MeasureType, TokenKind
from cleanroom_join.first_contract.column_facts import Storage, sample_facts
from cleanroom_join.first_contract.column_roles import Role, Slot
from cleanroom_join.first_contract.header_words import is_like_data
from cleanroom_join.first_contract.role_choice import role_of
from tests.support.raw_columns import facts

RANDOM = random.Random(1)
ACCOUNTS = [f"{n:010d}" for n in RANDOM.sample(range(10**9), 500)]
TAILS = [f"N{n}AB" for n in range(100, 600)]
NAMES = [
    a + b + "e" for a in ("an", "be", "cl", "do", "el") for b in "bcdfghjklmnprstvwx"
]
DAYS = [
    f"19{y}{m:02d}{d:02d}" for y in range(50, 60) for m in (1, 12) for d in range(1, 28)
]
MAILS = [f"p{n}@example.org" for n in range(300)]
IBANS = ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"] * 60


def luhn(body):
    """Return a number with the check digit by which a card number is told."""
    return next(body + d for d in "0123456789" if sample_facts([body + d]).luhn == 1)


CARDS = [luhn(f"41111111{n:07d}") for n in RANDOM.sample(range(10**7), 200)]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("insurance_no", ACCOUNTS, TokenKind.ACCOUNT),
        ("memberID", [f"{a[:3]}-{a[3:]}" for a in ACCOUNTS], TokenKind.ACCOUNT),
        ("x", ACCOUNTS, TokenKind.ACCOUNT),
        ("tail_number", [t.ljust(8) for t in TAILS], TokenKind.REGISTRATION),
        ("contact", MAILS, TokenKind.EMAIL),
        ("email_address", MAILS, TokenKind.EMAIL),
        ("mobile", [f"+4479460{n:05d}" for n in range(200)], TokenKind.PHONE),
        ("card_number", CARDS, TokenKind.PAN),
        ("anything", CARDS, TokenKind.PAN),
    ],
)
def test_identifiers_are_found_by_their_normalisers(name, values, kind):
    """The most distinctive kind that accepts most values comes first."""
    role = role_of(facts(name, values))

    assert role.role is Role.IDENTIFIER
    assert role.kinds[0] is kind


def test_digits_without_check_digits_are_no_card_numbers():
    """Sixteen digits alone are an account number."""
    role = role_of(facts("customer_no", [a + a[:6] for a in ACCOUNTS]))

    assert TokenKind.PAN not in role.kinds
    assert role.kinds[0] is TokenKind.ACCOUNT


@pytest.mark.parametrize(
    ("name", "values", "slot", "kinds"),
    [
        ("given_name", NAMES * 3, Slot.GIVEN_NAME, (TokenKind.NAME,)),
        ("Surname", NAMES * 3, Slot.SURNAME, (TokenKind.NAME,)),
        (
            "full_name",
            NAMES * 3 + ["x" + n for n in NAMES],
            Slot.NAME,
            (TokenKind.NAME,),
        ),
        ("dateOfBirth", DAYS, Slot.BIRTH, (TokenKind.DATE_OF_BIRTH,)),
        (
            "postcode",
            ["4223", "0800", "2600"] * 90,
            Slot.POSTCODE,
            (TokenKind.POSTCODE_ALNUM,),
        ),
        (
            "zip",
            ["02139", "90210"] * 90,
            Slot.POSTCODE,
            (TokenKind.POSTCODE_US5, TokenKind.POSTCODE_ALNUM),
        ),
    ],
)
def test_components_of_an_identifier_are_found(name, values, slot, kinds):
    """By the name of the column, and by the normaliser."""
    role = role_of(facts(name, values))

    assert (role.role, role.slot, role.kinds) == (Role.COMPONENT, slot, kinds)


def test_dates_tell_their_format_or_none():
    """Day and month are never guessed; ISO 8601 is not taken for another format."""
    assert role_of(facts("dob", DAYS)).date_format is DateFormat.COMPACT
    assert sample_facts(["1984-02-29", "2001-12-31"]).date_format is DateFormat.ISO
    assert sample_facts(["31/12/1984"]).date_format is DateFormat.DMY_SLASH
    assert sample_facts(["01/02/1984"]).date_format is None
    assert (
        role_of(facts("dob", ["01/02/1984", "03/04/1990"] * 90)).role
        is not Role.COMPONENT
    )


@pytest.mark.parametrize(
    ("name", "values", "word"),
    [
        (
            "admitted_at",
            [f"2025-{m:02d}-{d:02d}" for m in range(1, 13) for d in range(1, 28)],
            "date",
        ),
        ("street_number", [str(n) for n in range(500)], "location"),
        ("address_1", NAMES * 3, "location"),
        ("notes", [f"text {n} of many" for n in range(300)], "too many values"),
        ("empty", [" ", None], "empty"),
        ("constant", ["x"] * 200, "the same"),
        (" padded", ["a", "b"] * 200, "blanks"),
        ("a\u202eb", ["a", "b"] * 200, "unprintable"),
        ("home state", ["nsw", "vic"] * 200, "with source"),
        ("opted_out", ["true", "false"] * 200, "objection"),
        ("phone", [f"0794600{n:04d}" for n in range(200)], None),
        (
            "licence_plate",
            [f"B-MX {n}" for n in range(100, 400)],
            "declare their country",
        ),
        ("email_hash", [sha256(mail.encode()).hexdigest() for mail in MAILS], "holds"),
    ],
)
def test_what_is_left_out_says_why(name, values, word):
    """In words that quote no value."""
    role = role_of(facts(name, values))

    if word is None:  # digits are an account number as well
        assert role.role is Role.IDENTIFIER
        return
    assert role.role is Role.LEFT_OUT
    assert word in role.reason


def test_an_identifier_in_a_numeric_column_is_told_apart():
    """It may have lost leading zeros, and tokenising refuses it."""
    column = facts("customer_id", ACCOUNTS, Storage.INTEGER)

    assert role_of(column).role is Role.NUMBERED
    assert "read it as text" in role_of(column).reason


@pytest.mark.parametrize(
    ("name", "values", "storage", "kind"),
    [
        ("late", ["true", "false"], Storage.FREE_TEXT, MeasureType.BOOLEAN),
        ("flag", ["0", "1"], Storage.FREE_TEXT, MeasureType.BOOLEAN),
        ("fraud", ["true", "false"], Storage.BOOLEAN, MeasureType.BOOLEAN),
        ("distance", ["17", "2586", "400"], Storage.FREE_TEXT, MeasureType.INT),
        ("flag", ["0", "1", "7"], Storage.INTEGER, MeasureType.INT),
        ("amount", ["17.50", "3"], Storage.FREE_TEXT, MeasureType.DECIMAL),
        ("amount", ["17.5", "3.25"], Storage.FLOATING, MeasureType.DECIMAL),
        ("age", [str(n) for n in range(18, 99)], Storage.FREE_TEXT, MeasureType.INT),
    ],
)
def test_measures_are_booleans_and_numbers(name, values, storage, kind):
    """Text of a file counts as what it converts to, a typed column as its type."""
    role = role_of(facts(name, values, storage, times=200))

    assert (role.role, role.measure) == (Role.MEASURE, kind)


@pytest.mark.parametrize(
    ("name", "values", "storage", "kind"),
    [
        ("state", ["nsw", "vic", "qld"], Storage.FREE_TEXT, DimensionType.STRING),
        ("plan_name", ["basic", "plus"], Storage.TEXT, DimensionType.STRING),
        (
            "merchant_category_code",
            ["5411", "5812"],
            Storage.FREE_TEXT,
            DimensionType.STRING,
        ),
        ("mcc", ["5411", "5812"], Storage.TEXT, DimensionType.STRING),
        ("site", ["001", "002"], Storage.FREE_TEXT, DimensionType.STRING),
        ("month", ["1", "2", "12"], Storage.FREE_TEXT, DimensionType.STRING),
        ("month", ["1", "2", "12"], Storage.INTEGER, DimensionType.INT),
    ],
)
def test_dimensions_are_labels_and_codes(name, values, storage, kind):
    """Numbers that are names of categories are labels, not amounts."""
    role = role_of(facts(name, values, storage, times=200))

    assert (role.role, role.dimension) == (Role.DIMENSION, kind)


def test_consent_and_sensitive_columns_are_known_by_name():
    """A boolean of consent, and a diagnosis."""
    consent = role_of(facts("consented", ["true", "false"] * 100))
    diagnosis = role_of(facts("diagnosis", ["I10", "I21"], times=200))

    assert consent.role is Role.CONSENT
    assert diagnosis.sensitive
    assert not role_of(facts("region", ["N1", "N2"], times=200)).sensitive


@pytest.mark.parametrize("values", [["true"], ["false"], [""], ["true", ""]])
def test_consent_is_known_even_if_all_agree(values):
    """Else the real data of those who do not would be shared."""
    assert role_of(facts("opted_in_consent", values, times=200)).role is Role.CONSENT


@pytest.mark.parametrize("values", [["in", "out"], ["1", "2", "3"]])
def test_consent_that_is_no_boolean_is_no_dimension(values):
    """It is left out, and the reason says what to do."""
    role = role_of(facts("marketing_consent", values, times=200))

    assert role.role is Role.LEFT_OUT
    assert "no boolean" in role.reason


@pytest.mark.parametrize(
    ("name", "is_value"),
    [
        ("4111111111111111", True),
        ("1984-02-29", True),
        ("31.12.1984", True),
        ("p1@example.org", True),
        ("12", True),
        ("GB82 WEST 1234 5698 7654 32", True),
        ("given_name", False),
        ("txn_count_1h", False),
        ("a", False),
        ("", False),
    ],
)
def test_a_header_that_is_data_is_recognised(name, is_value):
    """Else the first row of a file would become names in the contract."""
    assert is_like_data(name) is is_value
