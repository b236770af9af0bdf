"""Leading zeros: one side lost them, or put them in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Finding, MismatchCause
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanroom_join.tokens.doctor.manifest import ComponentManifest

__all__ = ["digit_findings"]

_KINDS = frozenset(k.value for k, spec in KINDS.items() if spec.leading_zeros_matter)
"""Names of kinds in which a zero in front makes another identifier."""

_CLEAR = 0.02
"""Share of leading zeros on one side that the other side would have too."""

_NEARLY_ALL = 0.9
_SOME = 0.3


def digit_findings(
    party: str, component: ComponentManifest, other: ComponentManifest
) -> Iterator[Finding]:
    """Yield what the leading zeros of both sides say about *component*."""
    unknown = not component.lengths or not other.lengths
    if component.kind not in _KINDS or unknown:
        return
    ours = component.trait(Trait.LEADING_ZERO)
    theirs = other.trait(Trait.LEADING_ZERO)
    # If nearly all values there begin with a zero and have one length, that side put
    # zeros in front; this side lost none.
    lost = ours == 0 and theirs >= _CLEAR and _is_shorter(component, other)
    if lost and not _is_padded(other, component):
        yield Finding(
            cause=MismatchCause.LOST_ZEROS,
            party=party,
            column=component.source,
            share=theirs,
            evidence=f"none begin with a zero, {theirs:.0%} on the other side",
        )
    if theirs < _SOME and _is_padded(component, other):
        yield Finding(
            cause=MismatchCause.ZERO_PADDED,
            party=party,
            column=component.source,
            share=ours,
            evidence=f"{ours:.0%} begin with a zero, {theirs:.0%} on the other side, "
            "and all have one length",
        )


def _is_shorter(component: ComponentManifest, other: ComponentManifest) -> bool:
    """Return whether *component* has values shorter than all of *other*."""
    return min(_sizes(component.lengths)) < min(_sizes(other.lengths))


def _is_padded(component: ComponentManifest, other: ComponentManifest) -> bool:
    """Return whether *component* looks like *other* with zeros in front."""
    sizes = _sizes(component.lengths)
    mostly_zeros = component.trait(Trait.LEADING_ZERO) >= _NEARLY_ALL
    return mostly_zeros and len(sizes) == 1 and max(sizes) > max(_sizes(other.lengths))


def _sizes(lengths: Mapping[str, int]) -> list[int]:
    """Return the lengths that occur."""
    return [int(size) for size in lengths if size.isdecimal()] or [0]
