"""Run Spark and replace its errors, whose messages quote rows and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import CleanRoomJoinError, SparkFailure

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["condition_of", "without_spark_text"]

T = TypeVar("T")


def without_spark_text(step: str, action: Callable[[], T]) -> T:
    """
    Run *action* and replace whatever Spark raises by `SparkFailure`.

    The new error is raised outside the handler on purpose: raised inside, it
    would carry the original, with its text, as ``__context__``.

    Raises:
        SparkFailure: With Spark's error condition, a constant, and nothing else.
    """
    try:
        return action()
    except CleanRoomJoinError:
        raise
    except Exception as error:  # noqa: BLE001 - every one of them may quote a value
        failure = SparkFailure.during(step, condition_of(error))
    raise failure


def condition_of(error: Exception) -> str:
    """Return Spark's error condition, or the exception's type if it has none."""
    for getter in ("getCondition", "getErrorClass"):  # Spark 4.0; Spark 3.5
        ask = getattr(error, getter, None)
        condition = ask() if callable(ask) else None
        if isinstance(condition, str) and condition:
            return condition
    return type(error).__name__
