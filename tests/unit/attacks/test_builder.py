"""Attacks 5, 6, 13, 14 and 15 through the notebook's builder; no session is needed."""

from __future__ import annotations

import pytest

from cleanroom_join.attacks import surface
from cleanroom_join.attacks.ask import COUNT, Ask
from cleanroom_join.attacks.shape import ASSETS, Shape, agreed
from cleanroom_join.contract import Function, resolve
from cleanroom_join.errors import ContractError

CONTRACT = agreed(Shape().toml(Ask(group_by=("club",), figures=(COUNT,))))


def joined():
    """Begin a question in a room without a session."""
    from cleanroom_join.spark import CleanRoom

    return CleanRoom(None, CONTRACT).join(*ASSETS)


@pytest.mark.parametrize(
    "function", ["min", "max", "median", "first", "any_value", "collect_list", "stddev"]
)
def test_no_other_aggregate_can_be_built(function):
    """The list of functions says which there are, not which there are not."""
    with pytest.raises(ContractError, match="is not one of") as refused:
        joined().group_by("club").measure("x", function, "spend")

    assert [p.code for p in refused.value.problems] == ["E112"]
    assert function not in {f.value for f in Function}


@pytest.mark.parametrize(
    "column", ["CASE WHEN ill THEN 1 END", "spend + score", "person", "salary", "*"]
)
def test_no_expression_and_no_other_column_can_be_summed(column):
    """A measure is a declared column, by its name."""
    built = joined().group_by("club").measure("x", "sum", column)

    with pytest.raises(ContractError, match="measure of any joined asset"):
        resolve(CONTRACT, built._output)


@pytest.mark.parametrize("column", ["person", "spend", "substr(person, 1, 4)"])
def test_no_other_grouping_can_be_built(column):
    """A dimension is a declared column with a declared domain."""
    built = joined().group_by(column).measure("n", "count")

    with pytest.raises(ContractError, match="is not a dimension"):
        resolve(CONTRACT, built._output)


@pytest.mark.parametrize("thing", [1, object(), ["club"], b"club"])
def test_only_names_are_taken(thing):
    """A Column object is an expression in disguise."""
    with pytest.raises(ContractError, match="names of columns only"):
        joined().group_by(thing)
    with pytest.raises(ContractError, match="names of columns only"):
        joined().group_by("club").measure("x", "sum", thing)


def test_every_class_that_a_notebook_holds_is_looked_at():
    """Attack 24 reads their source, wherever it is."""
    from cleanroom_join import spark

    room = (spark.CleanRoom, spark.Joined, spark.GroupedJoin, spark.MeasuredJoin)
    modules = {c.__module__ for c in (*room, spark.Release)}

    looked_at = {f"cleanroom_join.{m[:-3].replace('/', '.')}" for m in surface._MODULES}
    assert modules == looked_at
