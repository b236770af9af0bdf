"""What digits say: zeros lost or put in front, and numbers taken for quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Clue, MismatchCause, percent
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import ComponentManifest

__all__ = ["digit_clues"]

_KINDS = frozenset(k.value for k, spec in KINDS.items() if spec.leading_zeros_matter)
"""Names of kinds in which a zero in front makes another identifier."""

_CLEAR = 0.02
"""Share of leading zeros on one side that the other side would have too."""

_NEARLY_ALL = 0.9
_SOME = 0.3

_ROUNDED = 0.6
"""Share of round numbers if damaged; by chance it is one in eight or in ten."""

_NOT_ROUNDED = 0.3

_ROUND = {
    Trait.LAST_ZERO: (16, "end in 0"),
    Trait.MULTIPLE_OF_8: (12, "are multiples of 8"),
}
"""How each trait is said, and the digits from which on a number may have it."""

_ZEROS = frozenset((MismatchCause.OTHER_LENGTH, MismatchCause.TRUNCATED))
_REFUSED = frozenset((MismatchCause.WRONG_COLUMN, MismatchCause.ROWS_REFUSED))


def digit_clues(
    component: ComponentManifest, other: ComponentManifest
) -> Iterator[Clue]:
    """Yield what the digits of both sides say about *component*."""
    if share := component.trait(Trait.MINUS_SIGN):
        yield Clue(
            cause=MismatchCause.MINUS_SIGNS,
            share=share,
            evidence=f"{percent(share)} are negative numbers",
            explains=_REFUSED,
        )
    if not component.lengths or not other.lengths:
        return
    yield from _rounded(component, other)
    if component.kind in _KINDS:
        yield from _zeros(component, other)


def _zeros(component: ComponentManifest, other: ComponentManifest) -> Iterator[Clue]:
    """Yield what the leading zeros say."""
    ours = component.trait(Trait.LEADING_ZERO)
    theirs = other.trait(Trait.LEADING_ZERO)
    # If nearly all values there begin with a zero and have one length, that side put
    # zeros in front; this side lost none.
    lost = ours == 0 and theirs >= _CLEAR and _is_shorter(component, other)
    if lost and not _is_padded(other, component):
        yield Clue(
            cause=MismatchCause.LOST_ZEROS,
            share=theirs,
            evidence=f"none begin with a zero, {percent(theirs)} on the other side",
            explains=_ZEROS,
        )
    if theirs < _SOME and _is_padded(component, other):
        yield Clue(
            cause=MismatchCause.ZERO_PADDED,
            share=ours,
            evidence=f"{percent(ours)} begin with a zero, {percent(theirs)} on the "
            "other side, and all have one length",
            explains=_ZEROS,
        )


def _rounded(component: ComponentManifest, other: ComponentManifest) -> Iterator[Clue]:
    """Yield that the last digits are those of rounded numbers."""
    for trait, (digits, text) in _ROUND.items():
        long = _rows_from(component, digits)
        ours = component.traits.get(trait, 0) / max(long, 1)
        theirs = other.traits.get(trait, 0) / max(_rows_from(other, digits), 1)
        if ours >= _ROUNDED and theirs <= _NOT_ROUNDED:
            yield Clue(
                cause=MismatchCause.ROUNDED,
                share=min(1.0, long / max(component.rows, 1)),
                evidence=f"{percent(min(ours, 1.0))} of the numbers of {digits} digits "
                f"and more {text}, {percent(theirs)} on the other side",
                explains=_REFUSED,
            )
            return


def _rows_from(component: ComponentManifest, digits: int) -> int:
    """Return the rows whose value has so many characters or more."""
    return sum(rows for size, rows in component.sizes.items() if size >= digits)


def _is_shorter(component: ComponentManifest, other: ComponentManifest) -> bool:
    """Return whether *component* has values shorter than all of *other*."""
    return min(component.sizes, default=0) < min(other.sizes, default=0)


def _is_padded(component: ComponentManifest, other: ComponentManifest) -> bool:
    """Return whether *component* looks like *other* with zeros in front."""
    sizes = component.sizes
    mostly_zeros = component.trait(Trait.LEADING_ZERO) >= _NEARLY_ALL
    longer = max(sizes, default=0) > max(other.sizes, default=0)
    return mostly_zeros and len(sizes) == 1 and longer
