"""The probes of the engine: what Spark does under ANSI passes, everything else is named."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from cleanroom_join.errors import SparkFailure
from cleanroom_join.spark.room.inputs.engine import refuse_other_engine
from cleanroom_join.sql import PROBES, RaisesOverflow, probe_statement

BIGINT, DECIMAL, HASH = PROBES


class Engine:
    """A session that answers the probes; an answer that is an error is raised."""

    def __init__(self, ansi="true", **answers):
        self.conf = SimpleNamespace(get=lambda _name, _default: ansi)
        self.asked = []
        self.answers = {
            probe_statement(BIGINT): ArithmeticError(),
            probe_statement(DECIMAL): ArithmeticError(),
            probe_statement(HASH): [(HASH.outcome.value,)],
        } | {probe_statement(globals()[name]): a for name, a in answers.items()}

    def sql(self, statement):
        """Answer one probe."""
        self.asked.append(statement)
        answer = self.answers[statement]

        def collect():
            if isinstance(answer, Exception):
                # As PySpark does, wherever it raises.
                logging.getLogger("engine").error("it failed")
                raise answer
            return answer

        return SimpleNamespace(collect=collect)


def test_an_engine_is_probed_once():
    """Each session by itself; a session that changes its setting of ANSI, again."""
    engine = Engine()

    refuse_other_engine(engine)
    refuse_other_engine(engine)
    assert len(engine.asked) == len(PROBES) == 3

    engine.conf = SimpleNamespace(get=lambda _name, _default: "false")
    refuse_other_engine(engine)
    refuse_other_engine(Engine())
    assert len(engine.asked) == 6


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"BIGINT": [(-(2**63),)]}, [BIGINT]),
        ({"DECIMAL": [(None,)]}, [DECIMAL]),
        ({"DECIMAL": [(10**38,)], "BIGINT": [(0,)]}, [BIGINT, DECIMAL]),
        ({"HASH": [(1,)]}, [HASH]),
        ({"HASH": []}, [HASH]),
        ({"HASH": [(None,)]}, [HASH]),
    ],
)
def test_what_an_engine_does_not_do_is_named(answers, missing):
    """Every time it is asked, and with what to do about it."""
    engine = Engine(**answers)

    for _ in range(2):
        with pytest.raises(SparkFailure, match="E391") as caught:
            refuse_other_engine(engine)

    named = [probe for probe in PROBES if probe.behaviour in caught.value.message]
    assert named == missing
    assert "spark.sql.ansi.enabled" in caught.value.hint


def test_an_engine_that_cannot_hash_is_refused():
    """That the statement fails is no outcome that was asked for."""
    with pytest.raises(SparkFailure, match="E390"):
        refuse_other_engine(Engine(HASH=ValueError()))


def test_an_error_that_is_expected_is_not_logged(caplog):
    """A log of errors beside an approved release alarms whoever reads it."""
    refuse_other_engine(Engine())

    assert caplog.records == []
    logging.getLogger("engine").error("another one")
    assert len(caplog.records) == 1


def test_probes_are_told_apart_by_their_rows():
    """Those that must be errors are asked one by one: the first would hide the others."""
    raising = [p for p in PROBES if isinstance(p.outcome, RaisesOverflow)]

    assert len({probe_statement(probe) for probe in raising}) == len(raising)
    with pytest.raises(ValueError, match="unpack"):
        probe_statement(*raising)
