"""Warnings about one's own table: when they begin, and that their lines suffice."""

from __future__ import annotations

import itertools
import math
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import (
    Contract,
    Dimension,
    DimensionType,
    MeasureColumn,
    MeasureType,
)
from cleanroom_join.contract.terms.columns import LARGEST_UNITS
from cleanroom_join.data_profile import (
    BoundLadder,
    DimensionFacts,
    Effect,
    FrequentValue,
    MeasureFacts,
    RepeatedSubjects,
    TableFacts,
    describe_facts,
    find_warnings,
)
from cleanroom_join.testing import contract_toml
from tests.support.hostile_texts import HOSTILE
from tests.support.table_facts import dimension_facts, measure_facts

AMOUNT = 'amount = { measure = "decimal", min = 0, max = 1000, scale = 2 }'
REGION = 'region = { dimension = ["north", "south"] }'


def asset(amount=AMOUNT, region=REGION, policy=""):
    """Return the terms of the table of payments with other columns."""
    text = contract_toml(policy=policy).replace(AMOUNT, amount).replace(REGION, region)
    return Contract.from_toml(text).asset("payments")


def warnings(*columns, terms=None, rows=5_000, tokens=5_000, repeated=None):
    """Return the warnings about a table with these columns."""
    terms = terms or asset()
    facts = TableFacts(
        asset=terms.asset,
        rows=rows,
        with_token={"card_token": tokens},
        measures=tuple(c for c in columns if isinstance(c, MeasureFacts)),
        dimensions=tuple(c for c in columns if isinstance(c, DimensionFacts)),
        repeated=repeated,
    )
    return find_warnings(facts, terms)


def amounts(values, terms=None):
    """Return the facts of the column of amounts."""
    return measure_facts((terms or asset()).asset.columns["amount"], values)


def regions(values, terms=None, frequent=()):
    """Return the facts of the column of regions."""
    facts = dimension_facts((terms or asset()).asset.columns["region"], values)
    return DimensionFacts(
        column=facts.column,
        nulls=facts.nulls,
        counts=facts.counts,
        others=facts.others,
        frequent_others=tuple(FrequentValue(text=t, rows=200) for t in frequent),
    )


# --- measures ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outside", "warned"), [(0, False), (24, False), (25, True), (100, True)]
)
def test_a_warning_begins_at_half_of_what_the_guard_tolerates(outside, warned):
    """Half a percent of 5,000 values is 25."""
    found = warnings(
        amounts([Decimal(2000)] * outside + [Decimal(5)] * (5_000 - outside))
    )

    assert bool(found) == warned


def test_a_stricter_policy_warns_earlier():
    """From one value on, if the guard tolerates none."""
    terms = asset(policy="max_clamped_share = 0")
    values = [Decimal(5)] * 4_999 + [Decimal(-1)]

    (warning,) = warnings(amounts(values, terms), terms=terms)

    assert "min = -1, max = 1000, scale = 2" in warning.change.line
    assert warnings(amounts(values[:-1], terms), terms=terms) == ()


numbers = st.decimals(-(10**7), 10**7, places=2, allow_nan=False) | st.decimals(
    -1, 1_100, places=2, allow_nan=False
)


@given(
    values=st.lists(numbers | st.none(), max_size=60).map(lambda few: few * 20),
    bounds=st.tuples(numbers, numbers).map(sorted),
    share=st.sampled_from(["0", "0.01", "0.1", "0.5"]),
)
def test_the_line_to_paste_ends_the_warning(values, bounds, share):
    """The contract accepts it, and its bounds leave less outside than half of the limit."""
    low, high = bounds
    line = (
        f'amount = {{ measure = "decimal", min = {low:f}, max = {high:f}, scale = 2 }}'
    )
    policy = f"max_clamped_share = {share}"
    terms = asset(amount=line, policy=policy)

    found = [w for w in warnings(amounts(values, terms), terms=terms) if w.change]

    for warning in found:
        mended = asset(amount=warning.change.line, policy=policy)
        again = warnings(amounts(values, mended), terms=mended)
        assert not [w for w in again if w.change]
        column = mended.asset.columns["amount"]
        assert column.minimum <= low
        assert column.maximum >= high
    outside = sum(v is not None and not low <= v <= high for v in values)
    present = sum(v is not None for v in values)
    assert bool(found) == (outside > 0 and 2 * outside >= Decimal(share) * present)


