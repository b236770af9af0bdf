"""CSV by the letter of RFC 4180, without Spark."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract.terms.texts import text_fault
from cleanroom_join.errors import CleanRoomJoinError
from cleanroom_join.raw_files import (
    CsvOptions,
    matched_columns,
    readable_names,
    scan_csv,
)
from cleanroom_join.raw_files.csv_records import QuoteFault, records
from cleanroom_join.raw_files.encodings import encoding_named
from tests.support.csv_ways import STRANGER, WAYS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "raw-files.md"
WANTED = ("card_number", "age_band", "balance")
ONLY_SPARK = {"decimals with a comma", "line ends of two kinds, one in quotes"}
"""Ways of which only Spark's reading shows that they are refused."""
FIELDS = st.text('ab" ,;|\t\\é', max_size=4)
ROWS = st.lists(st.lists(FIELDS, min_size=2, max_size=4), min_size=1, max_size=4)


@pytest.mark.parametrize("name", WAYS)
def test_every_way_is_scanned_or_refused(tmp_path, name):
    """Without Spark already: as many rows as people, or an error with the likely cause."""
    way = WAYS[name]
    path = way.write(tmp_path)
    options = CsvOptions.of(way.delimiter, way.encoding)

    if way.code is None or name in ONLY_SPARK:
        scan = scan_csv(path, options)

        assert scan.rows == way.people
        assert set(matched_columns("accounts", WANTED, scan.names)) == set(WANTED)
    else:
        with pytest.raises(CleanRoomJoinError) as caught:
            matched_columns(
                "accounts", WANTED, scan_csv(path, options).names, may_be_data=True
            )

        assert caught.value.code == way.code
        assert way.says in str(caught.value)
        assert STRANGER not in str(caught.value)
        assert caught.value.__context__ is None


@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC)),
    end=st.sampled_from(("\n", "\r\n", "\r")),
)
def test_what_pythons_csv_writes_is_read_as_it_was(rows, delimiter, quoting, end):
    """Whatever is in the fields, however they are quoted and lines end."""
    written = io.StringIO(newline="")
    csv.writer(
        written, delimiter=delimiter, quoting=quoting, lineterminator=end
    ).writerows(rows)

    lines = io.StringIO(written.getvalue(), newline="")

    assert [fields for _, fields in records(lines, delimiter)] == rows


@given(text=st.text('a",\n\r\\', max_size=12))
def test_nothing_is_read_that_strict_readers_do_not_read(text):
    """What is not refused is what Python's strict reader reads as well."""
    try:
        found = [fields for _, fields in records(io.StringIO(text, newline=""), ",")]
    except QuoteFault:
        return

    strict = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert found == [fields for fields in strict if fields]


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ('a,b\n1,"x\n2,y\n', 2, "not closed"),
        ('a,b\n1,x\n\n2,5" pipe\n', 4, "not closed"),
        ('a,b\n1,5" x 6"\n', 2, "not quoted"),
        ('a,b\n"p\nq",1\n"\\"x",y\n', 4, "backslash"),
        ('a,b\n1, "x"\n', 2, "blank"),
    ],
)
def test_a_fault_has_its_line_and_its_cause(text, line, cause):
    """Lines are counted as an editor counts them, line ends in quotes too."""
    with pytest.raises(QuoteFault) as caught:
        list(records(io.StringIO(text, newline=""), ","))

    assert caught.value.line == line
    assert cause in caught.value.cause


def test_a_quote_that_is_never_closed_does_not_fill_the_memory():
    """A record ends after sixteen million characters at the latest."""
    line = "x" * 1_000_000 + "\n"
    read = []

    def lines():
        yield 'a,"b\n'
        for number in range(1_000):
            read.append(number)
            yield line

    with pytest.raises(QuoteFault):
        list(records(lines(), ","))

    assert len(read) < 20


