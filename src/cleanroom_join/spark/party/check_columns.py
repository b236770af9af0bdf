"""The checks of the token specification as native Spark conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import assert_never
from cleanroom_join.tokens.steps import (
    RejectIfHashOf,
    RejectIfIn,
    RejectIfMatches,
    RejectIfOnly,
    RejectIfPair,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    RejectUnlessMod97,
)

if TYPE_CHECKING:
    from pyspark.sql import Column

    from cleanroom_join.tokens.steps import Check

__all__ = ["is_refused"]

_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_refused(text: Column, step: Check) -> Column:  # noqa: C901, PLR0911 - one per check
    """Return whether one check refuses a text."""
    match step:
        case RejectIfIn():
            return text.isin(list(step.values))
        case RejectIfOnly():
            return F.translate(text, step.characters, "") == ""
        case RejectIfHashOf():
            return text.isin(sorted(step.hashes))
        case RejectUnlessCharset():
            return F.translate(text, step.allowed, "") != ""
        case RejectIfMatches():
            return text.rlike(rf"\A(?:{step.pattern})\z")
        case RejectUnlessMatches():
            return ~text.rlike(rf"\A(?:{step.pattern})\z")
        case RejectUnlessLength():
            return ~F.length(text).between(step.minimum, step.maximum)
        case RejectIfUniform():
            # `replace` takes the character from the row; `translate` wants a constant.
            others = F.replace(text, F.substring(text, 1, 1), F.lit(""))
            return others == ""
        case RejectIfPair():
            return _has_pair(text, step)
        case RejectUnlessMod97():
            return _mod97(text) != 1
        case _:
            return assert_never(step)


def _has_pair(text: Column, step: RejectIfPair) -> Column:
    """Return whether a character of one list directly precedes one of the other."""
    first, second = step.first[0], step.second[0]
    classes = F.translate(
        text,
        step.first + step.second,
        first * len(step.first) + second * len(step.second),
    )
    return F.contains(classes, F.lit(first + second))


def _mod97(text: Column) -> Column:
    """
    Return the remainder of an account number modulo 97.

    A fold over the characters, since the number has up to 68 digits.  Of another text
    the result has no meaning, but no text raises.
    """
    turned = F.concat(F.substring(text, 5, 34), F.substring(text, 1, 4))
    return F.aggregate(F.split(turned, ""), F.lit(0), _next_remainder)


def _next_remainder(remainder: Column, character: Column) -> Column:
    """Return the remainder after one more character, read in base 36."""
    value = F.call_function("locate", character, F.lit(_BASE_36)) - 1
    factor = F.when(value > 9, 100).otherwise(10)  # noqa: PLR2004 - two digits
    return (remainder * factor + value) % 97
