"""Leading zeros: lost by one side, or put in front by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Cause, Finding
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanroom_join.tokens.doctor.manifest import PartManifest

__all__ = ["digit_findings"]

_KINDS = frozenset(k.value for k, spec in KINDS.items() if spec.leading_zeros_matter)
"""Names of kinds in which a zero in front makes another identifier."""

_CLEAR = 0.02
"""Share of zeros on one side that the other side would have too."""

_NEARLY_ALL = 0.9
_SOME = 0.3


def digit_findings(
    party: str, part: PartManifest, other: PartManifest
) -> Iterator[Finding]:
    """Yield what leading zeros say about *part*, compared with *other*."""
    if part.kind not in _KINDS or not part.lengths or not other.lengths:
        return
    ours, theirs = part.trait(Trait.LEADING_ZERO), other.trait(Trait.LEADING_ZERO)
    # If nearly everything there begins with a zero and has one length, zeros were
    # added there rather than lost here.
    lost = ours == 0 and theirs >= _CLEAR and _are_shorter(part, other)
    if lost and not _is_padded(other, part):
        yield Finding(
            cause=Cause.LOST_ZEROS,
            party=party,
            column=part.source,
            share=theirs,
            evidence=f"none begin with a zero, {theirs:.0%} on the other side",
        )
    if theirs < _SOME and _is_padded(part, other):
        yield Finding(
            cause=Cause.ZERO_PADDED,
            party=party,
            column=part.source,
            share=ours,
            evidence=f"{ours:.0%} begin with a zero, {theirs:.0%} on the other side, "
            "and all have one length",
        )


def _are_shorter(part: PartManifest, other: PartManifest) -> bool:
    """Return whether *part* has shorter values than any of *other*."""
    return min(_sizes(part.lengths)) < min(_sizes(other.lengths))


def _is_padded(part: PartManifest, other: PartManifest) -> bool:
    """Return whether *part* looks like *other* with zeros in front."""
    sizes = _sizes(part.lengths)
    mostly_zeros = part.trait(Trait.LEADING_ZERO) >= _NEARLY_ALL
    return mostly_zeros and len(sizes) == 1 and max(sizes) > max(_sizes(other.lengths))


def _sizes(lengths: Mapping[str, int]) -> list[int]:
    """Return the lengths that occur."""
    return [int(size) for size in lengths if size.isdecimal()] or [0]
