"""Raw columns to messages: what the specification makes of every identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.fast_path import fast_text, is_fast
from cleanroom_join.spark.party.frame_columns import carried, token_columns
from cleanroom_join.spark.party.normalised_columns import netstrings, reason, rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.contract import Column as Declared
    from cleanroom_join.spark.party.frame_columns import Component, TokenColumn

__all__ = ["message_columns", "raw_columns", "with_hmac_input", "with_texts"]


def raw_columns(terms: AssetTerms) -> list[Column]:
    """Return the raw text of every component of every token column."""
    declared = terms.asset.subject_columns()
    return [
        # The cast also makes a DATE ISO 8601, and drops a collation.
        column_named(source).cast("string").alias(component.raw)
        for column, token in zip(declared, token_columns(terms), strict=True)
        for source, component in zip(column.sources, token.components, strict=True)
    ]


def with_hmac_input(
    frame: DataFrame, terms: AssetTerms, unchanged: Sequence[Declared]
) -> DataFrame:
    """
    Return the message and the reason of every token column.

    Args:
        frame: The raw table.
        terms: The asset and its identifiers.
        unchanged: Columns that are shared as they are; they come first in the result.
    """
    tokens = token_columns(terms)
    raws = frame.select(
        *(
            column_named(source).alias(carried(i))
            for i, c in enumerate(unchanged)
            for source in c.sources
        ),
        *raw_columns(terms),
    )
    components = [component for token in tokens for component in token.components]
    return with_texts(raws, components).select(
        *(carried(i) for i in range(len(unchanged))),
        *(column for token in tokens for column in message_columns(token)),
    )


def with_texts(raws: DataFrame, components: Sequence[Component]) -> DataFrame:
    """
    Add the texts of every round and the reason of every component.

    One projection per step, so that Spark computes each expression once.

    Args:
        raws: Has the raw text of each component.
        components: What is normalised; all their names differ.
    """
    fast = [
        (component, component.spec.fast_path)
        for component in components
        if component.spec.fast_path is not None
    ]
    if fast:
        raws = raws.select(
            "*", *(fast_text(F.col(c.raw), path).alias(c.fast_text) for c, path in fast)
        )
        raws = raws.select(
            "*",
            *(
                is_fast(F.col(c.raw), F.col(c.fast_text), path).alias(c.is_fast)
                for c, path in fast
            ),
        )
    for index in range(max(len(c.spec.rounds) for c in components)):
        raws = raws.select(
            "*",
            *(
                _text(component, index).alias(component.text(index))
                for component in components
                if index < len(component.spec.rounds)
            ),
        )
    return raws.select("*", *(reason(c).alias(c.reason) for c in components))


def _text(component: Component, index: int) -> Column:
    """Return a component's text after the rewrites of one round."""
    before = component.text(index - 1) if index else component.raw
    text = rewritten(F.col(before), component.spec.rounds[index].rewrites)
    if component.spec.fast_path is None:
        return text
    fast = F.col(component.fast_text)
    return F.when(F.col(component.is_fast), fast).otherwise(text)


def message_columns(token: TokenColumn) -> list[Column]:
    """Return the message and the reason that follow from the components' texts."""
    texts = [F.col(component.last_text) for component in token.components]
    message = texts[0] if len(texts) == 1 else netstrings(texts)
    # The first component that has a reason decides.
    why = F.coalesce(*(F.col(component.reason) for component in token.components))
    return [message.alias(token.message), why.alias(token.reason)]
