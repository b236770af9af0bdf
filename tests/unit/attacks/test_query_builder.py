"""Attacks 5, 6, 13, 14 and 15 through the notebook's query builder, without a session."""

from __future__ import annotations

from contextlib import suppress

import pytest
from pyspark.sql import functions

from cleanroom_join.attacks.fixture import ASSETS, Fixture, agreed
from cleanroom_join.attacks.query import COUNT, AttackQuery
from cleanroom_join.contract import Function, resolve
from cleanroom_join.errors import ContractError

CONTRACT = agreed(Fixture().toml(AttackQuery(group_by=("club",), figures=(COUNT,))))


def joined():
    """Begin a query in a room without a session."""
    from cleanroom_join.room import CleanRoom

    return CleanRoom(None, CONTRACT).join(*ASSETS)


EXTREMES = "min max min_by max_by first first_value last any_value nth_value"
ORDERS = (
    "median percentile percentile_approx approx_percentile percentile_cont"
    " percentile_disc mode histogram_numeric"
)
LISTS = (
    "collect_list collect_set array_agg list_agg listagg string_agg group_concat"
    " json_agg map_agg"
)
SPREADS = (
    "variance var_pop var_samp stddev std stddev_pop stddev_samp skewness kurtosis"
    " corr covar_pop covar_samp regr_slope regr_intercept"
)
ODDITIES = (
    "bool_and bool_or every some any bit_and bit_or bit_xor product count_if sum_distinct"
    " approx_count_distinct hll_sketch_agg count_min_sketch grouping grouping_id try_sum"
    " try_avg avg COUNT Sum rollup cube"
)


@pytest.mark.parametrize(
    "function", f"{EXTREMES} {ORDERS} {LISTS} {SPREADS} {ODDITIES}".split()
)
def test_no_other_aggregate_can_be_built(function):
    """Functions are allowed by name; none is forbidden by name."""
    with pytest.raises(ContractError) as refused:
        joined().group_by("club").measure("x", function, "spend")

    (problem,) = refused.value.problems
    assert problem == (
        f'measures.x.function: "{function}" is not one of count, count_distinct, sum,'
        " mean, rate [E112]"
    )


def test_of_sparks_functions_only_four_can_be_built():
    """A function that the next version of Spark adds is refused too."""
    grouped = joined().group_by("club")
    built = set()
    for name in dir(functions):
        with suppress(ContractError):
            grouped.measure("x", name, "spend")
            built.add(name)

    assert built == {"count", "count_distinct", "sum", "mean"}
    assert {f.value for f in Function} == built | {"rate"}


@pytest.mark.parametrize("name", ["", " sum", "sum ", "sum(spend)", "sum\n", "súm"])
def test_a_function_is_named_exactly(name):
    """No name is trimmed, folded or parsed until it fits."""
    with pytest.raises(ContractError, match="is not one of") as refused:
        joined().group_by("club").measure("x", name, "spend")

    assert [p.code for p in refused.value.problems] == ["E112"]


GROUPINGS = ("rollup", "cube", "groupingSets", "grouping_sets", "pivot", "unpivot")
WAYS_ROUND = ("agg", "having", "filter", "where", "select", "sql", "withColumn", "expr")


def test_there_is_no_other_way_to_group():
    """Only the contract asks for totals; no step has a method for rollups or cubes."""
    from cleanroom_join.room import CleanRoom

    grouped = joined().group_by("club")
    room = CleanRoom(None, CONTRACT)
    steps = (room, joined(), grouped, grouped.measure("n", "count"))

    for step in steps:
        for method in (*GROUPINGS, *WAYS_ROUND):
            assert not hasattr(step, method)
            with pytest.raises(AttributeError, match=f"no attribute '{method}'"):
                getattr(step, method)


@pytest.mark.parametrize(
    "grouping", ["rollup(club)", "cube(club)", "GROUPING SETS ((club), ())", "()", "1"]
)
def test_no_grouping_is_read_out_of_a_name(grouping):
    """A grouping of SQL is the name of no column."""
    built = joined().group_by(grouping).measure("n", "count")

    with pytest.raises(ContractError, match="is not a dimension") as refused:
        resolve(CONTRACT, built._output)

    assert {p.code for p in refused.value.problems} == {"E115"}


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
    """A Column object is refused, since it is an expression."""
    with pytest.raises(ContractError, match="names of columns only"):
        joined().group_by(thing)
    with pytest.raises(ContractError, match="names of columns only"):
        joined().group_by("club").measure("x", "sum", thing)
