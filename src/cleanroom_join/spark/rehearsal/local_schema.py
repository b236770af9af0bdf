"""The schemas that a rehearsal makes in the catalog of a local session."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.sql import identifier, string

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

__all__ = ["CATALOG", "new_schema"]

CATALOG = "spark_catalog"
"""The catalog of a local session."""


def new_schema(spark: SparkSession, folder: Path) -> str:
    """Make a schema whose tables lie in a folder, and return its name."""
    # One of its own, so that a session can rehearse more than once.
    schema = f"rehearsal_{os.urandom(8).hex()}"
    statement = f"CREATE SCHEMA {identifier(schema)} LOCATION {string(str(folder))}"
    run_statement(spark, "creating the rehearsal's schema", statement)
    return schema
