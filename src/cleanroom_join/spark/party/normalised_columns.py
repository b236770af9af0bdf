"""
The token specification as native Spark expressions; for a party's own workspace.

No Python worker, no regular expression beyond ASCII classes, no case function:
what these expressions give does not depend on the engine that runs them.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import InternalError
from cleanroom_join.spark.party.check_columns import refused
from cleanroom_join.spark.party.fast_path import compared
from cleanroom_join.tokens.steps import (
    Delete,
    Expand,
    FoldMailbox,
    Rearrange,
    Reason,
    RejectIfMatches,
    Translate,
    Trim,
    TrimEnd,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import Column

    from cleanroom_join.tokens.kinds import KindSpec
    from cleanroom_join.tokens.steps import Rewrite

__all__ = ["netstrings", "reason", "rewritten"]


def rewritten(column: Column, rewrites: Sequence[Rewrite]) -> Column:
    """Return *column* after the rewrites of one round, in order."""
    for step in _fused(rewrites):
        column = _rewrite(column, step)
    return column


def _fused(rewrites: Sequence[Rewrite]) -> Iterator[Rewrite | tuple[str, str]]:
    """Yield the rewrites, neighbours that are one ``translate`` together as one."""
    mapping: dict[str, str] = {}
    for step in rewrites:
        if isinstance(step, (Delete, Translate)):
            mapping = _then(mapping, step)
            continue
        if mapping:
            yield _arguments(mapping)
            mapping = {}
        yield step
    if mapping:
        yield _arguments(mapping)


def _then(mapping: dict[str, str], step: Delete | Translate) -> dict[str, str]:
    """Return what characters become by *mapping* and then *step*; "" is deleted."""
    if isinstance(step, Delete):
        later = dict.fromkeys(step.characters, "")
    else:
        later = dict(zip(step.source, step.target, strict=True))
    composed = {source: later.get(target, target) for source, target in mapping.items()}
    return {**later, **composed}


def _arguments(mapping: dict[str, str]) -> tuple[str, str]:
    """Return both arguments of ``translate``, which deletes what has no partner."""
    mapped = {source: target for source, target in mapping.items() if target}
    deleted = [source for source, target in mapping.items() if not target]
    return "".join([*mapped, *deleted]), "".join(mapped.values())


def _rewrite(column: Column, step: Rewrite | tuple[str, str]) -> Column:
    """Return *column* after one step."""
    match step:
        case (source, target):
            return F.translate(column, source, target)
        case Expand():
            for character, text in step.pairs:
                column = F.replace(column, F.lit(character), F.lit(text))
            return column
        case Trim():
            return F.btrim(column, F.lit(step.characters))
        case TrimEnd():
            # `rtrim` takes characters from PySpark 4 on; the SQL form always did.
            return F.call_function("rtrim", F.lit(step.characters), column)
        case Rearrange():
            pattern = rf"\A(?:{step.pattern})\z"
            return F.regexp_replace(column, pattern, step.template)
        case FoldMailbox():
            return _folded(column, step)
        case _:
            raise InternalError.of(f"no Spark form for {type(step).__name__}")


def _folded(column: Column, step: FoldMailbox) -> Column:
    """Return an address in its mailbox's one spelling."""
    domain = F.substring_index(column, "@", -1)
    one_at = F.length(column) - F.length(F.replace(column, F.lit("@"), F.lit(""))) == 1
    found = F.when(~one_at, column)
    for provider in step.providers:
        local = F.substring_index(F.substring_index(column, "@", 1), provider.tag, 1)
        if provider.ignored:
            local = F.translate(local, provider.ignored, "")
        address = F.concat(local, F.lit(f"@{provider.canonical}"))
        found = found.when(domain.isin(list(provider.domains)), address)
    return found.otherwise(column)


def reason(
    raw: Column,
    texts: Sequence[Column],
    spec: KindSpec,
    *,
    ordinary: Column | None = None,
) -> Column:
    """
    Return why there is no token, or NULL where there is one.

    Args:
        raw: The identifier as it came.
        texts: Its text after the rewrites of each round, computed once in earlier
            projections.
        spec: The token kind.
        ordinary: Whether the short cut of the kind was taken, if it has one.
    """
    checks = [
        (text, check)
        for text, each in zip(texts, spec.rounds, strict=True)
        for check in each.checks
    ]
    decisive = [
        refused(text, check)
        for text, check in checks
        if not (isinstance(check, RejectIfMatches) and check.explains)
    ]
    # `encode` replaces invalid bytes, the cast keeps them, so they differ.
    broken = F.encode(raw, "UTF-8") != raw.cast("binary")
    found = F.when(raw.isNull(), Reason.MISSING.value)
    if ordinary is not None:
        found = found.when(ordinary & ~compared(texts[0], spec), F.lit(None))
    found = (
        found.when(broken, Reason.INVALID_UTF8.value)
        # Regular expressions cost more than all the rest.  Those that only explain
        # a refusal are asked for texts that are refused anyway.
        .when(~reduce(lambda one, other: one | other, decisive), F.lit(None))
    )
    for text, check in checks:
        found = found.when(refused(text, check), check.reason.value)
    return found


def netstrings(parts: Sequence[Column]) -> Column:
    """Join texts as ``length:text,`` each; NULL if one is."""
    written = (
        F.concat(F.octet_length(part).cast("string"), F.lit(":"), part, F.lit(","))
        for part in parts
    )
    return F.concat(*written)
