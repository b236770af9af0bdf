"""Names of the consent tables, and statements in which braces stand for a frame."""

from __future__ import annotations

import pytest

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.party import ConsentStore
from cleanroom_join.sql.consent_tables import (
    create_consent_table,
    insert_rows,
    merge_latest,
    overwrite_rows,
)


def test_tables_of_a_schema_have_quoted_names():
    """As SQL reads them; a part in backticks may have a hyphen."""
    store = ConsentStore.in_schema(None, "`my-catalog`.consent")

    assert store.events == "`my-catalog`.`consent`.`consent_events`"
    assert store.state == "`my-catalog`.`consent`.`consent_state`"
    assert store.batches == "`my-catalog`.`consent`.`consent_batches`"


def test_tables_of_a_folder_have_quoted_names():
    """A slash at the end is none; a backtick is doubled."""
    store = ConsentStore.in_folder(None, "/data/it`s/")

    assert store.state == "`delta`.`/data/it``s/consent_state`"
    assert "consent_state" in repr(store)


@pytest.mark.parametrize("schema", ["", "a b", "a;b", "a.b.c", "a.b;", "a..b"])
def test_what_is_no_schema_is_refused(schema):
    """Before anything reaches SQL."""
    with pytest.raises(RevocationRefused, match="E601"):
        ConsentStore.in_schema(None, schema)


@pytest.mark.parametrize("path", ["", "/", "/a\nb", "/a\u202eb"])
def test_what_is_no_folder_is_refused(path):
    """Empty, the root, or with characters that nobody sees."""
    with pytest.raises(RevocationRefused, match="E601"):
        ConsentStore.in_folder(None, path)


def test_only_the_frame_is_put_into_a_statement():
    """Braces in a table's name stay braces."""
    table = "`delta`.`/data/{x}/t`"
    statements = [
        insert_rows(table),
        overwrite_rows(table),
        merge_latest(table, ["k"], ["a", "b"]),
    ]

    for statement in statements:
        assert table in statement.format(source="frame")
        assert "frame" in statement.format(source="frame")


def test_the_later_of_two_rows_wins():
    """By all columns of the order at once."""
    statement = merge_latest("t", ["scope", "key"], ["time", "id"])

    assert "ON t.scope = s.scope AND t.key = s.key" in statement
    assert "struct(s.time, s.id) > struct(t.time, t.id)" in statement


def test_properties_are_there_from_the_first_version():
    """Statistics that an earlier version collected would stay in the log."""
    statement = create_consent_table("`t`", "a int", {"delta.appendOnly": "true"})

    assert statement == (
        "CREATE TABLE IF NOT EXISTS `t` (a int) USING DELTA"
        " TBLPROPERTIES ('delta.appendOnly' = 'true')"
    )
