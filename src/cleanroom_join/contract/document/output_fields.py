"""The keys of an output: what is joined, grouped, measured and summed over."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

from cleanroom_join.contract.document.lists import ListOf
from cleanroom_join.contract.document.often_written import (
    NO_FUNCTIONS,
    OUTPUT_FUNCTIONS,
)
from cleanroom_join.contract.document.records import (
    Field,
    NamedRecords,
    Record,
)
from cleanroom_join.contract.document.scalars import (
    Choice,
    Option,
    Text,
)
from cleanroom_join.contract.document.shapes import Tagged
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import Argument, Function
from cleanroom_join.contract.terms.model import Measure, Output
from cleanroom_join.contract.terms.names import COLUMN_NAME, NAME
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.document.node import Node
    from cleanroom_join.contract.document.scalars import Schema

__all__ = ["OUTPUT", "every_total"]


def _argument(function: Function) -> tuple[Field, ...]:
    """Return the key of what a function is applied to, if it takes anything."""
    argument = FUNCTIONS[function].argument
    if argument is Argument.NONE:
        return ()
    if argument is Argument.SUBJECT:
        meaning = "The kind of subject that is counted."
    elif argument is Argument.MEASURE:
        kinds = " or ".join(kind.value for kind in FUNCTIONS[function].types)
        meaning = f"A measure column of a joined table, of type {kinds}."
    else:
        assert_never(argument)
    return (Field("column", Text(), meaning),)


_MEASURE = Tagged(
    Measure,
    tag="function",
    choice=Choice(
        {f.value: Option(f, FUNCTIONS[f].meaning) for f in FUNCTIONS},
        NO_FUNCTIONS,
        OUTPUT_FUNCTIONS,
    ),
    meaning="What is computed of the rows of a cell.",
    others={f.value: _argument(f) for f in FUNCTIONS},
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Lists of the dimensions that cells keep; for totals ``"all"`` will do as well."""

    substitute: ClassVar[tuple[tuple[str, ...], ...]] = ()
    or_all: bool

    @property
    def expected(self) -> str:
        """What must be written."""
        return '"all" or a list of lists of dimensions'[0 if self.or_all else 9 :]

    def read(self, node: Node) -> str | tuple[tuple[str, ...], ...] | None:
        """Return them as they are written."""
        if self.or_all and node.value == "all":
            return "all"
        lists = node.typed(list, self.expected)
        if lists is None:
            return None
        for kept in lists:
            if not isinstance(kept, list) or not all(isinstance(n, str) for n in kept):
                node.report(f"must be {self.expected}", "E112")
                return None
        return tuple(tuple(kept) for kept in lists)

    def schema(self) -> Schema:
        """Return the forms that are allowed."""
        kept = {"type": "array", "items": {"type": "string"}}
        lists: Schema = {"type": "array", "items": kept}
        return {"anyOf": [{"enum": ["all"]}, lists]} if self.or_all else lists

    def description(self) -> str:
        """Return these forms in words."""
        lists = "list of lists of dimensions"
        return f'`"all"`; or {lists}' if self.or_all else lists


def _output(
    name: str,
    join: tuple[str, ...],
    on: str,
    group_by: tuple[str, ...],
    measures: Mapping[str, Measure],
    totals: str | tuple[tuple[str, ...], ...],
    prefer: tuple[tuple[str, ...], ...],
) -> Output:
    """Make an output; dimensions come in one order, however they are written."""
    kept = every_total(group_by) if isinstance(totals, str) else totals
    return Output(
        name=name,
        join=join,
        on=on,
        group_by=group_by,
        measures=tuple(measures.values()),
        totals=tuple(
            sorted(_ordered(kept, group_by), key=lambda kept: (-len(kept), kept))
        ),
        prefer=tuple(_ordered(prefer, group_by)),
    )


def _ordered(
    lists: tuple[tuple[str, ...], ...], group_by: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Return lists of dimensions, each in the order of the output's."""
    position = {name: index for index, name in enumerate(group_by)}
    return [tuple(sorted(kept, key=lambda n: position.get(n, -1))) for kept in lists]


def every_total(group_by: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return every way to keep fewer dimensions."""
    return tuple(
        kept for size in range(len(group_by)) for kept in combinations(group_by, size)
    )


OUTPUT = Record(
    _output,
    (
        Field(
            "join",
            ListOf(Text(NAME), "a list of strings"),
            "The assets that are joined; all but one have one row per subject.",
            called=("tables", "assets", "from"),
        ),
        Field("on", Text(NAME), "The kind of subject whose tokens are joined."),
        Field(
            "group_by",
            ListOf(Text(), "a list of strings"),
            "The dimensions of a cell, in the order of the output's columns.",
            called=("dimensions", "by", "groups"),
        ),
        Field(
            "measures",
            NamedRecords(COLUMN_NAME, _MEASURE),
            "The figures of a cell, each under the name of its column.",
            called=("figures", "metrics", "select", "aggregates"),
        ),
        Field(
            "totals",
            _Kept(or_all=True),
            'The sums over cells: for each, the dimensions that it keeps; or "all".',
            default=(),
        ),
        Field(
            "prefer",
            _Kept(or_all=False),
            "Which cells are wanted most, by the dimensions that they keep, the most"
            " wanted first; all others give way to them where not everything can be"
            " published. `[[]]` is the total over everything.",
            default=(),
        ),
    ),
)
"""A registered query."""
