"""Waiting for a stream: its error is told in our words, and silence ends the wait."""

from __future__ import annotations

import threading
import time

import pytest

from cleanroom_join.errors import RevocationRefused, SparkFailure
from cleanroom_join.spark.common.safe_errors import condition_of
from cleanroom_join.spark.revocation.conflicts import retried
from cleanroom_join.spark.revocation.stream_watch import (
    StreamWatch,
    last_progress,
    stopped_stream,
)

TOKEN = "k1:" + "a" * 64


class Query:
    """A query that answers as it is told."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def awaitTermination(self, seconds):  # noqa: N802 - Spark's name
        """Return, raise or wait for the next answer."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, threading.Event):
            answer.wait()
        return answer is True


def wait(query, patience=60.0) -> None:
    """Wait until a query has ended."""
    for _ in StreamWatch(query=query, patience=patience).until_it_ends():
        pass


def test_a_query_that_ends_is_waited_for():
    """However often it says that it has not."""
    query = Query(False, False, True)

    wait(query)

    assert query.answers == []


def test_an_error_of_the_query_is_ours():
    """Without Spark's text, and without that error as its context."""
    with pytest.raises(RevocationRefused) as caught:
        wait(Query(ValueError(f"row {TOKEN}")))

    assert caught.value.code == "E606"
    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None is caught.value.__cause__


def test_a_silent_server_ends_the_wait():
    """Spark Connect waits for ever for a server that was killed."""
    for_ever = threading.Event()
    began = time.monotonic()

    with pytest.raises(RevocationRefused, match="E605"):
        wait(Query(for_ever), patience=0.1)

    for_ever.set()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"x [E390] Spark failed while merging the state: DELTA_X. {TOKEN}",
            "E390 while merging the state, DELTA_X",
        ),
        (
            f"[E390] Spark failed while deleting from Gold: Py4JError. {TOKEN}",
            "E390 while deleting from Gold, Py4JError",
        ),
        (f"[E777] Spark failed while merging: DELTA_X {TOKEN}", "ValueError"),
        (f"[E390] Spark failed while {TOKEN}: X", "ValueError"),
        (f"Wrong basePath {TOKEN}", "the checkpoint is of another source"),
        (f"[CONCURRENT_STREAM_LOG_UPDATE] {TOKEN}", "another run uses the same"),
        (f"[SOME.CONDITION] {TOKEN}", "ValueError"),
    ],
)
def test_only_words_of_ours_come_out_of_spark_s_text(text, told):
    """A step in letters, a condition in capitals, a cause that is known."""
    error = stopped_stream(ValueError(text))

    assert f"stopped: {told}" in str(error)
    assert TOKEN not in str(error)


def test_an_error_without_a_text_is_told_too():
    """Asking a JVM that is gone for the text raises once more."""

    class Mute(Exception):
        def __str__(self):
            raise ConnectionError

    assert "stopped: Mute" in str(stopped_stream(Mute()))


def test_progress_is_read_from_either_form():
    """A dictionary in Spark 3.5; an object with JSON later; None before the first."""

    class Asked:
        lastProgress = None  # noqa: N815 - Spark's name

    class Newer(dict):
        json = '{"batchId": 2}'

    query = Asked()
    assert last_progress(query) == {}
    query.lastProgress = {"batchId": 1}
    assert last_progress(query) == {"batchId": 1}
    query.lastProgress = Newer(batchId=object())
    assert last_progress(query) == {"batchId": 2}


def test_a_conflict_is_tried_again():
    """But not for ever, and no other failure is."""
    tried = []

    def failing(condition, times):
        tried.append(condition)
        if len(tried) <= times:
            raise SparkFailure.during("merging", condition)
        return "done"

    assert retried(lambda: failing("DELTA_CONCURRENT_APPEND", 4)) == "done"
    tried.clear()
    with pytest.raises(SparkFailure):
        retried(lambda: failing("DELTA_CONCURRENT_APPEND", 9))
    assert len(tried) == 5
    tried.clear()
    with pytest.raises(SparkFailure):
        retried(lambda: failing("DIVIDE_BY_ZERO", 9))
    assert len(tried) == 1


def test_the_condition_inside_an_error_of_py4j_is_found():
    """Delta's conflicts come so in classic mode."""

    class Inner:
        def getErrorClass(self):  # noqa: N802 - Spark's name
            return "DELTA_CONCURRENT_APPEND"

        def getCondition(self):  # noqa: N802 - Spark's name
            raise ConnectionError

    class Outer(Exception):
        java_exception = Inner()

    assert condition_of(Outer(TOKEN)) == "DELTA_CONCURRENT_APPEND"
