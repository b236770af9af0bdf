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
from cleanroom_join.tokens.steps import (
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    Translate,
)

if TYPE_CHECKING:
    from pyspark.sql import Column

    from cleanroom_join.tokens.spec import KindSpec
    from cleanroom_join.tokens.steps import Step

__all__ = ["hmac_sha256_hex", "reason", "rewritten"]


def rewritten(column: Column, spec: KindSpec) -> Column:
    """Return *column* after every step that changes text."""
    rewrites = [s for s in spec.steps if isinstance(s, (Delete, Translate))]
    if list(spec.steps[: len(rewrites)]) != rewrites:
        raise InternalError.of("a token kind changes text after checking it")
    while rewrites:
        step, *rewrites = rewrites
        following = rewrites[0] if rewrites else None
        if isinstance(step, Translate):
            column = F.translate(column, step.source, step.target)
        elif isinstance(following, Translate):
            # One pass for both: `translate` deletes what has no partner.
            source, target = _without(step.characters, following)
            column = F.translate(column, source + step.characters, target)
            rewrites = rewrites[1:]
        else:
            column = F.translate(column, step.characters, "")
    return column


def _without(characters: str, step: Translate) -> tuple[str, str]:
    """Return what *step* still maps once *characters* are gone."""
    gone = set(characters)
    pairs = [p for p in zip(step.source, step.target, strict=True) if p[0] not in gone]
    return "".join(s for s, _ in pairs), "".join(t for _, t in pairs)


def reason(raw: Column, text: Column, spec: KindSpec) -> Column:
    """
    Return why there is no token, or NULL where there is one.

    Args:
        raw: The identifier as it came.
        text: ``rewritten(raw, spec)``, computed once in an earlier projection.
        spec: The token kind.
    """
    checks = [s for s in spec.steps if not isinstance(s, (Delete, Translate))]
    cheap = [_refused(text, s) for s in checks if not isinstance(s, RejectIfMatches)]
    # `encode` replaces invalid bytes, the cast keeps them, so they differ.
    broken = F.encode(raw, "UTF-8") != raw.cast("binary")
    found = (
        F.when(raw.isNull(), Reason.MISSING.value)
        .when(broken, Reason.INVALID_UTF8.value)
        # Regular expressions cost more than all the rest, and a text that passes
        # the other checks matches none of them (held by a test), so only what is
        # refused anyway is asked for its reason.
        .when(~reduce(lambda one, other: one | other, cheap), F.lit(None))
    )
    for step in checks:
        found = found.when(_refused(text, step), step.reason.value)
    return found


def _refused(text: Column, step: Step) -> Column:
    """Return whether one check refuses *text*."""
    if isinstance(step, RejectIfIn):
        return text.isin(list(step.values))
    if isinstance(step, RejectUnlessCharset):
        return F.translate(text, step.allowed, "") != ""
    if isinstance(step, RejectIfMatches):
        return text.rlike(f"^(?:{step.pattern})$")
    if isinstance(step, RejectUnlessLength):
        return ~F.length(text).between(step.minimum, step.maximum)
    if isinstance(step, RejectIfUniform):
        # `replace` takes the character from the row; `translate` wants a constant.
        rest = F.replace(text, F.substring(text, 1, 1), F.lit(""))
        return rest == ""
    raise InternalError.of(f"no Spark form for {type(step).__name__}")


def hmac_sha256_hex(message: Column, inner: Column, outer: Column) -> Column:
    """
    Return HMAC-SHA-256 (RFC 2104) of a text as 64 lower-case digits.

    Args:
        message: Text, hashed as UTF-8.
        inner: The 64-byte key XOR ipad.
        outer: The 64-byte key XOR opad.
    """
    digest = F.sha2(F.concat(inner, F.encode(message, "UTF-8")), 256)
    return F.sha2(F.concat(outer, F.unhex(digest)), 256)
