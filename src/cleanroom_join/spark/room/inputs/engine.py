"""The engine that runs the room: refused unless it does what Spark does under ANSI."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from cleanroom_join.errors import SparkFailure, assert_never
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.sql import (
    PROBES,
    Probe,
    RaisesOverflow,
    Returns,
    probe_statement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

__all__ = ["refuse_other_engine"]

_ANSI = "spark.sql.ansi.enabled"

_passed: WeakKeyDictionary[SparkSession, str] = WeakKeyDictionary()
"""Sessions whose engine passed, and what they said of ANSI then."""


def refuse_other_engine(spark: SparkSession) -> None:
    """
    Refuse a session whose engine sums or hashes in another way than Spark under ANSI.

    The probes run once per session, and again if its setting of ANSI is another one.
    The setting alone says too little: an engine may state it and wrap sums.

    Raises:
        SparkFailure: E391, naming what the engine does not do.
    """
    ansi = str(without_spark_text("asking for ANSI", lambda: spark.conf.get(_ANSI, "")))
    if _passed.get(spark) == ansi:
        return
    failed = [
        *(p.behaviour for p in PROBES if _must_raise(p) and not _raises(spark, p)),
        *_other_values(spark, [p for p in PROBES if not _must_raise(p)]),
    ]
    if failed:
        raise SparkFailure.other_engine(failed)
    _passed[spark] = ansi


def _must_raise(probe: Probe) -> bool:
    """Return whether a probe is an error on an engine that we rely on."""
    if isinstance(probe.outcome, RaisesOverflow):
        return True
    if isinstance(probe.outcome, Returns):
        return False
    return assert_never(probe.outcome)


def _raises(spark: SparkSession, probe: Probe) -> bool:
    """
    Return whether a probe is an error.

    Which one is not asked: some clients name no condition, and an engine that fails for
    another reason gives no wrong figure either.
    """
    try:
        with _unlogged():
            run_statement(spark, "probing the engine", probe_statement(probe))
    except SparkFailure:
        return True
    return False


def _other_values(spark: SparkSession, probes: list[Probe]) -> list[str]:
    """Return what is wrong with the probes that have values."""
    found = run_statement(spark, "probing the engine", probe_statement(*probes))
    values = [Returns(value) for row in found for value in row]
    if len(values) != len(probes):
        return [probe.behaviour for probe in probes]
    return [
        probe.behaviour
        for probe, value in zip(probes, values, strict=True)
        if value != probe.outcome
    ]


@contextmanager
def _unlogged() -> Iterator[None]:
    """Log nothing: PySpark logs every error that it raises, also one that we expect."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
