"""
What holds for every table: the properties of the guard, over generated tables.

The tables are rows; an independent plain-Python aggregation gives their statistics
and a brute-force reference guard, written differently, says what to publish.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import PolicyOverrides, strictest
from cleanroom_join.contract.policy import SETTINGS, Policy, Stricter
from cleanroom_join.disclosure import Rule, protect, rows_digest
from tests.reference.guard_reference import reference_release
from tests.reference.statistics import cells_of
from tests.reference.tables import CONTRACT, QUESTION, SUBJECTS, TABLES, rows_of

POLICY = CONTRACT.policy
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck)
)
MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck)
)


def reference(rows, policy):
    """Ask the brute-force guard."""
    columns = ["card", "shop", "region", "illness", "fraud", "amount"]
    return reference_release(
        pd.DataFrame(
            {c: pd.Series([r[c] for r in rows], dtype=object) for c in columns}
        ),
        subjects=SUBJECTS,
        group_by=["region", "illness"],
        domains={"region": ["north", "south"], "illness": [1, 2]},
        measures=[
            {"name": "record_count", "function": "count"},
            {"name": "fraud_rate", "function": "rate", "column": "fraud"},
            {
                "name": "mean_amount",
                "function": "mean",
                "column": "amount",
                "min": 0,
                "max": 1000,
                "scale": 2,
            },
            {
                "name": "total_amount",
                "function": "sum",
                "column": "amount",
                "min": 0,
                "max": 1000,
                "scale": 2,
            },
            {"name": "shops", "function": "count_distinct", "column": "shop"},
        ],
        policy={
            "min_cohort": policy.min_cohort,
            "min_minority": policy.min_minority,
            "min_values": policy.min_values,
            "max_clamped_share": policy.max_clamped_share,
            "dominance": {
                "n": policy.dominance_n,
                "share": policy.dominance_share,
                "p_percent": policy.dominance_p,
            },
            "rounding": {"count": policy.count_base, "rate_digits": policy.rate_digits},
            "sensitive": ["illness"],
        },
    )


def guard(rows, policy=POLICY):
    """Ask the real guard, through the plain-Python aggregation."""
    return protect(cells_of(rows, QUESTION, SUBJECTS), QUESTION, policy)


def answers(table):
    """Return a guarded table in the reference's form."""
    names = [column.name for column in table.columns[2:]]
    published = {
        cell.key: {n: Fraction(v) for n, v in zip(names, cell.figures, strict=True)}
        for cell in table.published
    }
    return published | {cell.key: cell.finding.rule.value for cell in table.withheld}


@QUICK
@given(TABLES)
def test_the_guard_agrees_with_brute_force(drawn):
    """Cell by cell, figure by figure and reason by reason."""
    rows = rows_of(drawn)

    expected = reference(rows, POLICY)

    assert answers(guard(rows)) == expected


def test_the_generated_tables_reach_every_rule():
    """The comparison above is no comparison of empty tables: no totals, no history."""
    seen = set()

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(TABLES)
    def look(drawn):
        table = guard(rows_of(drawn))
        seen.update(cell.finding.rule for cell in table.withheld)
        seen.update(["published"] if table.published else [])

    look()
    others = {Rule.COMPLEMENT, Rule.DIFFERENCING, Rule.NOISE}
    assert seen == {*Rule, "published"} - others


@MANY
@given(TABLES)
def test_every_published_cell_has_k_subjects(drawn):
    """Of every kind, and for every measure, counted again from the rows."""
    rows = rows_of(drawn)

    for cell in guard(rows).published:
        own = [
            r
            for r in rows
            if (
                r["region"] if r["region"] != "elsewhere" else "(other)",
                None
                if r["illness"] is None
                else str(r["illness"])
                if r["illness"] != 3
                else "(other)",
            )
            == cell.key
        ]
        for subject in SUBJECTS:
            for having in ("card", "fraud", "amount"):
                people = {
                    r[subject]
                    for r in own
                    if r[subject] is not None and r[having] is not None
                }
                assert len(people) >= 100


@MANY
@given(TABLES, st.integers(1, 50))
def test_repeating_a_subjects_rows_never_makes_a_cohort(drawn, times):
    """Rows are not people: cohort and homogeneity decide the same after repeating."""
    rows = rows_of(drawn)
    counted = (Rule.COHORT, Rule.HOMOGENEOUS)

    def refused(some):
        return {
            c.key: c.finding for c in guard(some).withheld if c.finding.rule in counted
        }

    assert refused(rows + [dict(rows[0])] * times) == refused(rows)


def wishes():
    """Return a strategy of stricter wishes, near the figures of the tables."""
    values = {
        "min_cohort": st.integers(100, 112),
        "min_minority": st.integers(2, 40),
        "min_values": st.integers(2, 4),
        "max_clamped_share": st.decimals("0", "0.05", places=3),
        "dominance_n": st.integers(1, 2),
        "dominance_share": st.decimals("0.01", "1", places=2),
        "dominance_p": st.integers(1, 100),
    }
    return st.fixed_dictionaries({}, optional=values).map(
        lambda w: PolicyOverrides(values=tuple(w.items()))
    )


