"""
How the tokens really shared were made: the specification, or a usual misreading.

A party whose own pipeline makes its tokens has both the raw values and the tokens;
so each misreading can be tried, and what comes out compared with what was shared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.safe_errors import without_spark_text
from cleanroom_join.spark.party.hmac_input import message_columns, with_texts
from cleanroom_join.spark.party.normalised_columns import netstrings
from cleanroom_join.tokens.doctor.coarse_counts import published_share
from cleanroom_join.tokens.steps import Delete, Expand, Translate
from cleanroom_join.tokens.tables import ASCII_LOWER, ASCII_UPPER, COMBINING

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from cleanroom_join.spark.party.hmac_columns import MacMaker
    from cleanroom_join.tokens import KindSpec, Step

__all__ = ["Shared", "made_by"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Shared:
    """Tokens that another pipeline made, and the key they should be made with."""

    tokens: DataFrame
    """One column ``t``; perhaps without the key id in front, in any case."""
    secret: DataFrame
    maker: MacMaker

    def macs(self) -> DataFrame:
        """Return the different codes ``mac`` of the tokens, in lower case."""
        code = F.lower(F.substring_index(F.col("t"), ":", -1))
        return self.tokens.select(code.alias("mac")).where(code.isNotNull()).distinct()


def made_by(
    values: DataFrame, specs: dict[str, KindSpec], shared: Shared, k: int
) -> dict[str, float]:
    """
    Return the share of the shared tokens that each recipe makes of *values*.

    Args:
        values: Different raw values ``r<name>``.
        specs: How each is normalised.
        shared: The tokens to explain.
        k: Fewest tokens a share may be about.
    """
    made = _made(specs, shared.maker)
    candidates = (
        _with_recipes(values, specs)
        .crossJoin(F.broadcast(shared.secret))
        .select(
            F.explode(
                F.array(
                    *(
                        F.struct(F.lit(recipe).alias("recipe"), code.alias("mac"))
                        for recipe, code in made.items()
                    )
                )
            ).alias("p")
        )
        .select("p.recipe", "p.mac")
        .distinct()
    )
    counted = (
        shared.macs()
        .join(candidates, "mac", "left")
        .groupBy("mac")
        .agg(F.collect_set("recipe").alias("recipes"))
        .agg(
            F.count(F.lit(1)).alias("all"),
            *(
                F.count(F.when(F.array_contains("recipes", recipe), 1)).alias(recipe)
                for recipe in made
            ),
        )
    )
    row = without_spark_text("comparing shared tokens", counted.collect)[0]
    return {r: published_share(row[r], row["all"], k) for r in made}


def _with_recipes(values: DataFrame, specs: dict[str, KindSpec]) -> DataFrame:
    """Return the message ``m<recipe>`` of each recipe, and ``mspec`` and its reason."""
    changed = {
        recipe: {f"{part}{recipe}": _changed(s, change) for part, s in specs.items()}
        for recipe, change in _RECIPES.items()
    }
    named = values.select(
        "*",
        *(
            F.col(f"r{part}").alias(f"r{part}{recipe}")
            for recipe in changed
            for part in specs
        ),
    )
    # All in one chain of projections: an analyser takes a pass for each, and Spark
    # allows it a hundred.
    every = reduce(or_, changed.values(), specs)
    texts = with_texts(named, every)
    raws = [F.col(f"r{part}") for part in specs]
    untrimmed = raws[0] if len(raws) == 1 else netstrings(raws)
    return texts.select(
        *message_columns("spec", specs),
        *(message_columns(recipe, kinds)[0] for recipe, kinds in changed.items()),
        untrimmed.alias("muntrimmed"),
    )


def _made(specs: dict[str, KindSpec], maker: MacMaker) -> dict[str, Column]:
    """Return the code of each recipe's message."""
    name = next(iter(specs))
    messages = {recipe: F.col(f"m{recipe}") for recipe in ("untrimmed", *_RECIPES)}
    return {
        "spec": maker.mac(F.when(F.col("whyspec").isNull(), F.col("mspec")), name),
        **{recipe: maker.mac(message, name) for recipe, message in messages.items()},
        "unkeyed": F.sha2(F.encode(F.col("mspec"), "UTF-8"), 256),
    }


def _changed(spec: KindSpec, change: str) -> KindSpec:
    """Return a kind with one thing forgotten."""
    steps = (_without(step, change) for step in spec.steps)
    kept = tuple(step for step in steps if step is not None)
    # The short cut would do what is to be forgotten.
    return replace(spec, steps=kept, fast_path=None)


def _without(step: Step, change: str) -> Step | None:
    """Return a step without what *change* names; None if nothing is left."""
    if isinstance(step, Translate):
        letters = ASCII_LOWER + ASCII_UPPER
        pairs = [
            (source, target)
            for source, target in zip(step.source, step.target, strict=True)
            if not _forgotten(source, change, letters)
        ]
        if not pairs:
            return None
        return replace(
            step,
            source="".join(source for source, _ in pairs),
            target="".join(target for _, target in pairs),
        )
    if change == "accents" and isinstance(step, Expand):
        return None
    if change == "accents" and isinstance(step, Delete):
        kept = "".join(c for c in step.characters if c not in COMBINING.characters)
        return replace(step, characters=kept)
    return step


def _forgotten(source: str, change: str, letters: str) -> bool:
    """Return whether a character's replacement is part of *change*."""
    if change == "case":
        return source in letters
    return source.isalpha() and not source.isascii()


_RECIPES = {"case_kept": "case", "accents_kept": "accents"}
