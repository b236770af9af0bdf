"""The engine of the room: Spark under ANSI passes, without ANSI it is refused."""

from __future__ import annotations

import pytest

from cleanroom_join.errors import SparkFailure
from cleanroom_join.spark.room.inputs.engine import refuse_other_engine
from cleanroom_join.testing import contract
from tests.spark.support import frames, room

ANSI = "spark.sql.ansi.enabled"


@pytest.mark.engine
def test_spark_without_ansi_is_refused(spark):
    """Before a table is read, and although the session passed with ANSI."""
    refuse_other_engine(spark)
    opened = room(spark, contract(), frames(spark))
    spark.conf.set(ANSI, "false")

    try:
        with pytest.raises(SparkFailure, match="E391") as caught:
            opened.release("segments")
    finally:
        spark.conf.set(ANSI, "true")

    assert "a sum of BIGINT that overflows" in str(caught.value)
    assert "a sum of DECIMAL that overflows" in str(caught.value)
    assert "xxhash64" not in str(caught.value)
    refuse_other_engine(spark)
