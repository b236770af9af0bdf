"""The page on the ledger: its statements make the tables that the room reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleanroom_join.spark.ledger.anchor import ANCHOR_SCHEMA, is_outdated
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.sql import append_entry, confirm_run

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "keep-the-ledger.md"


@pytest.mark.parametrize(
    ("table", "schema"), [("ledger", LEDGER_SCHEMA), ("anchor", ANCHOR_SCHEMA)]
)
def test_the_tables_have_the_columns_that_the_room_expects(table, schema):
    """In their order, with their types."""
    statement = rf"CREATE TABLE cleanroom\.{table} \(([^)]+)\) USING DELTA;"

    (columns,) = re.findall(statement, PAGE.read_text())

    assert columns.lower() == schema


def test_the_first_anchor_has_a_value_for_every_column():
    """Run 0, and both digests from the beginning."""
    (values,) = re.findall(
        r"INSERT INTO cleanroom\.anchor VALUES \((.+)\);", PAGE.read_text()
    )

    assert values == "0, repeat('0', 64), '<digest>', '<library>'"


def test_an_older_anchor_gets_the_columns_that_it_lacks():
    """And is not outdated any more."""
    statement = r"ALTER TABLE cleanroom\.anchor ADD COLUMNS \(([^)]+)\)"

    (added,) = re.findall(statement, PAGE.read_text())

    assert is_outdated(["run", "head"])
    assert f"run bigint, head string, {added.lower()}" == ANCHOR_SCHEMA
    assert not is_outdated([c.split(" ")[0] for c in ANCHOR_SCHEMA.upper().split(", ")])


def test_other_tables_are_no_outdated_anchors():
    """Somebody named the wrong table."""
    assert not is_outdated(["id"])
    assert not is_outdated(["run", "contract_sha256"])


def test_every_table_is_stored_as_delta():
    """Spark's own default cannot UPDATE: each CREATE and each writer says it."""
    text = PAGE.read_text()

    created = re.findall(r"CREATE TABLE [^;]+;", text)
    assert len(created) == 2
    assert all("USING DELTA" in statement for statement in created)
    written = re.findall(r"\.write\b[^\n]+saveAsTable", text)
    assert len(written) == 1
    assert all('.format("delta")' in writer for writer in written)


def test_the_statements_after_a_release_are_those_that_the_functions_run():
    """Whoever prefers SQL runs the same."""
    (block,) = re.findall(r"```sql\n(MERGE.*?)```", PAGE.read_text(), re.DOTALL)
    text = " ".join(block.split())
    entry = "output_catalog.output_schema.ledger_run_7"

    assert text == (
        f"{append_entry('cleanroom.ledger', entry)};"
        f" {confirm_run('cleanroom.anchor', 7, '3f9a…')};"
    )
