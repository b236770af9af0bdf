"""The fast path: the most frequent spellings, without the steps of their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.tokens.steps import (
    RejectIfIn,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
)

if TYPE_CHECKING:
    from pyspark.sql import Column

    from cleanroom_join.tokens.kinds import FastPath, KindSpec

__all__ = ["fast_text", "is_fast", "is_listed_or_uniform"]


def fast_text(raw: Column, path: FastPath) -> Column:
    """Return what the fast path makes of a text; right only if `is_fast`."""
    for character in path.deleted:
        raw = F.replace(raw, F.lit(character), F.lit(""))
    if " " not in path.deleted:
        raw = F.trim(raw)
    return F.lower(raw) if path.lower else raw


def is_fast(raw: Column, text: Column, path: FastPath) -> Column:
    """
    Return whether the fast path holds for a raw text; NULL if there is none.

    Args:
        raw: The identifier as it came.
        text: What `fast_text` makes of it.
        path: The fast path of its kind.
    """
    matches = text.rlike(rf"\A(?:{path.pattern})\z")
    if not path.lower:
        return matches
    # `lower` makes ASCII of some letters beyond it, such as the Kelvin sign.
    return (F.octet_length(raw) == F.length(raw)) & matches


def is_listed_or_uniform(text: Column, spec: KindSpec) -> Column:
    """Return whether a check that compares the whole text refuses it."""
    listed = {
        value
        for step in spec.steps
        if isinstance(step, RejectIfIn)
        for value in step.values
    }
    found = text.isin(sorted(listed))
    if not any(isinstance(step, RejectIfUniform) for step in spec.steps):
        return found
    (charset,) = [s for s in spec.steps if isinstance(s, RejectUnlessCharset)]
    (size,) = [s for s in spec.steps if isinstance(s, RejectUnlessLength)]
    # Looking a text up in a set is cheaper than taking it apart.
    uniform = (
        character * length
        for character in charset.allowed
        for length in range(size.minimum, size.maximum + 1)
    )
    return text.isin(sorted({*listed, *uniform}))