@given(
    scale=st.integers(0, 9),
    units=st.tuples(*[st.integers(-LARGEST_UNITS, LARGEST_UNITS)] * 2).map(sorted),
)
def test_every_rung_is_a_bound_that_a_contract_may_have(scale, units):
    """In order, beyond the declared bound, each at most twice the one before."""
    power = Decimal(1).scaleb(-scale)
    measure = MeasureColumn(
        name="m",
        type=MeasureType.DECIMAL,
        minimum=units[0] * power,
        maximum=units[1] * power,
        scale=scale,
    )

    ladder = BoundLadder.of(measure)

    assert list(ladder.above) == sorted(
        {n for n in ladder.above if n > measure.maximum}
    )
    assert list(ladder.below) == sorted(
        {n for n in ladder.below if n < measure.minimum}, reverse=True
    )
    for number in (*ladder.above, *ladder.below):
        assert number % power == 0
        assert abs(number) <= LARGEST_UNITS * power
    positive = [n for n in ladder.above if n > 0]
    assert all(b <= 2 * a for a, b in itertools.pairwise(positive))


def test_a_boolean_is_never_outside():
    """It has no bounds to widen."""
    fraud = asset().asset.columns["fraud"]

    assert BoundLadder.of(fraud) == BoundLadder((), ())
    assert warnings(measure_facts(fraud, [True, False, None] * 1_000)) == ()


def test_values_beyond_every_bound_have_no_line():
    """A contract has no bound above a thousand million units."""
    (warning,) = warnings(amounts([Decimal(10**8)] * 200 + [Decimal(1)] * 800))

    assert warning.change is None
    assert "larger unit or fewer decimal places" in warning.advice


def test_one_nan_is_refused_by_the_room():
    """So it comes first, whatever else is wrong."""
    values = [math.nan, math.inf, *[9e9] * 50, *[1.0] * 4_000]

    found = warnings(amounts(values))

    assert [w.effect for w in found] == [Effect.REFUSED, Effect.SUPPRESSED]
    assert "2 of 4,052 rows are NaN or infinite" in found[0].finding


@pytest.mark.parametrize(("present", "warned"), [(0, True), (199, True), (200, False)])
def test_a_measure_with_hardly_any_value_is_a_warning(present, warned):
    """Below twice k: no cell would have k subjects with a value."""
    values = [Decimal(1)] * present + [None] * 4_000

    assert bool(warnings(amounts(values))) == warned


# --- dimensions --------------------------------------------------------------------


def test_values_outside_a_domain_are_a_warning_with_labels_to_add():
    """The same share is too much as of values outside bounds."""
    values = ["north"] * 39_800 + ["east"] * 200

    found = warnings(regions(values, frequent=["east"]), rows=40_000)

    (warning,) = found
    assert warning.effect is Effect.MERGED
    assert "0.5 % of 40,000 rows (200)" in warning.finding
    assert warning.change.table == "[assets.payments.columns.region]"
    assert warning.change.line == 'dimension = ["north", "south", "east"]'
    less = warnings(regions(["north"] * 39_801 + ["east"] * 200), rows=40_001)
    assert [w.effect for w in less] == [Effect.SUPPRESSED]


@pytest.mark.parametrize(
    "text", [*HOSTILE.values(), "(other)", "(ALL)", "null", "", "x" * 201]
)
def test_a_text_that_no_contract_may_have_is_in_no_line(text):
    """The line would be refused, or would move the terminal that it is copied from."""
    values = ["north"] * 4_000 + [text] * 1_000

    (warning,) = warnings(regions(values, frequent=[text]))

    assert warning.change is None
    assert all(char.isprintable() for line in warning.describe() for char in line)


def test_other_spellings_of_a_label_are_no_labels():
    """Two labels that look alike are refused, so the data is to be mended."""
    values = ["North "] * 4_000 + ["east", "EAST"] * 1_000

    (warning,) = warnings(regions(values, frequent=["North ", "east", "EAST"]))

    assert '"North " look like declared values' in warning.advice
    assert warning.change.line == 'dimension = ["north", "south", "east"]'
    assert "no row has a declared value" in warning.finding


@given(
    kind=st.sampled_from(["string", "int"]),
    texts=st.lists(st.integers(-5, 40) | st.text(max_size=6), unique=True, max_size=5),
)
def test_the_contract_accepts_every_line_with_labels(kind, texts):
    """Whatever the values outside the domain are."""
    region = "region = { dimension = [1, 2] }" if kind == "int" else REGION
    frequent = [str(t) for t in texts if isinstance(t, int) or kind == "string"]
    terms = asset(region=region)
    column = terms.asset.columns["region"]
    outside = [text for text in frequent if text not in column.values]

    found = warnings(
        regions([*outside, "?"] * 2_000, terms, frequent=outside), terms=terms
    )

    for warning in found:
        if warning.change is not None:
            line = f"region = {{ {warning.change.line} }}"
            mended = asset(region=line).asset.columns["region"]
            assert set(column.values) < set(mended.values)


