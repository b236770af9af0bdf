"""Raw columns to messages: what the specification makes of every identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.party.fast_path import is_ordinary, spelled
from cleanroom_join.spark.party.normalised_columns import netstrings, reason, rewritten
from cleanroom_join.tokens import kind_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.contract import Column as Declared
    from cleanroom_join.tokens import KindSpec

__all__ = [
    "message_columns",
    "part_specs",
    "raw_columns",
    "with_messages",
    "with_texts",
]


def part_specs(terms: AssetTerms) -> dict[str, KindSpec]:
    """Return how each part of each token column is normalised, by ``<i>_<j>``."""
    return {
        f"{i}_{j}": kind_spec(
            kind, date_format=column.date_format, country=column.country
        )
        for i, column in enumerate(terms.asset.subject_columns())
        for j, kind in enumerate(terms.identifiers[column.name].components)
    }


def raw_columns(terms: AssetTerms) -> list[Column]:
    """Return every identifier as it came, as text ``r<i>_<j>``."""
    return [
        # The cast also makes a DATE ISO 8601, and drops a collation.
        column_named(source).cast("string").alias(f"r{i}_{j}")
        for i, column in enumerate(terms.asset.subject_columns())
        for j, source in enumerate(column.sources)
    ]


def with_messages(
    frame: DataFrame, terms: AssetTerms, carried: Sequence[Declared]
) -> DataFrame:
    """
    Return columns ``c0…`` as they are, messages ``m0…``, and ``why0…`` or NULL.

    Carried columns are called ``c0…``: their own names could be any of these.
    """
    specs = part_specs(terms)
    raws = frame.select(
        *(column_named(c.name).alias(f"c{i}") for i, c in enumerate(carried)),
        *raw_columns(terms),
    )
    messages = []
    for i, column in enumerate(terms.asset.subject_columns()):
        parts = [f"{i}_{j}" for j in range(len(column.sources))]
        messages += message_columns(str(i), {name: specs[name] for name in parts})
    return with_texts(raws, specs).select(
        *(f"c{i}" for i in range(len(carried))), *messages
    )


def with_texts(raws: DataFrame, specs: dict[str, KindSpec]) -> DataFrame:
    """
    Add to raw columns ``r<name>`` their texts ``t<name>_<round>`` and ``w<name>``.

    One projection per step, so that no expression is worked out twice.

    Args:
        raws: Has a text column ``r<name>`` for each name of *specs*.
        specs: How each is normalised.
    """
    short = {n: s.fast_path for n, s in specs.items() if s.fast_path is not None}
    if short:
        raws = raws.select(
            "*", *(spelled(F.col(f"r{n}"), o).alias(f"q{n}") for n, o in short.items())
        )
        raws = raws.select(
            "*",
            *(
                is_ordinary(F.col(f"r{n}"), F.col(f"q{n}"), o).alias(f"o{n}")
                for n, o in short.items()
            ),
        )
    for number in range(max(len(spec.rounds) for spec in specs.values())):
        raws = raws.select(
            "*",
            *(
                _text(name, number, spec).alias(f"t{name}_{number}")
                for name, spec in specs.items()
                if number < len(spec.rounds)
            ),
        )
    return raws.select(
        "*",
        *(
            reason(
                F.col(f"r{name}"),
                [F.col(f"t{name}_{n}") for n in range(len(spec.rounds))],
                spec,
                ordinary=F.col(f"o{name}") if name in short else None,
            ).alias(f"w{name}")
            for name, spec in specs.items()
        ),
    )


def _text(name: str, number: int, spec: KindSpec) -> Column:
    """Return the text of one round."""
    before = F.col(f"t{name}_{number - 1}" if number else f"r{name}")
    text = rewritten(before, spec.rounds[number].rewrites)
    if spec.fast_path is None:
        return text
    return F.when(F.col(f"o{name}"), F.col(f"q{name}")).otherwise(text)


def message_columns(name: str, specs: dict[str, KindSpec]) -> list[Column]:
    """Return the message ``m<name>`` and reason ``why<name>`` of some parts' texts."""
    finals = [F.col(f"t{part}_{len(s.rounds) - 1}") for part, s in specs.items()]
    message = finals[0] if len(finals) == 1 else netstrings(finals)
    # The first part that has a reason decides.
    why = F.coalesce(*(F.col(f"w{part}") for part in specs))
    return [message.alias(f"m{name}"), why.alias(f"why{name}")]
