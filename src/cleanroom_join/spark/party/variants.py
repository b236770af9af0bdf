"""
How the tokens really shared were made: by the specification, or by a usual misreading.

If a party's own pipeline makes its tokens, the party has both the raw values and the
tokens.  So every variant of the rules can be tried on the values, and its tokens
compared with those that were shared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.party.frame_columns import (
    MAC,
    TOKEN,
    Component,
    TokenColumn,
)
from cleanroom_join.spark.party.hmac_input import message_columns, with_texts
from cleanroom_join.spark.party.normalised_columns import netstrings
from cleanroom_join.tokens.doctor.coarse_counts import published_share
from cleanroom_join.tokens.steps import Delete, Expand, Translate
from cleanroom_join.tokens.tables import ASCII_LOWER, ASCII_UPPER, COMBINING

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from cleanroom_join.spark.party.hmac_columns import MacMaker
    from cleanroom_join.tokens import KindSpec, Step

__all__ = ["SharedTokens", "made_by"]

_FORGOTTEN = {"case_kept": "case", "accents_kept": "accents"}
"""Variants of the specification, and what each of them forgets to normalise."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SharedTokens:
    """Tokens that another pipeline made, and the key that should have made them."""

    tokens: DataFrame
    """One column of tokens, perhaps without the key id in front, in any case."""
    secret: DataFrame
    """The key frame."""
    maker: MacMaker

    def macs(self) -> DataFrame:
        """Return the distinct MACs of the tokens, in lower case."""
        code = F.lower(F.substring_index(F.col(TOKEN), ":", -1))
        return self.tokens.select(code.alias(MAC)).where(code.isNotNull()).distinct()


def made_by(
    values: DataFrame, token: TokenColumn, shared: SharedTokens, k: int
) -> dict[str, float]:
    """
    Return the share of the shared tokens that each variant makes of *values*.

    Args:
        values: Distinct raw values of all components of *token*.
        token: The token column.
        shared: The tokens to explain.
        k: Fewest tokens that a share may be about.
    """
    macs = _macs(token, shared.maker)
    pairs = F.array(
        *(
            F.struct(F.lit(variant).alias("variant"), mac.alias(MAC))
            for variant, mac in macs.items()
        )
    )
    candidates = (
        _with_variants(values, token)
        .crossJoin(F.broadcast(shared.secret))
        .select(F.explode(pairs).alias("candidate"))
        .select("candidate.variant", f"candidate.{MAC}")
        .distinct()
    )
    counted = (
        shared.macs()
        .join(candidates, MAC, "left")
        .groupBy(MAC)
        .agg(F.collect_set("variant").alias("variants"))
        .agg(
            F.count(F.lit(1)).alias("all"),
            *(
                F.count(F.when(F.array_contains("variants", variant), 1)).alias(variant)
                for variant in macs
            ),
        )
    )
    row = without_spark_text("comparing shared tokens", counted.collect)[0]
    return {v: published_share(row[v], row["all"], k) for v in macs}


def _variant(token: TokenColumn, name: str) -> TokenColumn:
    """Return a token column that a variant makes; its kinds forget one thing."""
    return TokenColumn(
        name=name,
        components=tuple(
            Component(
                name=f"{component.name}_{name}",
                spec=_without(component.spec, _FORGOTTEN[name]),
            )
            for component in token.components
        ),
    )


def _with_variants(values: DataFrame, token: TokenColumn) -> DataFrame:
    """Return the message of every variant, and the right one with its reason."""
    variants = [_variant(token, name) for name in _FORGOTTEN]
    named = values.select(
        "*",
        *(
            F.col(ours.raw).alias(theirs.raw)
            for variant in variants
            for ours, theirs in zip(token.components, variant.components, strict=True)
        ),
    )
    # All in one chain of projections: Spark's analyser takes one pass for each, and
    # stops after a hundred passes.
    components = [c for one in (token, *variants) for c in one.components]
    raws = [F.col(component.raw) for component in token.components]
    untrimmed = raws[0] if len(raws) == 1 else netstrings(raws)
    return with_texts(named, components).select(
        *message_columns(token),
        *(message_columns(variant)[0] for variant in variants),
        untrimmed.alias(_UNTRIMMED.message),
    )


_UNTRIMMED = TokenColumn(name="untrimmed", components=())
"""The raw values as they are."""


def _macs(token: TokenColumn, maker: MacMaker) -> dict[str, Column]:
    """Return the MAC that each variant makes, from the frame of messages."""
    variants = [_UNTRIMMED, *(_variant(token, name) for name in _FORGOTTEN)]
    message, reason = F.col(token.message), F.col(token.reason)
    return {
        "spec": maker.mac(F.when(reason.isNull(), message), token.key()),
        **{v.name: maker.mac(F.col(v.message), token.key()) for v in variants},
        "unkeyed": F.sha2(F.encode(message, "UTF-8"), 256),
    }


def _without(spec: KindSpec, forgotten: str) -> KindSpec:
    """Return a kind whose steps forget one thing."""
    steps = (_step_without(step, forgotten) for step in spec.steps)
    kept = tuple(step for step in steps if step is not None)
    # The fast path would not forget it.
    return replace(spec, steps=kept, fast_path=None)


def _step_without(step: Step, forgotten: str) -> Step | None:
    """Return a step that forgets one thing, or None if it does nothing else."""
    if isinstance(step, Translate):
        pairs = [
            (source, target)
            for source, target in zip(step.source, step.target, strict=True)
            if not _belongs_to(source, forgotten)
        ]
        if not pairs:
            return None
        return replace(
            step,
            source="".join(source for source, _ in pairs),
            target="".join(target for _, target in pairs),
        )
    if forgotten == "accents" and isinstance(step, Expand):
        return None
    if forgotten == "accents" and isinstance(step, Delete):
        kept = "".join(c for c in step.characters if c not in COMBINING.characters)
        return replace(step, characters=kept)
    return step


def _belongs_to(character: str, forgotten: str) -> bool:
    """Return whether replacing a character normalises what is forgotten."""
    if forgotten == "case":
        return character in ASCII_LOWER + ASCII_UPPER
    return character.isalpha() and not character.isascii()
