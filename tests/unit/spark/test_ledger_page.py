"""The page on the ledger: its statements make the tables that the room reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleanroom_join.spark.ledger.tables import ANCHOR_SCHEMA, LEDGER_SCHEMA

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "keep-the-ledger.md"


@pytest.mark.parametrize(
    ("table", "schema"), [("ledger", LEDGER_SCHEMA), ("anchor", ANCHOR_SCHEMA)]
)
def test_the_tables_have_the_columns_that_the_room_expects(table, schema):
    """In their order, with their types."""
    statement = rf"CREATE TABLE cleanroom\.{table} \(([^)]+)\);"

    (columns,) = re.findall(statement, PAGE.read_text())

    assert columns.lower() == schema
