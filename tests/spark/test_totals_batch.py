"""
Totals and coarser cells through the real aggregation: properties 2 and 5, in one job.

A dimension ``batch`` says which table a row is of; every total keeps it, so that each
table has totals of its own.  The same tables are counted in plain Python, and an
attacker with a linear program looks at what is published of them.
"""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.token_join import join
from cleanroom_join.testing import contract_toml
from tests.reference.attackers import assert_hidden
from tests.support.frames import local_frame
from tests.support.plain_tables import HIERARCHIES, cells_from_counts, query_over

# Many tables at once: `make long` runs them, in both modes and on the floor.
pytestmark = pytest.mark.slow

DRAWN = 50
ABOVE = "two steps"
LABELS = {"a": ("a1", "a2", "a3", "a5"), "b": ("b1", "b2")}
"""Of which two pairs are beneath one label, and that beneath another."""

COUNTS = st.sampled_from([0, 0, 5, 40, 60, 90, 99, 100, 101, 105, 130, 180, 260])
ONE, POLICY = query_over("ab", '"all"', parents=ABOVE)
"""The question of one table."""


def _dimension(name, values):
    """Return a dimension as the contract writes it, with what is above its values."""
    chain = {k: v for k, v in HIERARCHIES[ABOVE].items() if name == "a"}
    pairs = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in chain.items())
    parents = f", parents = {{ {pairs} }}" if pairs else ""
    return f"{name} = {{ dimension = {json.dumps(values)}{parents} }}\n"


AGREED = Contract.from_toml(
    contract_toml(
        policy="max_cells = 100000",
        accounts=_dimension("a", [f"a{i}" for i in range(1, 7)])
        + _dimension("b", [f"b{i}" for i in range(1, 7)])
        + f"batch = {{ dimension = {list(range(DRAWN))} }}",
        group_by=("a", "b", "batch"),
        measures='n = { function = "count" }',
        totals='[["a", "batch"], ["b", "batch"], ["batch"]]',
    )
)
ASKED = resolve(AGREED, AGREED.output("segments"))


def drawn():
    """Return tables of counts by leaf, in the order of their numbers."""
    tables = []
    leaves = list(itertools.product(*LABELS.values()))

    @settings(max_examples=2 * DRAWN, derandomize=True, database=None)
    @given(st.fixed_dictionaries(dict.fromkeys(leaves, COUNTS)))
    def draw(table):
        tables.append({leaf: n for leaf, n in table.items() if n})

    draw()
    return [table for table in tables if table][-DRAWN:]


def frames(spark, tables):
    """Return the two shared tables: people are made in Spark, one row each."""
    counts = [
        (number, *leaf, n)
        for number, table in enumerate(tables)
        for leaf, n in table.items()
    ]
    people = local_frame(spark, counts, "batch int, a string, b string, n int")
    people = people.withColumn("i", F.explode(F.sequence(F.lit(1), F.col("n"))))
    name = F.concat_ws("/", "batch", "a", "b", "i").cast("binary")
    card = F.concat(F.lit("k1:"), F.sha2(name, 256)).alias("card_token")
    return {
        "payments": people.select(
            card,
            F.lit("north").alias("region"),
            F.lit(True).alias("fraud"),
            F.lit(1.0).alias("amount"),
        ),
        "accounts": people.select(
            card, F.lit("old").alias("age_band"), "a", "b", "batch"
        ),
    }


@pytest.fixture(scope="module")
def tables():
    """The tables, as they were drawn."""
    return drawn()


@pytest.fixture(scope="module")
def batch(spark, tables):
    """The statistics of every table's items, from one aggregation."""
    members = first_ledger(AGREED).key.hash_key_row(spark)
    joined = join(ASKED, frames(spark, tables), members)
    return by_table(aggregate(ASKED, joined, fingerprinted=True), len(tables))


def by_table(cells, many):
    """Return the cells of each table, without the dimension ``batch``."""
    found = [[] for _ in range(many)]
    for cell in cells:
        *key, number = cell.labels
        found[int(number)].append(replace(cell, labels=tuple(key)))
    return found


def test_plain_python_counts_the_same(tables, batch):
    """Leaves, coarser cells of both heights, and totals: every item of every table."""
    assert len(tables) == DRAWN
    for counts, cells in zip(tables, batch, strict=True):
        bare = {
            c.labels: replace(c, fingerprint=None, contents=None, cell_key=None)
            for c in cells
        }
        assert bare == {c.labels: c for c in cells_from_counts(counts, ONE)}


def test_no_withheld_count_follows(tables, batch):
    """Property 5: whatever is published, everything else is uncertain by k."""
    seen = Counter()
    for counts, cells in zip(tables, batch, strict=True):
        table = protect(cells, ONE, POLICY)
        assert_hidden(counts, table, ONE)
        labels = {label for cell in table.published for label in cell.labels}
        seen.update(labels & {"tiny", "low", "(all)"})
        seen.update({cell.rule for cell in table.suppressed})

    wanted = ("tiny", "low", "(all)", Rule.THRESHOLD, Rule.COMPLEMENTARY)
    assert min(seen[x] for x in wanted) > 1, seen


def test_what_a_rule_withholds_by_itself_stays_withheld(batch):
    """Property 2: a larger k shows nothing that is too small for the smaller one."""
    rng = random.Random(2)
    taken = 0
    for cells in batch:
        strict = replace(POLICY, min_cohort=POLICY.min_cohort + rng.randint(1, 60))
        loose, less = protect(cells, ONE, POLICY), protect(cells, ONE, strict)
        sizes = {cell.labels: cell.rows for cell in cells}
        refused = {c.labels for c in loose.suppressed if c.rule is Rule.THRESHOLD}
        shown = {cell.labels for cell in less.published}
        assert refused.isdisjoint(shown)
        assert min((sizes[key] for key in shown), default=9999) >= strict.min_cohort
        taken += bool({cell.labels for cell in loose.published} - shown)

    assert taken > DRAWN // 10
