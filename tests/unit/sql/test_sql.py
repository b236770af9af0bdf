"""SQL as text: quoted, whatever the names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import OutputColumn, OutputType
from cleanroom_join.errors import InternalError
from cleanroom_join.sql import (
    add_cohort_constraint,
    append_entry,
    confirm_run,
    create_release_table,
    drop_release_table,
    has_cohort_constraint,
    identifier,
    parsed_table_name,
    qualified,
    string,
)

PRINTABLE = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.isprintable)


def test_the_statements():
    """Create, constrain and drop have exactly these texts."""
    columns = [
        OutputColumn(name="region", type=OutputType.STRING),
        OutputColumn(name="cohort_size", type=OutputType.COUNT),
        OutputColumn(name="rate", type=OutputType.FIGURE),
    ]
    name = ("cat", "sch", "out")

    assert create_release_table(name, columns, "it's") == (
        "CREATE TABLE `cat`.`sch`.`out` (`region` STRING, `cohort_size` BIGINT NOT NULL,"
        " `rate` DOUBLE NOT NULL) USING DELTA COMMENT 'it\\'s'"
    )
    assert add_cohort_constraint(name, 150) == (
        "ALTER TABLE `cat`.`sch`.`out` ADD CONSTRAINT `cohort_size_at_least_k`"
        " CHECK (`cohort_size` >= 150)"
    )
    assert drop_release_table(name) == "DROP TABLE IF EXISTS `cat`.`sch`.`out`"


@given(PRINTABLE)
def test_an_identifier_cannot_end_early(name):
    """Between the outer quotes every quote is doubled, so reading back gives the name."""
    quoted = identifier(name)

    assert quoted[0] == quoted[-1] == "`"
    assert "`" not in quoted[1:-1].replace("``", "")
    assert quoted[1:-1].replace("``", "`") == name


@given(PRINTABLE)
def test_a_string_cannot_end_early(text):
    """Every quote and backslash inside is escaped."""
    inner = string(text)[1:-1]
    read, index = "", 0
    while index < len(inner):
        assert inner[index] != "'"
        index += inner[index] == "\\"
        read += inner[index]
        index += 1

    assert read == text


@pytest.mark.parametrize("name", ["", "a\nb", "a\x00", "\u202e"])
def test_unprintable_names_are_refused(name):
    """A statement has no empty, invisible or control characters in a name."""
    with pytest.raises(InternalError):
        qualified("a", name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`cohort_size` >= 100", True),
        ("cohort_size>=100", True),
        ("`cohort_size` >= 10", False),
        ("`cohort_size` >= 1000", False),
        ("`rows` >= 100", False),
        ("`cohort_size` >= 100 OR true", False),
        ("", False),
    ],
)
def test_the_constraint_is_the_one_that_was_given(text, expected):
    """However Delta spaces and quotes it, and no weaker one."""
    key = "delta.constraints.cohort_size_at_least_k"

    assert has_cohort_constraint({key: text}, 100) is expected
    assert has_cohort_constraint({key + "2": text}, 100) is False


@given(st.lists(PRINTABLE, min_size=1, max_size=3))
def test_a_quoted_name_is_read_as_itself(parts):
    """Whatever is in the backticks."""
    assert parsed_table_name(qualified(*parts)) == qualified(*parts)


@given(st.text(st.sampled_from("ab_1.`; -'(\n"), max_size=12))
def test_a_name_of_a_table_is_that_or_nothing(text):
    """One to three quoted parts: no text ends a name early or adds a statement."""
    name = parsed_table_name(text)

    if name is not None:
        inside = name.replace("``", "").split("`")
        assert inside[::2] == ["", *["."] * (len(inside) // 2 - 1), ""]
        assert 1 <= len(inside) // 2 <= 3


def test_the_statements_of_a_ledger():
    """An entry is added once; an anchor moves by one run, or not at all."""
    assert append_entry("`l`", "`e`") == (
        "MERGE INTO `l` AS l USING `e` AS e ON l.run = e.run AND l.chunk = e.chunk"
        " WHEN NOT MATCHED THEN INSERT (run, chunk, chunks, head, ciphertext)"
        " VALUES (e.run, e.chunk, e.chunks, e.head, e.ciphertext)"
    )
    assert confirm_run("`a`", 7, "ab") == (
        "UPDATE `a` SET run = 7, head = 'ab' WHERE run = 6"
    )
