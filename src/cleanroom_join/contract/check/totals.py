"""Whether the totals of an output are totals, and what it prefers is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import Problem, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.contract.terms.model import Output

__all__ = ["check_preferred", "check_totals"]


def check_totals(output: Output, path: str) -> Iterator[Problem]:
    """Yield totals that keep unknown dimensions or all of them, or are named twice."""
    here = f"{path}.totals"
    yield from _misnamed(output.totals, output, here)
    for index, kept in enumerate(output.totals):
        if set(kept) == set(output.group_by):
            text = "keeps every dimension, so it is no total"
            yield Problem(f"{here}[{index}]", text, "E116")


def check_preferred(output: Output, path: str) -> Iterator[Problem]:
    """Yield preferred cells that are neither totals nor the finest cells."""
    here = f"{path}.prefer"
    asked = {frozenset(kept) for kept in (output.group_by, *output.totals)}
    yield from _misnamed(output.prefer, output, here)
    for index, kept in enumerate(output.prefer):
        if set(kept) <= set(output.group_by) and frozenset(kept) not in asked:
            text = "is no total of this output"
            yield Problem(f"{here}[{index}]", text, "E116")


def _misnamed(
    lists: Sequence[tuple[str, ...]], output: Output, path: str
) -> Iterator[Problem]:
    """Yield lists that keep unknown dimensions, or name anything twice."""
    for index, kept in enumerate(lists):
        here = f"{path}[{index}]"
        if unknown := [name for name in kept if name not in output.group_by]:
            text = f"{named(unknown[0])} is not in group_by"
            yield Problem(here, text, "E115")
        elif len(set(kept)) < len(kept) or kept in lists[:index]:
            yield Problem(here, "is named twice", "E116")
