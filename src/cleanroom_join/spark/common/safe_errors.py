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
    """
    Return Spark's error condition, or the exception's type if it has none.

    In classic mode some errors come as Py4J's own, with Spark's inside.
    """
    for raised in (error, getattr(error, "java_exception", None)):
        for getter in ("getCondition", "getErrorClass"):  # Spark 4.0; Spark 3.5
            condition = _answer(raised, getter)
            if condition:
                return condition
    return type(error).__name__


def _answer(raised: object, getter: str) -> str:
    """Return the text that a method of an error gives, or nothing."""
    ask = getattr(raised, getter, None)
    try:
        found = ask() if callable(ask) else None
    except Exception:  # noqa: BLE001 - an object of Java has every attribute, or no JVM
        return ""
    return found if isinstance(found, str) else ""
