"""The rows as CSV: every value as published, and no label that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.report.csv_copy import csv_copy
from tests.reference.reports import ROWS, example
from tests.support.examples import examples

PUBLISHED = example().published


def copied(*rows, delimiter=","):
    """Return the fields of every line of a copy, as a reader splits them."""
    text = csv_copy(replace(PUBLISHED, rows=rows))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_every_row_and_every_heading_is_copied():
    """Figures without separators, so that other programs read them as numbers."""
    lines = csv_copy(PUBLISHED).split("\r\n")

    assert lines[0].startswith('"area","sector","cohort_size"')
    assert lines[1] == '"north","5411",600,1800,0.143,40.3'
    assert len(lines) == 1 + len(ROWS) + 1
    assert lines[-1] == ""


def test_null_is_not_an_empty_label():
    """Nor is it the text NULL; truth values and numbers are not quoted."""
    row = (None, "", "NULL", True, Decimal("-0.50"), -3)

    line = csv_copy(replace(PUBLISHED, rows=(row,))).split("\r\n")[1]

    assert line == ',"","NULL",true,-0.5,-3'


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t+1", "\t'+1"),
        (' "=1', " \"'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("18-25", "18-25"),
        ("18 - 25", "18 - 25"),
        ("a=b", "a=b"),
        ("a@example.org", "a@example.org"),
    ],
)
def test_a_sign_that_begins_a_formula_is_text(label, expected):
    """An apostrophe stands before it; signs inside a label stay as they are."""
    assert copied((label, "b", 600, 1800, Decimal(1), Decimal(1)))[1][0] == expected


SIGNS = st.text(st.sampled_from("=+-@\uff1d\"' ;,|\tab1"), max_size=12)


@given(SIGNS, SIGNS, st.sampled_from(",;|\t"))
@settings(max_examples=examples(1000))
@case('a;"=1', "b", ";")
@case("x", 'a;""=1', ";")
@case("x", "';'=1", ";")
def test_no_field_begins_like_a_formula(first, second, delimiter):
    """Whatever the labels are, and whatever separates the fields of a spreadsheet."""
    _, fields = copied(
        (first, second, 600, 1800, Decimal(1), Decimal(1)), delimiter=delimiter
    )

    assert [f for f in fields if f.lstrip(' "')[:1] in tuple("=+-@\uff1d")] == []


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20))
@settings(max_examples=examples(300))
def test_a_reader_gets_the_label_back(label):
    """But for the apostrophes; quotes, commas and other scripts are kept."""
    _, fields = copied((label, "b", 600, 1800, Decimal("0.10"), Decimal(1)))

    assert fields[0].replace("'", "") == label.replace("'", "")
    assert fields[1:] == ["b", "600", "1800", "0.1", "1"]
