"""Domains, coarser labels, bounds, and the output of a first contract."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import DimensionType, MeasureType
from cleanroom_join.errors import TableRefused
from cleanroom_join.first_contract.bounds import round_bounds
from cleanroom_join.first_contract.column_roles import ColumnRole, Role
from cleanroom_join.first_contract.contents import (
    with_bounds,
    with_domain,
    with_parents,
)
from cleanroom_join.first_contract.draft import (
    DraftColumn,
    DraftTable,
    without_repeated_names,
)
from cleanroom_join.first_contract.labels import (
    fit_labels,
    fitting_parents,
    prefix_parents,
)
from cleanroom_join.first_contract.output_choice import (
    CellFigures,
    Grouping,
    choose_grouping,
    choose_measures,
)


def dimension(name="region", kind=DimensionType.STRING):
    """Return the role of a dimension."""
    return ColumnRole(name=name, role=Role.DIMENSION, reason="", dimension=kind)


def measure(name, kind=MeasureType.INT, scale=0):
    """Return a measure column without bounds."""
    role = ColumnRole(
        name=name, role=Role.MEASURE, reason="", measure=kind, scale=scale
    )
    return DraftColumn(role=role)


def test_labels_that_a_contract_refuses_are_left_out():
    """Alike, reserved, like NULL, padded, unprintable, not composed, too long."""
    bad = ["(other)", "(all)", "null", " x", "x ", "a\u200bb", "e\u0301", "", "y" * 201]

    assert fit_labels(["north", "south", *bad]) == ("north", "south")
    assert fit_labels(["nsw", "NSW", "Nsw "]) == ("NSW",)


def test_whole_numbers_are_sorted_as_numbers():
    """And labels of text as text, so that no order tells which value is frequent."""
    whole = with_domain(dimension(kind=DimensionType.INT), ["10", "9", "-1"], 100)
    text = with_domain(dimension(), ["10", "9"], 100)

    assert whole.labels == ("-1", "9", "10")
    assert text.labels == ("10", "9")


def test_a_dimension_with_one_label_is_left_out():
    """Nothing can be grouped by it."""
    column = with_domain(dimension(), ["north", "(other)"], 100)

    assert column.role.role is Role.LEFT_OUT
    assert "100 subjects" in column.role.reason


@pytest.mark.parametrize(
    ("labels", "groups"),
    [
        (["I10", "I21", "K35", "J18"], {"I10": "I*", "I21": "I*"}),
        (["N1", "N2", "S1", "S2"], {"N1": "N*", "N2": "N*", "S1": "S*", "S2": "S*"}),
        (["4511", "5311", "5411"], {"5311": "5*", "5411": "5*"}),
        (["SW1A 1AA", "SW2 1BB", "E1 6AN"], {"SW1A 1AA": "SW*", "SW2 1BB": "SW*"}),
        (["2019", "2020", "2021"], {}),
        (["basic", "plus"], {}),
        (["I10", "I21", "unknown"], {}),
        (["I10", "J18"], {}),
        (["I10", "I21", "J18", "i*"], {}),
    ],
)
def test_codes_that_begin_alike_are_a_group(labels, groups):
    """Only where every label is a code, and there are several groups."""
    assert dict(prefix_parents(labels)) == groups


def test_coarser_labels_look_like_no_label():
    """A column that repeats the labels in another case is no hierarchy."""
    labels = ["nsw", "vic", "act"]

    assert (
        dict(fitting_parents(labels, {"nsw": "NSW", "vic": "NSW", "act": "ACT"})) == {}
    )
    assert dict(fitting_parents(labels, dict.fromkeys(labels, "null"))) == {}
    assert dict(
        fitting_parents(labels, dict.fromkeys(labels, "east"))
    ) == dict.fromkeys(labels, "east")


def test_a_column_that_is_determined_goes_before_prefixes():
    """The first that a contract can have; else prefixes."""
    column = with_domain(dimension(), ["N1", "N2", "S1"], 100)
    groups = {"N1": "north", "N2": "north", "S1": "south"}

    found = with_parents(
        column, {"zone": dict.fromkeys(groups, "(all)"), "half": groups}
    )
    none = with_parents(column, {})

    assert (found.parents_column, dict(found.parents)) == ("half", groups)
    assert (none.parents_column, set(none.parents.values())) == (None, {"N*"})


@given(
    st.decimals(-(10**8), 10**8, places=3),
    st.decimals(-(10**8), 10**8, places=3),
    st.integers(0, 3),
)
def test_bounds_hold_the_quantiles_and_are_no_value(low, high, scale):
    """1, 2 or 5 times a power of ten; a value is no bound unless it is such a number."""
    low, high = sorted((low, high))

    bounds = round_bounds(low, high, scale)

    if bounds is None:
        assert max(abs(low), abs(high)) * 10**scale > 10**8
        return
    assert bounds[0] <= low
    assert high <= bounds[1]
    assert bounds[0] < bounds[1]
    for bound in bounds:
        digits = bound.as_tuple().digits
        assert bound == 0 or digits[0] in (1, 2, 5)
        assert set(digits[1:]) <= {0}
        assert bound == round(bound, scale)


def test_numbers_beyond_what_a_contract_holds_are_left_out():
    """Rather than clamped out of sight."""
    assert with_bounds(measure("a"), Decimal(0), Decimal(2 * 10**9)).bounds is None
    assert with_bounds(measure("a"), Decimal(0), Decimal(7)).bounds == (0, 10)
    assert with_bounds(measure("a"), Decimal(0), Decimal(0)).bounds == (0, 1)


def grouping(names, tables, sizes, possible=10):
    """Return a grouping."""
    return Grouping(
        dimensions=tuple(names),
        tables=frozenset(tables),
        sizes=tuple(sizes),
        possible=possible,
    )


def test_the_output_groups_by_both_tables_where_cells_are_large():
    """What the join is for; a grouping of small cells is not taken."""
    one = grouping("a", "l", [900, 900])
    both = grouping("ab", "lr", [400, 400, 400, 500, 50])
    small = grouping("ac", "lr", [130] * 5 + [90] * 12)
    huge = grouping("ad", "lr", [900] * 9, possible=10_001)

    assert choose_grouping([one, both, small, huge], 2_000, 100) is both
    assert choose_grouping([one, small], 2_000, 100) is one


def test_cells_that_use_up_the_budget_are_not_asked_for():
    """A subject in a hundred cells bears too many figures, however large they are."""
    few = grouping("a", "l", [900] * 4)
    many = grouping("ab", "lr", [400] * 100)

    assert choose_grouping([few, many], 1_000, 100) is few
    assert choose_grouping([few, many], 3_000, 100) is many


def test_no_large_cell_is_an_error():
    """No contract is written under which nothing can be published."""
    with pytest.raises(TableRefused, match="E323"):
        choose_grouping([grouping("a", "l", [119, 3])], 2_000, 100)
    with pytest.raises(TableRefused, match="E323"):
        choose_grouping([], 2_000, 100)


def cells(subjects=500, rows=1000, clamped=0, off_low=200, off_high=200):
    """Return four like cells."""
    one = CellFigures(
        subjects=subjects,
        rows=rows,
        clamped=clamped,
        off_low=off_low,
        off_high=off_high,
    )
    return [one] * 4


def test_figures_are_those_that_cells_can_show():
    """A rate with too few on one side, or a number often out of bounds, is not asked for."""
    columns = [
        (measure("rare", MeasureType.BOOLEAN), cells(off_low=5)),
        (measure("late", MeasureType.BOOLEAN), cells()),
        (measure("wild"), cells(clamped=6)),
        (measure("seats"), cells(clamped=5)),
        (measure("more"), cells()),
    ]

    chosen = choose_measures(columns, ["region"], 100)

    assert [(m.name, m.function, m.column) for m in chosen] == [
        ("record_count", "count", None),
        ("mean_seats", "mean", "seats"),
        ("rate_late", "rate", "late"),
    ]


def test_names_of_figures_meet_no_dimension():
    """Spark ignores case."""
    chosen = choose_measures([(measure("a"), cells())], ["Record_Count", "mean_a"], 100)

    assert [m.name for m in chosen] == ["record_count_2", "mean_a_2"]


def test_a_name_in_both_tables_is_the_first_ones():
    """An output could not tell which is meant; nor from a column of the guard's."""
    region = DraftColumn(role=dimension(), labels=("n", "s"))
    size = DraftColumn(role=dimension("COHORT_SIZE"), labels=("n", "s"))
    tables = [
        DraftTable(party=p, asset=a, columns=columns, one_row_per_subject=True)
        for p, a, columns in (
            ("a", "left", (region, size)),
            ("b", "right", (DraftColumn(role=dimension("REGION"), labels=("n", "s")),)),
        )
    ]

    left, right = without_repeated_names((tables[0], tables[1]))

    assert [c.role.role for c in left.columns] == [Role.DIMENSION, Role.LEFT_OUT]
    assert [c.role.role for c in right.columns] == [Role.LEFT_OUT]
    assert "left has a column of this name" in right.columns[0].role.reason
