"""
A query that is not registered, built step by step in a notebook.

Every step is a frozen value; a step in the wrong order is a method that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import Function, Measure
from cleanroom_join.errors import ContractError, Problem, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.contract import Output
    from cleanroom_join.spark.room.release import Release

__all__ = ["GroupedJoin", "Joined", "MeasuredJoin"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Step:
    """A query under construction."""

    _answer: Callable[[Output], Release]
    _output: Output

    def __repr__(self) -> str:
        """Show names only."""
        output = self._output
        return (
            f"{type(self).__name__}(join={list(output.join)}, on={output.on!r}, "
            f"group_by={list(output.group_by)}, "
            f"measures={[measure.name for measure in output.measures]})"
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Joined(_Step):
    """Assets to be joined; next is `group_by`."""

    def group_by(self, *dimensions: str) -> GroupedJoin:
        """Group by declared dimensions, by name."""
        if not all(isinstance(name, str) for name in dimensions):
            raise _only_names("group_by")
        output = replace(self._output, group_by=dimensions)
        return GroupedJoin(_answer=self._answer, _output=output)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GroupedJoin(_Step):
    """A grouped join; next is `measure`."""

    def measure(
        self, name: str, function: str, column: str | None = None
    ) -> MeasuredJoin:
        """
        Add an aggregate, by name.

        Args:
            name: Name of the result column.
            function: One of count, count_distinct, sum, mean, rate.
            column: Measure column, or subject for count_distinct; none for count.

        Raises:
            ContractError: If the function is not one of these, or a name is not text.
        """
        given = (name, function, *(() if column is None else (column,)))
        if not all(isinstance(part, str) for part in given):
            raise _only_names("measure")
        known = {f.value: f for f in Function}
        if function not in known:
            text = f'"{printable(function)}" is not one of {", ".join(known)}'
            path = f"measures.{printable(name)}.function"
            raise ContractError.of([Problem(path, text, "E112")])
        measure = Measure(name=name, function=known[function], column=column)
        measures = (*self._output.measures, measure)
        return MeasuredJoin(
            _answer=self._answer, _output=replace(self._output, measures=measures)
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MeasuredJoin(GroupedJoin):
    """A complete query: add measures, or `release` it."""

    def release(self) -> Release:
        """
        Check the query.  The verdict is NEEDS_REVIEW at best, and nothing is computed.

        Nobody sees figures of a query that the parties did not register, and anything
        else that depends on data would be told without a ledger entry.

        Raises:
            ContractError: If the query does not fit the contract.
            TableRefused, TokensRefused: As `CleanRoom.release`.
        """
        return self._answer(self._output)

    def to_toml(self, name: str) -> str:
        """Return the TOML that registers this query in the next revision."""
        output = self._output
        lines = [
            f"[outputs.{_toml(name)}]",
            f"join = [{', '.join(map(_toml, output.join))}]",
            f"on = {_toml(output.on)}",
            f"group_by = [{', '.join(map(_toml, output.group_by))}]",
            f"[outputs.{_toml(name)}.measures]",
        ]
        for measure in output.measures:
            column = f", column = {_toml(measure.column)}" if measure.column else ""
            function = _toml(measure.function.value)
            lines.append(f"{_toml(measure.name)} = {{ function = {function}{column} }}")
        return "\n".join(lines) + "\n"


def _only_names(method: str) -> ContractError:
    """Return the error for anything but names: expressions are how data leaks."""
    return ContractError.of([Problem(method, "takes names of columns only", "E112")])


def _toml(text: str) -> str:
    """Return *text* as a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped)
        + '"'
    )
