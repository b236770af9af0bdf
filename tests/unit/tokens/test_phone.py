"""
Telephone numbers against the metadata of `phonenumbers`, for every region.

The metadata's example numbers are whose they are, so an example that is written in
another way has that number's token or none: any other is another subscriber's.
"""

from __future__ import annotations

import runpy
from collections import Counter
from functools import cache
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from cleanroom_join.contract import TokenKind
from cleanroom_join.tokens import Reason, kind_spec, normalise_by
from cleanroom_join.tokens.tables import COUNTRIES, PLANS
from tests.support.examples import examples

TOOL = runpy.run_path(str(Path(__file__).parents[3] / "tools/check_countries.py"))

USUAL = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
TYPES = sorted(PhoneNumberType.values())
EXAMPLES = [
    (region, kind, number)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in TYPES
    if (number := phonenumbers.example_number_for_type(region, kind)) is not None
] + [
    (None, None, phonenumbers.example_number_for_non_geo_entity(code))
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
]


@cache
def spec(country=None):
    """Return the kind, perhaps with a declared country."""
    return kind_spec(TokenKind.PHONE, country=country)


def outcome(text, country=None):
    """Return the number, or the reason's value."""
    got = normalise_by(spec(country), text)
    return got.value or got.reason.value


def written(number, form=PhoneNumberFormat.E164):
    """Return a number in one of libphonenumber's forms."""
    return phonenumbers.format_number(number, form)


def with_zero(number):
    """Return a number with a zero in brackets, its own if it begins with one."""
    digits = phonenumbers.national_significant_number(number).removeprefix("0")
    return f"+{number.country_code} (0) {digits}"


def zero_can_be_meant(number):
    """Return whether a bracketed zero before this number would be part of another."""
    code = str(number.country_code)
    begins = phonenumbers.national_significant_number(number).startswith("0")
    return PLANS[code].first.startswith("0") and not begins


NATIONAL = PhoneNumberFormat.NATIONAL
SPELLINGS = {
    "E.164": lambda n, _: (written(n), None),
    "international": lambda n, _: (written(n, PhoneNumberFormat.INTERNATIONAL), None),
    "as a URI": lambda n, _: (written(n, PhoneNumberFormat.RFC3966), None),
    "code and national": lambda n, _: (
        f"+{n.country_code} {written(n, NATIONAL)}",
        None,
    ),
    "code and national, declared": lambda n, region: (
        f"+{n.country_code} {written(n, NATIONAL)}",
        region,
    ),
    "zero in brackets": lambda n, _: (with_zero(n), None),
    "national": lambda n, region: (written(n, NATIONAL), region),
    "without a trunk prefix": lambda n, region: (
        phonenumbers.national_significant_number(n),
        region,
    ),
    "dialled from Britain": lambda n, _: (f"00{written(n)[1:]}", "GB"),
    "dialled from Britain, national": lambda n, _: (
        f"00{n.country_code} {written(n, NATIONAL)}",
        "GB",
    ),
}
LEAST_RIGHT = {
    "zero in brackets": 0.82,
    "national": 0.98,
    "without a trunk prefix": 0.75,
}
"""Shares of fixed and mobile numbers that are read; 0.98 unless it stands here."""


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_is_another_subscriber(spelling):
    """Every example of every region is itself or refused, and nearly all are read."""
    wrong, usual = [], Counter()
    for region, kind, number in EXAMPLES:
        if spelling == "zero in brackets" and zero_can_be_meant(number):
            continue
        text, country = SPELLINGS[spelling](number, region)
        got, expected = outcome(text, country), written(number)
        if got.startswith("+") and got != expected:
            wrong.append((region, text, got, expected))
        if kind in USUAL:
            usual[got == expected] += 1

    assert wrong == []
    assert usual[True] / usual.total() >= LEAST_RIGHT.get(spelling, 0.98)


def test_a_zero_in_brackets_is_read_as_libphonenumber_does_where_zeros_count():
    """Where numbers begin with zero, a bracket is no reason to drop it."""
    for _, _, number in EXAMPLES:
        if zero_can_be_meant(number):
            got = outcome(with_zero(number))
            theirs = written(phonenumbers.parse(with_zero(number)))
            assert got == theirs or not got.startswith("+")


