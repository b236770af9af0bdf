"""Counts about one raw column: reasons, lengths, shapes, and what nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import DateFormat
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.tokens import Reason
from cleanroom_join.tokens.doctor import ComponentManifest, Trait
from cleanroom_join.tokens.doctor.coarse_counts import published, published_trait
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    COMBINING,
    WHITESPACE,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import SubjectColumn
    from cleanroom_join.tokens import KindSpec

__all__ = ["component_manifest"]

_ABSENT = [reason.value for reason in Reason if reason.has_no_subject]

_LOOKED_FOR = (
    WHITESPACE.characters.replace(" ", "")
    + "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202d\u2060\ufeff"
)
"""Characters that a manifest counts by name."""

_MOST_MASKS = 40
_LONGEST_MASK = 40


def component_manifest(
    texts: DataFrame,
    name: str,
    spec: KindSpec,
    source: str,
    column: SubjectColumn,
    k: int,
) -> ComponentManifest:
    """
    Count one raw column.

    Args:
        texts: Different values ``r<name>`` with their rows ``n``, texts and reasons.
        name: The part's name in *texts*.
        spec: How it is normalised.
        source: The raw column's name.
        column: Its declaration.
        k: Fewest different values a figure may be about.
    """
    raw, why = F.col(f"r{name}"), F.col(f"w{name}")
    text = F.when(why.isNull(), F.col(f"t{name}_{len(spec.rounds) - 1}"))
    histograms = _histograms(
        texts,
        {
            "reasons": F.coalesce(why, F.lit("ready")),
            "raw_lengths": F.length(raw).cast("string"),
            "lengths": F.length(text).cast("string"),
            "masks": _mask(raw, spec),
        },
        k,
    )
    conditions = {**_traits(raw, text), **_removed(raw)}
    counts = _conditions(texts, conditions)
    everything = counts.pop("")
    told = {n: published_trait(group, everything, k) for n, group in counts.items()}
    return ComponentManifest(
        source=source,
        kind=spec.kind.value,
        declared=_declared(spec, column),
        **{
            n: published(groups, k, absent=_ABSENT if n == "reasons" else ())
            for n, groups in histograms.items()
        },
        removed={n: told[n] for n in _removed(raw) if told[n]},
        traits={n: told[n] for n in _traits(raw, text) if told[n]},
    )


def _declared(spec: KindSpec, column: SubjectColumn) -> str:
    """Return what the column declares for the option of its kind, or an empty text."""
    if spec.declared is None:
        return ""
    value = spec.declared.value(column.date_format, column.country)
    return "" if value in (None, DateFormat.ISO.value) else str(value)


def _traits(raw: Column, text: Column) -> dict[str, Column]:
    """Return the condition of each trait."""
    blanks = F.lit(WHITESPACE.characters)
    ascii_only = F.translate(raw, "".join(map(chr, range(1, 128))), "") == ""
    return {
        Trait.BLANK_BEFORE: F.call_function("ltrim", blanks, raw) != raw,
        Trait.BLANK_AFTER: F.call_function("rtrim", blanks, raw) != raw,
        Trait.LOWER_CASE: F.translate(raw, ASCII_LOWER, "") != raw,
        Trait.UPPER_CASE: F.translate(raw, ASCII_UPPER, "") != raw,
        Trait.COMBINING: F.translate(raw, COMBINING.characters, "") != raw,
        Trait.NOT_ASCII: ~ascii_only,
        Trait.LEADING_ZERO: F.startswith(text, F.lit("0")),
        # NULL for what is no number, and then no condition is met.
        Trait.CHECK_DIGIT: F.call_function("luhn_check", text),
    }


def _removed(raw: Column) -> dict[str, Column]:
    """Return the condition of each character that is looked for."""
    return {f"U+{ord(c):04X}": F.contains(raw, F.lit(c)) for c in _LOOKED_FOR}


def _mask(raw: Column, spec: KindSpec) -> Column:
    """Return a value's shape; of free text only the order of classes."""
    classes = F.translate(
        raw,
        ASCII_DIGITS + ASCII_UPPER + ASCII_LOWER,
        "9" * len(ASCII_DIGITS) + "A" * len(ASCII_UPPER) + "a" * len(ASCII_LOWER),
    )
    shape = F.regexp_replace(classes, "[^ -~]", "?")
    if spec.free_text:
        for one in "9Aa?":
            shape = F.regexp_replace(shape, f"[{one}]+", one)
    return F.substring(shape, 1, _LONGEST_MASK)


def _conditions(
    texts: DataFrame, conditions: dict[str, Column]
) -> dict[str, tuple[int, int]]:
    """Return rows and different values of which each condition is true; "" is all."""
    every = {"": F.expr("true"), **conditions}
    counted = texts.agg(
        *(F.sum(F.when(c, F.col("n"))).alias(f"n{i}") for i, c in _numbered(every)),
        *(F.count(F.when(c, 1)).alias(f"d{i}") for i, c in _numbered(every)),
    )
    row = without_spark_text("profiling a column", counted.collect)[0]
    return {name: (row[f"n{i}"] or 0, row[f"d{i}"]) for i, name in enumerate(every)}


def _numbered(conditions: dict[str, Column]) -> list[tuple[int, Column]]:
    """Return conditions with numbers, since their names are not ours."""
    return list(enumerate(conditions.values()))


def _histograms(
    texts: DataFrame, keys: dict[str, Column], k: int
) -> dict[str, dict[str, tuple[int, int]]]:
    """
    Return rows and different values by each key.

    Groups of fewer than *k* values are put together by Spark, so that what is
    collected is bounded by rows / k; "" is their name.
    """
    pairs = F.array(
        *(
            F.struct(F.lit(name).alias("of"), key.alias("key"))
            for name, key in keys.items()
        )
    )
    grouped = (
        texts.select("n", F.explode(pairs).alias("p"))
        .where(F.col("p.key").isNotNull())
        .groupBy("p.of", "p.key")
        .agg(F.sum("n").alias("rows"), F.count(F.lit(1)).alias("distinct"))
    )
    # NULL and its words have no values to count; they are told from k rows on.
    few = (F.col("distinct") < k) & ~F.col("key").isin(_ABSENT)
    told = (
        grouped.groupBy("of", F.when(few, "").otherwise(F.col("key")).alias("key"))
        .agg(F.sum("rows").alias("rows"), F.sum("distinct").alias("distinct"))
        .orderBy(F.desc("rows"))
        .limit(_MOST_MASKS * 10)
    )
    found: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in keys}
    for row in without_spark_text("counting shapes", told.collect):
        groups = found[row["of"]]
        if len(groups) < _MOST_MASKS or row["of"] != "masks":
            groups[row["key"]] = (row["rows"], row["distinct"])
    return found
