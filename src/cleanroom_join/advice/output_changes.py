"""Changes of an output: fewer totals, measures or dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.advice.change import ChangeKind, Draft
from cleanroom_join.advice.toml_edits import value_at, with_value, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract import Contract, Output

__all__ = ["output_drafts"]

_Totals = tuple[tuple[str, ...], ...]


def output_drafts(text: str, contract: Contract) -> Iterator[Draft]:
    """Yield the drafts of every output in turn."""
    for output in contract.terms.outputs.values():
        yield from _fewer_totals(text, output)
        yield from _fewer_measures(text, output)
        yield from _fewer_dimensions(text, output)


def _fewer_totals(text: str, output: Output) -> Iterator[Draft]:
    """Yield an output without totals, with few of them, and without one of them."""
    if not output.totals:
        return
    yield Draft(
        kind=ChangeKind.TOTALS,
        description=f"Drop all totals of {output.name}",
        text=without(text, ("outputs", output.name, "totals")),
    )
    few = tuple(kept for kept in output.totals if len(kept) <= 1)
    if few and few != output.totals:
        description = (
            f"Keep only the totals of {output.name} per single dimension"
            " and of everything"
        )
        yield _with_totals(text, output, few, description)
    for dropped in output.totals:
        others = tuple(kept for kept in output.totals if kept != dropped)
        if others:
            description = f"Drop the totals {_per(dropped)} of {output.name}"
            yield _with_totals(text, output, others, description)


def _with_totals(text: str, output: Output, totals: _Totals, description: str) -> Draft:
    """Return an output with other totals."""
    path = ("outputs", output.name, "totals")
    listed = [list(kept) for kept in totals]
    return Draft(
        kind=ChangeKind.TOTALS,
        description=description,
        text=with_value(text, path, listed),
    )


def _per(kept: tuple[str, ...]) -> str:
    """Return which totals are meant."""
    return f"per {' and '.join(kept)}" if kept else "of everything"


def _fewer_measures(text: str, output: Output) -> Iterator[Draft]:
    """Yield an output without one of its measures."""
    if len(output.measures) < 2:  # noqa: PLR2004 - one is left
        return
    for measure in output.measures:
        path = ("outputs", output.name, "measures", measure.name)
        yield Draft(
            kind=ChangeKind.MEASURE,
            description=f"Drop the measure {measure.name} of {output.name}",
            text=without(text, path),
        )


def _fewer_dimensions(text: str, output: Output) -> Iterator[Draft]:
    """Yield an output without one of its dimensions."""
    if len(output.group_by) < 2:  # noqa: PLR2004 - one is left
        return
    path = ("outputs", output.name)
    for dropped in output.group_by:
        left = tuple(name for name in output.group_by if name != dropped)
        changed = with_value(text, (*path, "group_by"), list(left))
        # "all" means all that are left.
        if output.totals and value_at(text, (*path, "totals")) != "all":
            totals = _totals_left(output.totals, left)
            listed = [list(kept) for kept in totals]
            changed = with_value(changed, (*path, "totals"), listed)
        yield Draft(
            kind=ChangeKind.DIMENSION,
            description=f"Drop the dimension {dropped} of {output.name}",
            text=changed,
        )


def _totals_left(totals: _Totals, left: tuple[str, ...]) -> _Totals:
    """Return the totals of an output that keeps these dimensions only."""
    kept = (tuple(name for name in total if name in left) for total in totals)
    return tuple(dict.fromkeys(total for total in kept if total != left))
