"""Numbers that other libraries take for valid: python-stdnum's and schwifty's."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import random
import re
import warnings

import pytest

from cleanroom_join.contract import TokenKind
from cleanroom_join.tokens import normalise

stdnum = pytest.importorskip("stdnum")
schwifty = pytest.importorskip("schwifty")


def documented_numbers():
    """Return module, text as written, and official form of python-stdnum's examples."""
    parser = doctest.DocTestParser()
    for found in pkgutil.walk_packages(stdnum.__path__, "stdnum."):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of old names
            module = importlib.import_module(found.name)
        for example in parser.get_examples(module.__doc__ or ""):
            call = re.fullmatch(r"(?:validate|compact)\('([^']*)'\)\s*", example.source)
            result = re.fullmatch(r"'([^']*)'\s*", example.want)
            if call and result:
                yield found.name.removeprefix("stdnum."), call[1], result[1]


NUMBERS = list(documented_numbers())
OF_DIGITS = [row for row in NUMBERS if re.fullmatch("[0-9]{4,34}", row[2])]


def test_official_numbers_of_digits_are_accounts():
    """Each has a text of its own, which is the number: no placeholder rule hits one."""
    refused = [
        row for row in OF_DIGITS if normalise(TokenKind.ACCOUNT, row[2]).value != row[2]
    ]

    assert refused == []
    assert len(OF_DIGITS) > 200


# Numbers with two valid forms: `compact` adds or removes zeros, or a number's last part.
TWO_FORMS = {
    *("cr.cpf", "il.idnr", "li.peid", "nz.bankaccount", "si.maticna", "sm.coe"),
}


def test_numbers_as_people_write_them_are_the_official_ones_or_refused():
    """Points and letters are refused; nothing is guessed where one number has two forms."""
    other = set()
    for module, text, official in OF_DIGITS:
        got = normalise(TokenKind.ACCOUNT, text).value
        if got is not None and got != official:
            other.add(module)
            assert got == re.sub("[^0-9]", "", text)

    assert other == TWO_FORMS


def test_postcodes():
    """Of every country that python-stdnum has; a country in front is refused or kept."""
    found = [row for row in NUMBERS if re.search("post", row[0])]

    assert len(found) > 5
    for _, text, official in found:
        for form in (text, official):
            bare = re.sub("[^0-9A-Z]", "", form)
            assert normalise(TokenKind.POSTCODE_ALNUM, form).value == bare


@pytest.mark.parametrize("country", sorted(schwifty.registry.get_countries()))
def test_ibans_of_every_country(country):
    """In groups or not; with one digit changed there is none."""
    draw = random.Random(country)
    for _ in range(5):
        iban = schwifty.IBAN.random(country_code=country, random=draw)
        last = max(at for at, one in enumerate(iban.compact) if one.isdecimal())
        digit = str((int(iban.compact[last]) + 1) % 10)
        wrong = iban.compact[:last] + digit + iban.compact[last + 1 :]

        for text in (iban.compact, iban.formatted, iban.formatted.lower()):
            assert normalise(TokenKind.IBAN, text).value == iban.compact
        assert normalise(TokenKind.IBAN, wrong).value is None