@MANY
@given(TABLES, wishes(), wishes())
def test_a_stricter_policy_never_publishes_more(drawn, one, other):
    """Every setting, alone and with others, only takes away."""
    rows = rows_of(drawn)
    loose = Policy(
        **{**{s.name: getattr(Policy(), s.name) for s in SETTINGS}, **dict(one.values)}
    )
    strict = strictest(loose, [other])

    less = {cell.key for cell in guard(rows, strict).published}

    assert less <= {cell.key for cell in guard(rows, loose).published}


def test_stricter_means_more_is_withheld_for_each_setting():
    """The direction of every setting that decides is named correctly."""
    deciding = {
        s.name: s.stricter
        for s in SETTINGS
        if s.name.startswith(("min_c", "min_mi", "min_v", "dominance", "max_clamped"))
    }

    assert deciding == {
        "min_cohort": Stricter.HIGHER,
        "min_minority": Stricter.HIGHER,
        "min_values": Stricter.HIGHER,
        "max_clamped_share": Stricter.LOWER,
        "dominance_n": Stricter.HIGHER,
        "dominance_share": Stricter.LOWER,
        "dominance_p": Stricter.HIGHER,
    }


@MANY
@given(TABLES, st.integers())
def test_the_order_of_rows_and_the_names_of_tokens_do_not_matter(drawn, seed):
    """Permuting rows and renaming subjects one to one changes not one byte."""
    rows = rows_of(drawn)
    renamed = [{**r, **{s: r[s] and f"x{hash(r[s])}" for s in SUBJECTS}} for r in rows]
    random.Random(seed).shuffle(renamed)

    one, other = guard(rows), guard(renamed)

    assert one == other
    assert rows_digest(one.columns, one.rows) == rows_digest(other.columns, other.rows)


@MANY
@given(TABLES)
def test_published_figures_are_rounded(drawn):
    """Counts are multiples of the base and at least k; figures have three digits."""
    for cell in guard(rows_of(drawn)).published:
        for value in cell.figures:
            if isinstance(value, int):
                assert value >= POLICY.min_cohort
                assert value % POLICY.count_base == 0
            else:
                assert len(value.as_tuple().digits) <= POLICY.rate_digits


@MANY
@given(TABLES)
def test_nothing_secret_has_a_repr(drawn):
    """Statistics and guarded tables show no figure and no token."""
    cells = cells_of(rows_of(drawn), QUESTION, SUBJECTS)

    for cell in cells:
        shown = (
            repr(cell)
            + repr(list(cell.subjects.values()))
            + repr(list(cell.columns.values()))
        )
        assert not any(character.isdigit() for character in shown.split(" at 0x")[0])
    assert "rows" not in repr(protect(cells, QUESTION, POLICY))


@QUICK
@given(TABLES, st.data())
def test_a_missing_fact_stops_everything(drawn, data):
    """No fact is guessed: without one of them nothing is published."""
    import dataclasses

    from cleanroom_join.errors import InternalError

    cells = cells_of(rows_of(drawn), QUESTION, SUBJECTS)
    victim = data.draw(st.sampled_from(range(len(cells))))
    cell = cells[victim]
    broken = data.draw(
        st.sampled_from(
            [
                dataclasses.replace(cell, subjects={}),
                dataclasses.replace(cell, subjects={"card": cell.subjects["card"]}),
                dataclasses.replace(cell, columns={}),
                dataclasses.replace(cell, key=cell.key[:1]),
            ]
        )
    )

    with pytest.raises(InternalError):
        protect([*cells[:victim], broken, *cells[victim + 1 :]], QUESTION, POLICY)


def test_no_cells_publish_nothing():
    """An empty table is an empty answer, not an error of the guard."""
    table = guard([])

    assert (table.published, table.withheld) == ((), ())


@QUICK
@given(TABLES)
def test_the_same_cell_twice_is_refused(drawn):
    """Two statistics of one cell would let a half of it pass as a whole."""
    from cleanroom_join.errors import InternalError

    cells = cells_of(rows_of(drawn), QUESTION, SUBJECTS)
    assume(cells)

    with pytest.raises(InternalError):
        protect([*cells, cells[0]], QUESTION, POLICY)


@given(st.integers(100, 10**12), st.integers(1, 1000), st.integers(100, 10**6))
def test_rounded_counts_stay_near_and_above_k(count, base, k):
    """A rounded count is the nearest multiple, or the smallest that is at least k."""
    from cleanroom_join.disclosure.rounding import round_count

    rounded = round_count(count, base, k)

    assert rounded % base == 0
    assert rounded >= k
    assert abs(rounded - count) * 2 <= base or rounded - base < k


@given(st.fractions(), st.integers(1, 6))
def test_rounded_figures_are_the_nearest(value, digits):
    """No decimal of that many digits is nearer to the exact value."""
    from cleanroom_join.disclosure.rounding import round_figure

    rounded = round_figure(value, digits)
    step = Decimal(1).scaleb(rounded.adjusted() - digits + 1) if rounded else Decimal(0)

    assert len(rounded.as_tuple().digits) <= digits
    assert abs(Fraction(rounded) - value) * 2 <= Fraction(step) or not value
