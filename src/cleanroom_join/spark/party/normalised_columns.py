"""
The token specification as native Spark expressions.

They use no Python worker, no regular expression beyond ASCII classes, and no case
function, so that their results do not depend on the engine that runs them.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import assert_never
from cleanroom_join.spark.party.check_columns import is_refused
from cleanroom_join.spark.party.fast_path import is_listed_or_uniform
from cleanroom_join.tokens.steps import (
    Base64ToHex,
    Delete,
    Expand,
    FoldMailbox,
    Rearrange,
    Reason,
    RejectIfMatches,
    Sha256,
    Translate,
    Trim,
    TrimEnd,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import Column

    from cleanroom_join.spark.party.frame_columns import Component
    from cleanroom_join.tokens.steps import Rewrite

__all__ = ["netstrings", "reason", "rewritten"]

_Fused = (
    tuple[str, str]
    | Expand
    | Trim
    | TrimEnd
    | Rearrange
    | FoldMailbox
    | Sha256
    | Base64ToHex
)
"""A rewrite, where ``translate`` with two arguments stands for what it can do."""


def rewritten(column: Column, rewrites: Sequence[Rewrite]) -> Column:
    """Return *column* after the rewrites of one round, in order."""
    for step in _fused(rewrites):
        column = _rewrite(column, step)
    return column


def _fused(rewrites: Sequence[Rewrite]) -> Iterator[_Fused]:
    """Yield the rewrites; neighbours that one ``translate`` can do become one."""
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
    """Return what each character becomes by *mapping* and then *step*; "" deletes."""
    if isinstance(step, Delete):
        later = dict.fromkeys(step.characters, "")
    else:
        later = dict(zip(step.source, step.target, strict=True))
    composed = {source: later.get(target, target) for source, target in mapping.items()}
    return {**later, **composed}


def _arguments(mapping: dict[str, str]) -> tuple[str, str]:
    """Return both arguments of ``translate``; it deletes the surplus of the first."""
    mapped = {source: target for source, target in mapping.items() if target}
    deleted = [source for source, target in mapping.items() if not target]
    return "".join([*mapped, *deleted]), "".join(mapped.values())


def _rewrite(column: Column, step: _Fused) -> Column:  # noqa: PLR0911 - one per step
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
            # PySpark's `rtrim` takes characters only from 4.0 on, its SQL form always.
            return F.call_function("rtrim", F.lit(step.characters), column)
        case Rearrange():
            pattern = rf"\A(?:{step.pattern})\z"
            return F.regexp_replace(column, pattern, step.template)
        case FoldMailbox():
            return _folded(column, step)
        case Sha256():
            # The cast keeps the bytes; `encode` may raise where they are not UTF-8.
            return F.sha2(column.cast("binary"), 256)
        case Base64ToHex():
            return _hexadecimal(column, step)
        case _:
            return assert_never(step)


def _hexadecimal(column: Column, step: Base64ToHex) -> Column:
    """Return hexadecimal digits for what is base64, anything else as it is."""
    is_base64 = column.rlike(rf"\A(?:{step.PATTERN})\z")
    # Nothing else is decoded, whatever an engine computes in advance.
    digits = F.hex(F.unbase64(F.when(is_base64, column)))
    return F.when(is_base64, F.translate(digits, "ABCDEF", "abcdef")).otherwise(column)


def _folded(column: Column, step: FoldMailbox) -> Column:
    """Return the one spelling of an address's mailbox."""
    domain = F.substring_index(column, "@", -1)
    one_at = F.length(column) - F.length(F.replace(column, F.lit("@"), F.lit(""))) == 1
    found = F.when(~one_at, column)
    for provider in step.providers:
        local = F.substring_index(column, "@", 1)
        if provider.tag:
            local = F.substring_index(local, provider.tag, 1)
        if provider.ignored:
            local = F.translate(local, provider.ignored, "")
        address = F.concat(local, F.lit(f"@{provider.canonical}"))
        found = found.when(domain.isin(list(provider.domains)), address)
    return found.otherwise(column)


def reason(component: Component) -> Column:
    """
    Return why a component is refused, or NULL if it is not.

    The texts of its rounds are columns of earlier projections.
    """
    raw = F.col(component.raw)
    checks = [
        (F.col(component.text(index)), check)
        for index, each in enumerate(component.spec.rounds)
        for check in each.checks
    ]
    decisive = [
        is_refused(text, check)
        for text, check in checks
        if not (isinstance(check, RejectIfMatches) and check.explains)
    ]
    # `encode` replaces invalid bytes, the cast keeps them, so the two differ.
    broken = F.encode(raw, "UTF-8") != raw.cast("binary")
    found = F.when(raw.isNull(), Reason.MISSING.value)
    if component.spec.fast_path is not None:
        whole = is_listed_or_uniform(F.col(component.text(0)), component.spec)
        found = found.when(F.col(component.is_fast) & ~whole, F.lit(None))
    found = (
        found.when(broken, Reason.INVALID_UTF8.value)
        # Regular expressions cost more than all other checks together.  Those that
        # only explain a refusal run only on texts that are refused anyway.
        .when(~reduce(lambda one, other: one | other, decisive), F.lit(None))
    )
    for text, check in checks:
        found = found.when(is_refused(text, check), check.reason.value)
    return found


def netstrings(texts: Sequence[Column]) -> Column:
    """Join texts as ``length:text,`` each; NULL if one of them is NULL."""
    written = (
        F.concat(F.octet_length(text).cast("string"), F.lit(":"), text, F.lit(","))
        for text in texts
    )
    return F.concat(*written)
