"""The short cut for spellings that nearly all identifiers have."""

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

__all__ = ["compared", "is_ordinary", "spelled"]


def spelled(raw: Column, fast_path: FastPath) -> Column:
    """Return what an ordinary text becomes; of any other text it is not used."""
    for character in fast_path.deleted:
        raw = F.replace(raw, F.lit(character), F.lit(""))
    if " " not in fast_path.deleted:
        raw = F.trim(raw)
    return F.lower(raw) if fast_path.lower else raw


def is_ordinary(raw: Column, spelling: Column, fast_path: FastPath) -> Column:
    """Return whether the short cut may be taken; NULL if there is no text."""
    matches = spelling.rlike(rf"\A(?:{fast_path.pattern})\z")
    if not fast_path.lower:
        return matches
    # `lower` makes ASCII of letters that are none, such as the Kelvin sign.
    return (F.octet_length(raw) == F.length(raw)) & matches


def compared(text: Column, spec: KindSpec) -> Column:
    """Return whether a check refuses an ordinary text: those that compare it whole."""
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
    # One look into a set is cheaper than taking the text apart.
    uniform = (
        character * length
        for character in charset.allowed
        for length in range(size.minimum, size.maximum + 1)
    )
    return text.isin(sorted({*listed, *uniform}))