def dialled_from(region):
    """Return the international prefixes of a region: some, if there are many."""
    pattern = PhoneMetadata.metadata_for_region(region).international_prefix
    prefixes = TOOL["expanded"](pattern)
    if region == "HK":
        # The metadata allows for 00 alone, which Hong Kong's operators do not have.
        prefixes.remove("00")
    return prefixes[:: 1 + len(prefixes) // 50]


DIALLED = [
    (region, prefix)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for prefix in dialled_from(region)
]


def test_no_dialled_number_is_another_subscriber():
    """Every region's international prefixes before usual examples of all others."""
    numbers = [written(number) for _, kind, number in EXAMPLES if kind in USUAL]
    every = len(DIALLED) * len(numbers)
    step = every // examples(every)
    texts = [
        (region, prefix + number[1:], number)
        for place, (region, prefix) in enumerate(DIALLED)
        for number in numbers[place % step :: step]
    ]
    wrong, read = [], 0
    for region, text, number in texts:
        got = outcome(text, region)
        read += got == number
        if got.startswith("+") and got != number:
            wrong.append((region, text, got, number))

    assert len(texts) > 10_000
    assert wrong == []
    assert read / len(texts) > 0.9


@pytest.mark.parametrize("country", [*COUNTRIES, None])
def test_a_prefix_that_is_not_dialled_here_is_no_plus(country):
    """An undeclared prefix gives no token, whatever stands behind it."""
    known = TOOL["expanded"](COUNTRIES[country].idd) if country else []
    refused = {"wrong_country", "no_country_code", "lost_zero"}
    for prefix in ("00", "0011", "001", "009", "000", "810", "119"):
        text = f"{prefix}442079460958"
        if not text.startswith(tuple(known)):
            assert outcome(text, country) in refused


AMBIGUOUS = [name for name, country in COUNTRIES.items() if country.ambiguous]


@pytest.mark.parametrize("country", AMBIGUOUS)
def test_numbers_behind_00_are_nobody_else_where_carriers_have_such_prefixes(country):
    """A number that somebody elsewhere dialled; 001 is the declared country's own."""
    texts = [
        written(number)[1:]
        for _, kind, number in EXAMPLES
        if kind in USUAL and number.country_code != 1
    ]

    valid = [
        text
        for text in texts
        if (got := outcome("00" + text, country)).startswith("+")
        and phonenumbers.is_valid_number(phonenumbers.parse(got))
    ]

    assert valid == []


def test_the_table_says_what_the_metadata_says():
    """Every difference has a reason."""
    assert TOOL["differences"]() == []


FAULTS = [
    # A trunk prefix after the calling code.
    ("+49 0151 23456789", None, "+4915123456789"),
    ("+44 (020) 7946 0958", None, "+442079460958"),
    ("+36 06 1 234 5678", None, "+3612345678"),
    ("+7 8 912 345 67 89", None, "+79123456789"),
    ("+7 812 345 67 89", None, "+78123456789"),
    ("+49 0151 23456789", "DE", "+4915123456789"),
    ("+61 0412 345 678", None, "+61412345678"),
    ("+39 06 1234 5678", None, "+390612345678"),
    # What is dialled for "+".
    ("001 65 6234 5678", "HK", "+6562345678"),
    ("0011 65 6234 5678", "AU", "+6562345678"),
    ("00 21 44 20 7946 0958", "BR", "+442079460958"),
    ("001 65 6234 5678", None, "no_country_code"),
    # A trunk zero that nobody writes.
    ("131 2345 6789", "CN", "+8613123456789"),
    ("321 1234567", "CO", "+573211234567"),
    ("(601) 2345678", "CO", "+576012345678"),
    ("7 1123456", "SO", "+25271123456"),
    ("72001234", "KI", "+68672001234"),
    # A zero that a spreadsheet took.
    ("9876543210", "IN", "+919876543210"),
    ("612345678", "FR", "+33612345678"),
    ("3012345678", "DE", "lost_zero"),
    ("919876543210", "IN", "wrong_country"),
    # An optional zero that stayed.
    ("0800 12 3456", "BR", "+55800123456"),
    ("0800 1234", "UY", "+5988001234"),
    # A prefix that a plan gave up.
    ("+52 1 55 1234 5678", None, "+525512345678"),
    ("+52 55 1234 5678", None, "+525512345678"),
    # Extensions and URIs.
    ("+442079460958x12", None, "extension"),
    ("+44 20 7946 0958 ext 3", None, "extension"),
    ("+442079460958/9", None, "extension"),
    ("030 123456 / 030 654321", "DE", "extension"),
    ("tel:+44-20-7946-0958", None, "+442079460958"),
    ("+44 20 7946 XXXX", None, "masked"),
    ("030/1234567", "DE", "+49301234567"),
    # Made up.
    ("1234567890", "US", "wrong_country"),
    ("+1 555 0100", None, "bad_length"),
    ("+999 12345678", None, "bad_format"),
    ("+1 234 567 8901", None, "+12345678901"),
    ("0411111111", "AU", "placeholder"),
]


@pytest.mark.parametrize(("text", "country", "expected"), FAULTS)
def test_usual_mistakes(text, country, expected):
    """Each is read as what it means, or refused for what it is."""
    assert outcome(text, country) == expected


@pytest.mark.parametrize("country", COUNTRIES)
def test_digits_alone_have_a_reason_that_names_the_country(country):
    """A declared country is never reported as missing."""
    got = {outcome("2345678912345678"[:size], country) for size in range(1, 17)}
    zeros = {outcome("0" * size, country) for size in range(4, 17)}

    assert Reason.NO_COUNTRY_CODE.value not in got
    assert Reason.WRONG_COUNTRY.value in got
    assert zeros == {Reason.PLACEHOLDER.value}