def test_labels_of_few_rows_are_a_warning_with_a_shorter_domain():
    """Their cells would be suppressed, and others with them."""
    region = 'region = { dimension = ["north", "south", "n\\"1", "n2"] }'
    terms = asset(region=region)
    values = ["north"] * 4_000 + ["south"] * 300 + ['n"1'] * 150 + ["n2"] * 60

    (warning,) = warnings(regions(values, terms), terms=terms)

    assert warning.effect is Effect.SUPPRESSED
    assert '"n"1" (150), "n2" (60)' in warning.finding
    assert warning.change.line == 'dimension = ["north", "south"]'


def test_few_rows_without_a_value_are_a_warning():
    """NULL is a label of its own, which no contract can merge."""
    (warning,) = warnings(regions(["north"] * 4_000 + [None] * 40))

    assert "few rows have NULL (40)" in warning.finding
    assert "give rows without a value a label" in warning.advice
    assert warning.change is None


@pytest.mark.parametrize(("missing", "warned"), [(0, False), (599, True), (600, False)])
def test_null_is_rare_beside_a_tenth_of_the_median_label(missing, warned):
    """In each cross with other dimensions its cells are the small ones."""
    values = ["north"] * 6_000 + ["south"] * 9_000 + [None] * missing

    found = warnings(regions(values), rows=len(values))

    assert bool(found) == warned
    assert (
        not warned or "NULL (599), and 6,000 have the median label" in found[0].finding
    )


def test_few_values_outside_a_domain_are_rare_and_not_named():
    """No label can be added for them, and nothing is above `(other)`."""
    (warning,) = warnings(regions(["north"] * 4_000 + ["4111111111111111"]))

    assert "(other) (1)" in warning.finding
    assert "Correct values outside the domain" in warning.advice
    assert warning.change is None
    assert "4111" not in "\n".join(warning.describe())


def test_rare_labels_with_a_coarser_label_are_no_warning():
    """The guard merges them."""
    region = 'region = { dimension = ["n1", "n2"], parents = { n1 = "north", n2 = "north" } }'
    terms = asset(region=region)

    assert warnings(regions(["n1"] * 4_000 + ["n2"], terms), terms=terms) == ()


def test_no_rare_value_makes_no_warning():
    """Labels that no row has cost nothing; `describe_facts` lists them."""
    assert warnings(regions(["north"] * 4_000)) == ()


# --- the table ---------------------------------------------------------------------


@pytest.mark.parametrize(("tokens", "warned"), [(0, True), (199, True), (200, False)])
def test_a_table_of_few_tokens_is_a_warning(tokens, warned):
    """The room refuses a table of fewer than k subjects."""
    found = warnings(tokens=tokens)

    assert [w.effect for w in found] == ([Effect.REFUSED] if warned else [])


def test_an_empty_table_has_one_warning():
    """Not one for each column."""
    (warning,) = warnings(amounts([]), regions([]), rows=0, tokens=0)

    assert "0 of 0 rows have a token" in warning.finding


def test_repeated_subjects_are_a_warning_only_if_there_are_some():
    """Where the contract promises one row for each."""

    def repeated(subjects):
        return RepeatedSubjects(
            column="card_token", subject="card", subjects=subjects, rows=2 * subjects
        )

    (warning,) = warnings(repeated=repeated(1))

    assert "subjects on more than one row: 1 (2 rows)" in warning.finding
    assert warnings(repeated=repeated(0)) == ()


@given(
    values=st.lists(numbers | st.none(), max_size=50),
    labels=st.lists(st.sampled_from(["north", "south", "x", None]), max_size=50),
    times=st.integers(1, 300),
)
def test_every_table_has_a_description(values, labels, times):
    """One line for each column, and no share beyond 100 %."""
    facts = TableFacts(
        asset=asset().asset,
        rows=len(labels) * times,
        with_token={},
        measures=(amounts(values * times),),
        dimensions=(regions(labels * times),),
        repeated=None,
    )

    lines = list(describe_facts(facts))

    assert len(lines) == 2
    shares = [float(s) for line in lines for s in re.findall(r"([\d.]+) %", line)]
    assert len(shares) == 4
    assert all(0 <= share <= 100 for share in shares)
    found = find_warnings(facts, asset())
    assert [w.effect for w in found] == sorted(
        (w.effect for w in found), key=list(Effect).index
    )


def test_a_boolean_dimension_has_nothing_outside():
    """Its rare label is told, and no domain is proposed."""
    flag = Dimension(name="flag", type=DimensionType.BOOLEAN, values=("false", "true"))
    facts = dimension_facts(flag, [True] * 4_000 + [False] * 3)

    (warning,) = warnings(facts)

    assert '"false" (3)' in warning.finding
    assert warning.change is None
