"""Where two specifications begin to differ: digests of the vectors after every step."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.crypto.canonical_json import sha256_hex
from cleanroom_join.tokens.kinds import KINDS
from cleanroom_join.tokens.normalise import after_each_step
from cleanroom_join.tokens.vectors import load_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.terms.identifier import TokenKind
    from cleanroom_join.tokens.kinds import KindSpec

__all__ = ["first_difference", "step_digests", "steps_of"]


@cache
def step_digests() -> Mapping[str, tuple[str, ...]]:
    """
    Return, per kind, a digest of all its vectors' texts after each step.

    After a refusal the reason stands for the text.  Two installations that differ in
    one step have equal digests before it.
    """
    return MappingProxyType({k.value: steps_of(spec) for k, spec in KINDS.items()})


def steps_of(spec: KindSpec) -> tuple[str, ...]:
    """Return the digests of one kind's steps."""
    texts = _inputs(spec.kind)
    traces = [after_each_step(spec, text) for text in texts]
    return tuple(
        sha256_hex([trace[number] for trace in traces])
        for number in range(len(spec.steps))
    )


def first_difference(one: tuple[str, ...], other: tuple[str, ...]) -> int | None:
    """Return the number of the first step that differs, from 1, or None."""
    for number, pair in enumerate(zip(one, other, strict=False), start=1):
        if pair[0] != pair[1]:
            return number
    return None if len(one) == len(other) else min(len(one), len(other)) + 1


def _inputs(kind: TokenKind) -> list[str]:
    """Return the text of every vector of *kind* that is not NULL, in file order."""
    return [
        text
        for case in load_vectors()
        for used, text in zip(case.identifier.components, case.texts, strict=True)
        if used is kind and text is not None
    ]
