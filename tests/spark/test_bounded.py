"""Bounded contributions in Spark: what plain Python bounds, in every item and any order."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from chispa import assert_df_equality

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Policy, Protection, resolve
from cleanroom_join.review import Verdict
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.cells.contribution_bound import bound_contributions
from cleanroom_join.spark.room.token_join import join
from cleanroom_join.testing import contract, contract_toml
from tests.reference.bounded_reference import quantities, rows_by_subject
from tests.spark.support import (
    account_rows,
    ended,
    frames,
    payment_rows,
    room,
    token,
    told,
)
from tests.support.frames import local_frame

MEASURES = """
n = { function = "count" }
fraud_rate = { function = "rate", column = "fraud" }
mean_amount = { function = "mean", column = "amount" }
total_balance = { function = "sum", column = "balance" }
"""
CONTRACT = Contract.from_toml(
    contract_toml(
        payments='balance = { measure = "int", min = -50, max = 20 }',
        accounts='tier = { dimension = ["t1", "t2"], parents = { t1 = "any", t2 = "any" } }',
        group_by=("region", "tier"),
        measures=MEASURES,
        totals='"all"',
    )
)
ASKED = resolve(CONTRACT, CONTRACT.output("segments"))
PAYMENTS = "card_token string, region string, fraud boolean, amount double, balance int"
ACCOUNTS = "card_token string, age_band string, tier string"
BOUNDED = 'protection = "perturbed"\ncontribution = { rows = 2 }'


def policy(rows):
    """Return a policy that bounds contributions."""
    return Policy(protection=Protection.PERTURBED, contribution_rows=rows)


@pytest.fixture(scope="module")
def rows():
    """Return joined rows: people of one row and of many, NULL, values out of bounds."""
    rng = random.Random(4)
    return [
        {
            "card_token": token(f"c{i}"),
            "region": rng.choice(["north", "south", "elsewhere", None]),
            "tier": ["t1", "t2", "t9", None][i % 4],
            "fraud": rng.choice([True, False, None]),
            "amount": rng.choice([None, Decimal(0), Decimal("3.37"), Decimal(2000)]),
            "balance": rng.choice([None, -900, -50, -7, -1, 0, 11, 20]),
        }
        for i in range(80)
        for _ in range(rng.choice([1, 2, 3, 7, 200 if i == 5 else 8]))
    ]


def shared(spark, rows):
    """Return the two shared tables whose join are *rows*."""
    payments = [
        (
            *(row[name] for name in ("card_token", "region", "fraud")),
            None if row["amount"] is None else float(row["amount"]),
            row["balance"],
        )
        for row in rows
    ]
    tiers = {row["card_token"]: row["tier"] for row in rows}
    accounts = [(card, "old", tier) for card, tier in tiers.items()]
    return {
        "payments": local_frame(spark, payments, PAYMENTS),
        "accounts": local_frame(spark, accounts, ACCOUNTS),
    }


def without_second(cells):
    """Return cells by key without what no decision asks for, and without marks."""

    def plain(spread):
        return None if spread is None else replace(spread, second=0)

    return {
        cell.labels: replace(
            cell,
            fingerprint=None,
            contents=None,
            cell_key=None,
            subjects={
                label: replace(
                    statistics,
                    rows=plain(statistics.rows),
                    columns={
                        name: replace(
                            column,
                            weights=plain(column.weights),
                            totals=plain(column.totals),
                            falses=plain(column.falses),
                        )
                        for name, column in statistics.columns.items()
                    },
                )
                for label, statistics in cell.subjects.items()
            },
        )
        for cell in cells
    }


@pytest.mark.engine
@pytest.mark.parametrize("most", [1, 3])
def test_the_bounded_aggregation_equals_plain_python(spark, rows, most):
    """Cells, coarser cells and totals; both the suite's counting and fractions."""
    by_spark = aggregate(
        ASKED, join(ASKED, shared(spark, rows), seeded=True), policy(most)
    )

    expected = rows_by_subject(rows, ASKED, "card_token")
    assert without_second(by_spark) == without_second(
        count(rows, ASKED, b"key", policy(most))
    )
    assert {cell.labels for cell in by_spark} == expected.keys()
    for cell in by_spark:
        columns = {name: (c.rows, c.total) for name, c in cell.columns.items()}
        assert (cell.subjects["card"].subjects, cell.rows, columns) == quantities(
            expected[cell.labels], ASKED, most
        )
        assert cell.subjects["card"].rows.largest <= most


@pytest.mark.engine
def test_sums_of_any_size_do_not_overflow(spark):
    """The largest sums of a measure's units that fit, with the largest bound."""
    query = resolve(contract(), contract().output("segments"))
    # 9e9 values at the largest bound: fraud is value 0, amount value 1.
    large = 9 * 10**9
    people = local_frame(
        spark,
        [(7, large, large, large, large, sign * large * 10**9) for sign in (1, -1)],
        "rounding_seed bigint, rows bigint, values0 bigint, total0 bigint, "
        "values1 bigint, total1 bigint",
    ).selectExpr("*", "0L clamped0", "0L not_finite0", "0L clamped1", "0L not_finite1")

    found = bound_contributions(query, people, 1000)

    expected = local_frame(
        spark,
        [(1000, 1000, 10**12), (1000, 1000, -(10**12))],
        "rows bigint, total0 bigint, total1 bigint",
    )
    assert_df_equality(
        found.select("rows", "total0", "total1"),
        expected,
        ignore_nullable=True,
        ignore_row_order=True,
    )


def test_a_bounded_release_says_so_and_does_not_depend_on_order(spark):
    """The same digest for other partitions; one card with many rows shows nowhere."""
    agreed = contract(contract_toml(policy=BOUNDED, totals="[[]]"))
    payments, accounts = payment_rows(), account_rows()
    payments += [(token("card0"), "north", True, 1000.0)] * 5000
    tables = frames(spark, payments, accounts)
    others = {
        "payments": frames(spark, payments[::-1])["payments"].repartition(5),
        "accounts": tables["accounts"].repartition(3, "age_band"),
    }
    plain = contract(contract_toml(policy='protection = "perturbed"', totals="[[]]"))

    release = room(spark, agreed, tables).release("segments")
    again = room(spark, agreed, others).release("segments")
    unbounded = room(spark, plain, tables).release("segments")

    assert ended(release) is Verdict.APPROVED
    assert release._digest == again._digest
    shown = {row[:2] for row in release._rows}
    assert ("north", "young") in shown
    assert ("north", "young") not in {row[:2] for row in unbounded._rows}
    text = " ".join(told(release).split())
    assert "policy contribution.rows = 2:" in text
    assert "subject counts for at most 2 rows" in text
