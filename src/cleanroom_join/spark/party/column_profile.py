"""Counts about one raw column: reasons, lengths, shapes, and hidden characters."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.contract import DateFormat, Holds
from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.party.frame_columns import ROWS
from cleanroom_join.tokens import Reason
from cleanroom_join.tokens.doctor import ComponentManifest, Trait
from cleanroom_join.tokens.doctor.coarse_counts import published, published_trait
from cleanroom_join.tokens.doctor.forms import Form, form_of
from cleanroom_join.tokens.doctor.trait_patterns import FREQUENT, trait_patterns
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
    from cleanroom_join.spark.party.frame_columns import Component
    from cleanroom_join.tokens import KindSpec
    from cleanroom_join.tokens.doctor.trait_patterns import TraitPattern

__all__ = ["component_manifest"]

_ABSENT = [reason.value for reason in Reason if reason.has_no_subject]

_COUNTED_BY_NAME = (
    WHITESPACE.characters.replace(" ", "")
    + "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202d\u2060\ufeff"
)
"""Characters that normalising removes and a manifest counts one by one."""

_MOST_MASKS = 40
_MOST_GROUPS = 400
_LONGEST_MASK = 40

_Counts = tuple[int, int]
"""Rows and distinct values."""


def component_manifest(
    texts: DataFrame, component: Component, source: str, column: SubjectColumn, k: int
) -> ComponentManifest:
    """
    Count one raw column.

    Args:
        texts: Distinct values, their number of rows, and the columns of *component*.
        component: Its columns and its kind.
        source: The raw column's name.
        column: Its declaration.
        k: Fewest distinct values that a figure may be about.
    """
    raw, reason = F.col(component.raw), F.col(component.reason)
    text = F.when(reason.isNull(), F.col(component.last_text))
    histograms = _histograms(
        texts,
        {
            "reasons": F.coalesce(reason, F.lit("ready")),
            "raw_lengths": F.length(raw).cast("string"),
            "lengths": F.length(text).cast("string"),
            "masks": _mask(raw, component.spec),
        },
        k,
    )
    form = form_of(component.spec)
    traits, removed = _traits(raw, text, form), _removed(raw)
    counts = _conditions(texts, {**traits, **removed})
    everything = counts.pop("")
    if form is Form.DATE:
        counts[Trait.ONE_DAY] = _one_day(texts, text)
    shown = {n: published_trait(group, everything, k) for n, group in counts.items()}
    return ComponentManifest(
        source=source,
        kind=component.spec.kind.value,
        declared=_declared(component.spec, column),
        **{
            name: published(groups, k, absent=_ABSENT if name == "reasons" else ())
            for name, groups in histograms.items()
        },
        removed={name: shown[name] for name in removed if shown[name]},
        traits={n: rows for n, rows in shown.items() if rows and n not in removed},
    )


def _declared(spec: KindSpec, column: SubjectColumn) -> str:
    """Return what the column declares about its kind, or an empty text."""
    if spec.kind.hash_of is not None and column.holds is Holds.HASH:
        return str(column.holds.value)
    if spec.declared is None:
        return ""
    value = spec.declared.value(column.date_format, column.country)
    return "" if value in (None, DateFormat.ISO.value) else str(value)


def _traits(raw: Column, text: Column, form: Form) -> dict[str, Column]:
    """Return the condition of each trait that is about single values."""
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
        # NULL for a text that is not a number, so that the condition is not met.
        Trait.CHECK_DIGIT: F.call_function("luhn_check", text),
        **{
            pattern.name: _matches(pattern, raw, text)
            for pattern in trait_patterns(form, _this_year())
        },
    }


def _this_year() -> int:
    """Return the year in which the manifest is made, in universal time."""
    return datetime.now(tz=timezone.utc).year


def _matches(pattern: TraitPattern, raw: Column, text: Column) -> Column:
    """Return whether a value has the trait of a pattern."""
    found = F.rlike(raw, F.lit(pattern.raw))
    refused = text.isNull() & F.lit(pattern.refused)
    if pattern.value is None:
        return found & refused
    return found & (refused | F.rlike(text, F.lit(pattern.value)))


def _one_day(texts: DataFrame, text: Column) -> _Counts:
    """Return the most frequent day, if it is far more frequent than the median one."""
    days = (
        texts.where(text.isNotNull())
        .groupBy(text.alias("day"))
        .agg(F.sum(ROWS).alias(ROWS), F.count(F.lit(1)).alias("values"))
    )
    # The day is not collected.
    counted = days.agg(
        F.max(F.struct(ROWS, "values")).alias("most"),
        F.percentile_approx(ROWS, 0.5).alias("median"),
    )
    row = without_spark_text("counting days", counted.collect)[0]
    most, median = row["most"], row["median"]
    if most is None or most[ROWS] <= FREQUENT * median:
        return 0, 0
    return most[ROWS], most["values"]


def _removed(raw: Column) -> dict[str, Column]:
    """Return the condition that each character is in the raw value."""
    return {f"U+{ord(c):04X}": F.contains(raw, F.lit(c)) for c in _COUNTED_BY_NAME}


def _mask(raw: Column, spec: KindSpec) -> Column:
    """Return a value's shape; of free text only the order of character classes."""
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


def _conditions(texts: DataFrame, conditions: dict[str, Column]) -> dict[str, _Counts]:
    """Return the counts for which each condition holds, and of all values as ""."""
    every = {"": F.expr("true"), **conditions}
    # Numbered, because the names of conditions are not names of columns.
    counted = texts.agg(
        *(
            F.sum(F.when(condition, F.col(ROWS))).alias(f"rows_{i}")
            for i, condition in enumerate(every.values())
        ),
        *(
            F.count(F.when(condition, 1)).alias(f"values_{i}")
            for i, condition in enumerate(every.values())
        ),
    )
    row = without_spark_text("profiling a column", counted.collect)[0]
    return {
        name: (row[f"rows_{i}"] or 0, row[f"values_{i}"])
        for i, name in enumerate(every)
    }


def _histograms(
    texts: DataFrame, keys: dict[str, Column], k: int
) -> dict[str, dict[str, _Counts]]:
    """
    Return the counts of each group, for each of several ways to group the values.

    Spark merges groups of fewer than *k* values into one called "", so that the number
    of collected groups is at most the number of rows divided by *k*.
    """
    pairs = F.array(
        *(
            F.struct(F.lit(name).alias("histogram"), key.alias("name"))
            for name, key in keys.items()
        )
    )
    grouped = (
        texts.select(ROWS, F.explode(pairs).alias("group"))
        .where(F.col("group.name").isNotNull())
        .groupBy("group.histogram", "group.name")
        .agg(F.sum(ROWS).alias(ROWS), F.count(F.lit(1)).alias("values"))
    )
    # NULL and the words for it have no distinct values: k rows are enough for them.
    few = (F.col("values") < k) & ~F.col("name").isin(_ABSENT)
    name = F.when(few, "").otherwise(F.col("name")).alias("name")
    merged = (
        grouped.groupBy("histogram", name)
        .agg(F.sum(ROWS).alias(ROWS), F.sum("values").alias("values"))
        .orderBy(F.desc(ROWS))
        .limit(_MOST_GROUPS)
    )
    found: dict[str, dict[str, _Counts]] = {histogram: {} for histogram in keys}
    for row in without_spark_text("counting shapes", merged.collect):
        groups = found[row["histogram"]]
        if len(groups) < _MOST_MASKS or row["histogram"] != "masks":
            groups[row["name"]] = (row[ROWS], row["values"])
    return found