@pytest.mark.parametrize(
    "name", ["cp1252", "latin-1", "iso8859-15", "cp850", "koi8-r", "mac-roman"]
)
def test_encodings_of_one_byte_are_latin_with_other_characters(name):
    """Spark reads ISO-8859-1, and every character is then what Python decodes."""
    encoding = encoding_named(name)
    known = bytes(range(256)).decode(name, "ignore").encode(name)

    read = known.decode("latin-1")
    meant = read.translate(str.maketrans(encoding.found, encoding.meant))

    assert meant == known.decode(name)


@pytest.mark.parametrize(
    "name", ["shift_jis", "gbk", "big5", "cp037", "utf-7", "hex", "nonsense", "rot13"]
)
def test_other_encodings_are_refused(name):
    """Spark does not read them: the file has to be written as UTF-8."""
    with pytest.raises(ValueError, match="an encoding is"):
        CsvOptions.of(encoding=name)


@pytest.mark.parametrize("delimiter", ["", "::", "a", "7", '"', "\n", "\\", " ", "\0"])
def test_other_separators_are_refused(delimiter):
    """A separator is one visible character that is in no name, or a tab."""
    with pytest.raises(ValueError, match="a separator is"):
        CsvOptions.of(delimiter=delimiter)


@pytest.mark.parametrize("delimiter", ["tab", "TAB", "\\t", "\t"])
def test_a_tab_may_be_named(delimiter):
    """Shells make it hard to type one."""
    assert CsvOptions.of(delimiter=delimiter).delimiter == "\t"


def test_a_wrong_row_is_counted_coarsely(tmp_path):
    """No error states fewer than a hundred rows, and none that there is one only."""
    path = tmp_path / "t.csv"
    texts = []
    for wrong in (1, 99, 100):
        path.write_text("a,b\n" + "1\n" * wrong + "1,2,3\n")
        with pytest.raises(CleanRoomJoinError) as caught:
            scan_csv(path)
        texts.append(caught.value.message)

    assert texts[0] == texts[1]
    assert (
        "fewer than 100 rows with fewer and fewer than 100 rows with more" in texts[0]
    )
    assert "100 rows with fewer and" in texts[2]


@pytest.mark.parametrize(
    "name",
    [
        "Card No",
        "CARD NO",
        " card no ",
        "card\u00a0no",
        "card\u2003no",
        "card no\u200b",
        "\ufeffcard no",
        "card\u00ad no",
        "card\u2028no",
        "card\u2029no",
        "\u202ecard no",
    ],
)
def test_names_match_whatever_blanks_and_case_they_have(name):
    """Zs, Cf, Zl and Zp: in the file or in the contract."""
    assert matched_columns("t", ["card no"], ["x", name]) == {"card no": 1}
    assert matched_columns("t", [name], ["x", "card no"]) == {name: 1}


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("a\u00a0b", "a b"),
        (" a \u200b b\n", "a b"),
        ("\ufeff\u3164", "_c0"),
        ("Gro\u0308\u00dfe", "Gr\u00f6\u00dfe"),
        ("b\x07c", "bc"),
    ],
)
def test_names_are_made_such_that_a_contract_may_have_them(name, readable):
    """Otherwise `init` would draft a contract that nobody can read."""
    assert readable_names([name]) == (readable,)
    assert text_fault(readable) is None


def test_no_first_line_is_quoted_of_which_no_name_is_known():
    """It may be the first row of a file without names."""
    with pytest.raises(CleanRoomJoinError) as caught:
        matched_columns(
            "t", ["name", "region"], ["Names", "regional"], may_be_data=True
        )

    assert "Names" not in str(caught.value)
    assert "regional" not in str(caught.value)


def test_the_page_lists_every_way_and_its_error():
    """Whoever has a file finds it there, and what to do about it."""
    read, refused = PAGE.read_text(encoding="utf-8").split("\n## Refused\n")
    listed = set(re.split(r" \| |; | \|", read.partition("\n## Read\n")[2]))
    errors = dict(re.findall(r"(?m)^\| ([^|]+) \| (E\d+) \|", refused))

    assert {n for n, way in WAYS.items() if way.code is None} <= listed
    assert {
        n: way.code for n, way in WAYS.items() if way.code
    }.items() <= errors.items()
