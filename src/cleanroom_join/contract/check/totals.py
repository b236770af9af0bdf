"""Whether the totals of an output are totals, and what it prefers is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import Problem, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract.terms.model import Output

__all__ = ["check_preferred", "check_totals"]


def check_totals(output: Output, path: str) -> Iterator[Problem]:
    """Yield totals that keep unknown dimensions or all of them, or are named twice."""
    for index, kept in enumerate(output.totals):
        here = f"{path}.totals[{index}]"
        if unknown := [name for name in kept if name not in output.group_by]:
            text = f'"{printable(unknown[0])}" is not in group_by'
            yield Problem(here, text, "E115")
        elif len(set(kept)) < len(kept) or kept in output.totals[:index]:
            yield Problem(here, "is named twice", "E116")
        elif len(kept) == len(output.group_by):
            yield Problem(here, "keeps every dimension, so it is no total", "E116")


def check_preferred(output: Output, path: str) -> Iterator[Problem]:
    """Yield preferred cells that are neither totals nor the finest cells."""
    for index, kept in enumerate(output.prefer):
        here = f"{path}.prefer[{index}]"
        if unknown := [name for name in kept if name not in output.group_by]:
            text = f'"{printable(unknown[0])}" is not in group_by'
            yield Problem(here, text, "E115")
        elif len(set(kept)) < len(kept) or kept in output.prefer[:index]:
            yield Problem(here, "is named twice", "E116")
        elif kept != output.group_by and kept not in output.totals:
            yield Problem(here, "is no total of this output", "E116")
