"""What a report says about the kinds of subject that subjects were matched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import coarsen_count

if TYPE_CHECKING:
    from cleanroom_join.review.report import MatchedOn

__all__ = ["matched_on_texts"]


def matched_on_texts(found: MatchedOn, k: int) -> tuple[str, ...]:
    """
    Return the sizes of a match on several kinds of subject, in steps 1, 2, 5, 10, ….

    The number of all matched subjects may be published exactly, so no step of a kind
    is closer than *k* to it: the rest would be fewer than *k*.  The first kind has what
    the later ones leave; a step of its own would narrow theirs.

    Args:
        found: How subjects were matched.
        k: Fewest subjects that a figure may be about.

    Examples:
        >>> from cleanroom_join.review import MatchedOn
        >>> kinds = (("id", 4500), ("name", 233))
        >>> for line in matched_on_texts(MatchedOn(kinds=kinds, unmatched=12), 100):
        ...     print(line)
        on id: the rest
        on name: 200 or more
        not matched, although a token is in both tables: fewer than 100
    """
    (first, _), *later = found.kinds
    total = sum(size for _, size in found.kinds)
    lines = [f"on {first}: the rest"]
    for name, size in later:
        told = f"not stated, because fewer than {2 * k:,} subjects match"
        if total >= 2 * k:
            told = coarsen_count(min(size, total - k), k)
        lines.append(f"on {name}: {told}")
    unmatched = coarsen_count(found.unmatched, k)
    return (*lines, f"not matched, although a token is in both tables: {unmatched}")
