"""
Pairs of identities of two tables: one with one, or with nobody.

Two identities are *candidates* if a token stands for both.  They are matched on the
first kind of subject of which both have a token, so:

- candidates that have an earlier kind in common, with other tokens, are a conflict;
- an identity goes with its candidate of the most trusted kind, and a candidate of a
  later kind is not matched with anybody: that would make one of two identities;
- an identity with two candidates of one kind is matched with none of them.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from cleanroom_join.spark.room.identity.identities import (
    IDENTITY,
    KINDS,
    LAST,
    LEVEL,
    TOKEN,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["IS_PAIR", "ONE", "ONE_LAST", "OTHER", "OTHER_LAST", "candidates"]

ONE, OTHER = "(one)", "(other)"
"""Identity of the first table, and of the second."""

ONE_LAST, OTHER_LAST = "(one last)", "(other last)"
"""`LAST` of each."""

IS_PAIR = "(is pair)"
"""Whether the candidates are matched."""

_ONE_KINDS, _OTHER_KINDS = "(one kinds)", "(other kinds)"

_FITS = "(fits)"
"""Whether candidates have no earlier kind of subject in common."""


def candidates(one: DataFrame, other: DataFrame) -> DataFrame:
    """
    Return all candidates, and which of them are matched.

    Args:
        one: What the tokens of the first table stand for (`identities.claims`).
        other: The same of the second table.

    Returns:
        One row per pair of candidates and kind of subject: `ONE`, `OTHER`, `LEVEL`,
        `ONE_LAST`, `OTHER_LAST`, `IS_PAIR`.
    """
    found = (
        _renamed(one, ONE, _ONE_KINDS, ONE_LAST)
        .join(_renamed(other, OTHER, _OTHER_KINDS, OTHER_LAST), on=[LEVEL, TOKEN])
        .select(ONE, OTHER, LEVEL, ONE_LAST, OTHER_LAST, _ONE_KINDS, _OTHER_KINDS)
        .distinct()
    )
    common = F.col(_ONE_KINDS).bitwiseAND(F.col(_OTHER_KINDS))
    # The bits below that of a kind are those of the kinds before it.
    found = found.select(
        *(ONE, OTHER, LEVEL, ONE_LAST, OTHER_LAST),
        (common % F.col(LEVEL) == 0).alias(_FITS),
    )
    alone = reduce(lambda first, second: first & second, map(_is_alone, (ONE, OTHER)))
    return found.select("*", (F.col(_FITS) & alone).alias(IS_PAIR)).drop(_FITS)


def _renamed(claims: DataFrame, identity: str, kinds: str, last: str) -> DataFrame:
    """Return the claims of one table under names of its side."""
    return (
        claims.withColumnRenamed(IDENTITY, identity)
        .withColumnRenamed(KINDS, kinds)
        .withColumnRenamed(LAST, last)
    )


def _is_alone(side: str) -> Column:
    """Return whether no other fitting candidate of a side's identity is as trusted."""
    of_identity = Window.partitionBy(side)
    first = F.min(F.when(F.col(_FITS), F.col(LEVEL))).over(of_identity)
    # By the most trusted kind there is one candidate, or it is ambiguous.
    as_trusted = Window.partitionBy(side, LEVEL, _FITS)
    only = F.count(F.lit(1)).over(as_trusted) == 1
    return (F.col(LEVEL) == first) & only
