"""Registrations: two cars never share a text, one car has one text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import TokenKind
from cleanroom_join.tokens import Reason, kind_spec, normalise_by
from tests.support.examples import examples

PLAIN = kind_spec(TokenKind.REGISTRATION)
GERMANY = kind_spec(TokenKind.REGISTRATION, country="DE")
AUSTRIA = kind_spec(TokenKind.REGISTRATION, country="AT")

# Few letters, so that two draws often differ in their separators alone.
LETTERS = "ABEHOU"


def letters(fewest, most):
    """Return texts of some letters."""
    return st.text(LETTERS, min_size=fewest, max_size=most)


NUMBER = st.integers(1, 9999).map(str)
UMLAUTS = str.maketrans("AOU", "\u00c4\u00d6\u00dc")
GERMAN = st.tuples(
    letters(1, 3) | letters(1, 3).map(lambda code: code.translate(UMLAUTS)),
    letters(1, 2),
    st.sampled_from(["1", "12", "123"]) | NUMBER,
    st.sampled_from(["", "", "E", "H"]),
)
AUSTRIAN = st.tuples(
    letters(1, 2), letters(1, 5), st.sampled_from(["1", "12"]) | NUMBER
)
GAPS = st.sampled_from(["-", " ", " - ", "\u2013", "\u00a0", "\u00b7"])
INNER_GAPS = st.just("") | GAPS


def one_umlaut(parts):
    """Return whether a district has at most one umlaut, as all have."""
    return sum(letter in "\u00c4\u00d6\u00dc" for letter in parts[0]) <= 1


def written(parts, first, inner):
    """Return a registration with a separator behind its district."""
    district, *rest = parts
    return district + first + inner.join(part for part in rest if part)


@settings(max_examples=examples(1000))
@given(
    GERMAN.filter(one_umlaut), GERMAN.filter(one_umlaut), GAPS, INNER_GAPS, INNER_GAPS
)
def test_two_german_cars_never_share_a_text(one, other, first, inner, other_inner):
    """Two texts are one only if district, letters, digits and suffix are."""
    texts = [
        normalise_by(GERMANY, written(parts, first, gap)).value
        for parts, gap in ((one, inner), (other, other_inner))
    ]

    assert None not in texts
    assert (texts[0] == texts[1]) is (spelt_out(one) == spelt_out(other))


def spelt_out(parts):
    """Return a registration with umlauts in two letters."""
    district, *rest = parts
    for umlaut, both in (("\u00c4", "AE"), ("\u00d6", "OE"), ("\u00dc", "UE")):
        district = district.replace(umlaut, both)
    return (district, *rest)


@settings(max_examples=examples(1000))
@given(AUSTRIAN, AUSTRIAN, GAPS, INNER_GAPS)
def test_two_austrian_cars_never_share_a_text(one, other, first, inner):
    """Also of the plates whose letters their holders choose."""
    texts = [
        normalise_by(AUSTRIA, written(parts, first, gap)).value
        for parts, gap in ((one, inner), (other, ""))
    ]

    assert None not in texts
    assert (texts[0] == texts[1]) is (one == other)


@settings(max_examples=examples(1000))
@given(GERMAN | AUSTRIAN, GERMAN | AUSTRIAN, GAPS, INNER_GAPS, INNER_GAPS)
def test_undeclared_cars_never_share_a_text(one, other, first, inner, other_inner):
    """A separator that may count is refused, so it is never removed from two cars."""
    one, other = one if len(one) > 3 else (*one, ""), (*other, "")[:4]
    texts = [
        normalise_by(PLAIN, written(parts, first, gap)).value
        for parts, gap in ((one, inner), (other, other_inner))
    ]

    if None not in texts:
        assert (texts[0] == texts[1]) is (one == other)


@given(GERMAN.filter(one_umlaut), GAPS, INNER_GAPS)
def test_one_german_car_has_one_text(parts, first, inner):
    """However it is written, with umlauts or without, if its separator is there."""
    official = normalise_by(GERMANY, written(parts, "-", ""))

    assert normalise_by(GERMANY, written(parts, first, inner)) == official
    assert normalise_by(GERMANY, written(spelt_out(parts), first, inner)) == official
    lower = normalise_by(GERMANY, written(parts, first, inner).lower())
    assert lower == official


@given(GERMAN, INNER_GAPS)
def test_a_german_car_without_its_separator_is_refused(parts, inner):
    """There may be two of it, so it has no token."""
    district, letters_, digits, behind = spelt_out(parts)

    got = normalise_by(GERMANY, f"{district}{letters_}{inner}{digits}{behind}")

    assert got.value is None
    assert got.reason is Reason.LOST_SEPARATOR


# What registers of other countries write, with the separators that they do not count.
FORMS = {
    "GB": [
        "[A-Z]{2}[0-9]{2} [A-Z]{3}",
        "[A-Z][0-9]{1,3} [A-Z]{3}",
        "[A-Z]{3} [0-9]{4}",
    ],
    "US": ["[A-Z]{3}[- ][0-9]{4}", "[0-9][A-Z]{3}[0-9]{3}", "[0-9]{3} [A-Z]{3}"],
    "FR": ["[A-Z]{2}-[0-9]{3}-[A-Z]{2}", "[0-9]{2,4} [A-Z]{2,3} [0-9]{2}"],
    "NL": [
        *("[A-Z]{2}-[0-9]{2}-[0-9]{2}", "[0-9]{2}-[0-9]{2}-[A-Z]{2}"),
        *("[0-9]{2}-[A-Z]{2}-[0-9]{2}", "[A-Z]{2}-[0-9]{2}-[A-Z]{2}"),
        *("[A-Z]{2}-[A-Z]{2}-[0-9]{2}", "[0-9]{2}-[A-Z]{2}-[A-Z]{2}"),
        *("[0-9]{2}-[A-Z]{3}-[0-9]", "[0-9]-[A-Z]{3}-[0-9]{2}"),
        *("[A-Z]{2}-[0-9]{3}-[A-Z]", "[A-Z]-[0-9]{3}-[A-Z]{2}"),
        *("[A-Z]{3}-[0-9]{2}-[A-Z]", "[A-Z]-[0-9]{2}-[A-Z]{3}"),
        *("[0-9]-[A-Z]{2}-[0-9]{3}", "[0-9]{3}-[A-Z]{2}-[0-9]"),
    ],
    "CH": ["[A-Z]{2} [0-9]{1,6}", "[A-Z]{2}\u00b7[0-9]{3,6}"],
    "ES": ["[0-9]{4} [A-Z]{3}", "[A-Z]{1,2}-[0-9]{4}-[A-Z]{1,2}"],
    "IT": ["[A-Z]{2} [0-9]{3} [A-Z]{2}"],
    "SE": ["[A-Z]{3} [0-9]{3}", "[A-Z]{3} [0-9]{2}[A-Z]"],
    "DK": ["[A-Z]{2} [0-9]{2} [0-9]{3}"],
}


@settings(max_examples=examples(500))
@given(
    st.sampled_from([(c, form) for c, forms in FORMS.items() for form in forms]),
    st.data(),
)
def test_other_countries_match_with_and_without_separators(form, data):
    """Whether the column declares its country or not."""
    country, pattern = form
    text = data.draw(st.from_regex(re.compile(rf"\A{pattern}\Z", re.ASCII)))
    bare = re.sub(r"[^A-Z0-9]", "", text)
    declared = kind_spec(TokenKind.REGISTRATION, country=country)

    outcomes = {
        normalise_by(spec, written_)
        for spec in (PLAIN, declared)
        for written_ in (text, bare, text.lower(), text.replace(" ", "-"))
    }

    assert len(outcomes) == 1
    assert {o.value for o in outcomes} <= {bare, None}
    assert {o.reason for o in outcomes} <= {None, Reason.PLACEHOLDER}


# All German districts with an umlaut, and all whose letters could be one written out.
WITH_UMLAUT = [
    *("AÖ", "BÖ", "BÜD", "BÜR", "BÜS", "BÜZ", "DÜW", "FLÖ", "FÜ", "FÜS"),
    *("GÖ", "GÜ", "HÖS", "HÜN", "JÜL", "KÖN", "KÖT", "KÖZ", "KÜN", "LÖ"),
    *("LÖB", "LÖN", "LÜD", "LÜN", "MÜ", "MÜB", "MÜL", "MÜN", "MÜR", "NÖ"),
    *("NRÜ", "ÖHR", "PLÖ", "PRÜ", "RÜD", "RÜG", "SÄK", "SLÜ", "SMÜ", "SÖM"),
    *("SÜW", "TÖL", "TÖN", "TÜ", "ÜB", "WÜ", "WÜM"),
]
LIKE_AN_UMLAUT = ["AE", "COE", "OE", "UE", "UEM", "UER"]


def test_no_german_district_has_two_spellings():
    """An umlaut in two letters is never another district."""
    made = {spelt_out((code,))[0] for code in WITH_UMLAUT}

    assert len(made) == len(WITH_UMLAUT)
    assert made.isdisjoint(LIKE_AN_UMLAUT)


@pytest.mark.parametrize("code", WITH_UMLAUT)
def test_every_district_with_an_umlaut_has_tokens(code):
    """Composed, decomposed and in two letters it is one car, without dots another."""
    bare = code.translate(str.maketrans("ÄÖÜ", "AOU"))
    texts = {
        normalise_by(GERMANY, f"{form}-X 12").value
        for form in (
            *(code, code.lower(), spelt_out((code,))[0]),
            *(unicodedata.normalize("NFD", text) for text in (code, code.lower())),
        )
    }

    assert texts == {f"{spelt_out((code,))[0]}-X12"}
    assert normalise_by(GERMANY, f"{bare}-X 12").value not in texts
