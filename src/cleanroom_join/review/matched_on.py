"""What a report says about the kinds of subject that subjects were matched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import coarsen_count

if TYPE_CHECKING:
    from cleanroom_join.review.report import MatchedOn

__all__ = ["matched_on_texts"]


def matched_on_texts(found: MatchedOn, k: int, shown: int) -> tuple[str, ...]:
    """
    Return the sizes of a match on several kinds of subject, in steps 1, 2, 5, 10, ….

    No step of a kind is closer than *k* to all subjects that the report shows anyhow:
    the rest would be fewer than *k*.  All that were matched do not count here, since
    suppressed cells and repeated figures would show in a step.  The first kind has what
    the later ones leave; a step of its own would narrow theirs.

    Args:
        found: How subjects were matched.
        k: Fewest subjects that a figure may be about.
        shown: How many subjects there are in all tables at least, as the report says.

    Examples:
        >>> from cleanroom_join.review import MatchedOn
        >>> kinds = (("id", 4500), ("name", 233))
        >>> found = MatchedOn(kinds=kinds, unmatched=12)
        >>> for line in matched_on_texts(found, 100, 4730):
        ...     print(line)
        on id: the rest
        on name: 200 or more
        not matched, although a token is in both tables: fewer than 100
    """
    (first, _), *later = found.kinds
    lines = [f"on {first}: the rest"]
    for name, size in later:
        told = f"not stated, because fewer than {2 * k:,} subjects are shown"
        if shown >= 2 * k:
            told = coarsen_count(min(size, shown - k), k)
        lines.append(f"on {name}: {told}")
    unmatched = coarsen_count(found.unmatched, k)
    return (*lines, f"not matched, although a token is in both tables: {unmatched}")
