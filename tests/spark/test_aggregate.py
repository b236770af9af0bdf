"""Rows to cells: equal to plain Python, whatever the order and partitioning."""

from __future__ import annotations

import random

import pytest
from chispa import assert_df_equality
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import protect, rows_digest
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.token_join import join
from cleanroom_join.testing import contract_toml
from tests.reference.contributions import contributions_of
from tests.spark.support import room, token
from tests.support.counting import cells_of
from tests.support.fingerprint_unions import union
from tests.support.frames import local_frame
from tests.support.row_tables import CELL, CONTRACT, KINDS_OF_SUBJECT, rows_of
from tests.support.row_tables import QUERY as QUESTION

KEYS = [(r, i) for r in ("north", "south", "elsewhere", None) for i in (1, 2, 3, None)]
PAYMENTS = (
    "card_token string, region string, fraud boolean, amount double, shop_token string"
)
ACCOUNTS = "card_token string, age_band string, illness int"


def shared(spark, rows):
    """Return the two shared tables whose join are *rows*."""
    payments = [
        (
            token(r["card"]),
            r["region"],
            r["fraud"],
            None if r["amount"] is None else float(r["amount"]),
            token(r["shop"]),
        )
        for r in rows
    ]
    accounts = {r["card"]: (token(r["card"]), "old", r["illness"]) for r in rows}
    return {
        "payments": local_frame(spark, payments, PAYMENTS),
        "accounts": local_frame(spark, list(accounts.values()), ACCOUNTS),
    }


def by_key(cells):
    """Return cells by key; the order they come in means nothing."""
    return {cell.labels: cell for cell in cells}


@pytest.mark.engine
@settings(
    max_examples=3,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(CELL, min_size=len(KEYS), max_size=len(KEYS)))
def test_the_aggregation_equals_plain_python(spark, cells):
    """Every statistic of sixteen cells at once: NULL, (other), NaN, two kinds of subject."""
    rows = rows_of(dict(zip(KEYS, cells, strict=True)))

    got = aggregate(QUESTION, join(QUESTION, shared(spark, rows)))

    assert by_key(got) == by_key(cells_of(rows, QUESTION, KINDS_OF_SUBJECT))


def usual_rows():
    """Return one table of sixteen cells, some withheld by each rule."""
    rng = random.Random(7)
    good = {
        "cards": 112,
        "shops": 120,
        "frauds": 30,
        "heavy": 0,
        "rich": 0,
        "outside": 0,
        "valueless": 0,
        "nobody": 0,
        "broken": 0,
        "flat": 0,
    }
    spoilt = [
        {},
        {"cards": 99},
        {"shops": 99},
        {"frauds": 9},
        {"heavy": 1200},
        {"outside": 3},
        {"nobody": 300},
        {"valueless": 13},
        {"flat": 103},
    ]
    return rows_of(
        {
            key: {**good, "cents": rng.randrange(99_999), **spoilt[i % len(spoilt)]}
            for i, key in enumerate(KEYS)
        }
    )


@pytest.fixture(scope="module")
def expected():
    """The digest by plain Python; both modes must meet it, so they meet each other."""
    table = protect(
        cells_of(usual_rows(), QUESTION, KINDS_OF_SUBJECT), QUESTION, CONTRACT.policy
    )
    assert table.published
    assert len({c.rule for c in table.suppressed}) == 4
    return rows_digest(table.columns, table.rows)


@pytest.mark.engine
@pytest.mark.parametrize("partitions", [1, 2, 20])
def test_partitioning_and_order_change_nothing(spark, expected, partitions):
    """Shuffled rows in 1, 2 or 20 partitions give the same release to the last digit."""
    rows = usual_rows()
    random.Random(partitions).shuffle(rows)
    tables = {n: f.repartition(partitions) for n, f in shared(spark, rows).items()}

    release = room(spark, CONTRACT, tables).release("segments")

    assert release._digest == expected


def test_a_second_release_is_the_same(spark, expected):
    """Asking again teaches nothing."""
    tables = shared(spark, usual_rows())

    digests = {
        room(spark, CONTRACT, tables).release("segments")._digest for _ in range(2)
    }

    assert digests == {expected}


def test_repeating_rows_of_one_subject_does_not_make_a_cohort(spark):
    """A million rows of one card are one card."""
    rows = usual_rows()
    first = [r for r in rows if r["card"] == "north/2/c0"][:1]
    tables = shared(spark, rows + first * 5000)

    cells = by_key(aggregate(QUESTION, join(QUESTION, tables)))

    assert cells["north", "2"].subjects["card"].subjects == 99


@pytest.mark.engine
def test_values_are_clamped_in_spark(spark):
    """Decimal, double and integer columns: bounds, ties and NaN as in plain Python."""
    from decimal import Decimal

    from cleanroom_join.contract import MeasureColumn, MeasureType
    from cleanroom_join.spark.common.shared_columns import clamped, is_not_finite, units

    measure = MeasureColumn(
        name="x",
        type=MeasureType.DECIMAL,
        minimum=Decimal("-1.5"),
        maximum=Decimal(1000),
        scale=1,
    )
    values = [
        None,
        0.0,
        0.25,
        -0.25,
        0.35,
        1e308,
        -1e308,
        float("nan"),
        float("inf"),
        float("-inf"),
        999.96,
        1000.0,
    ]
    frame = local_frame(spark, list(enumerate(values)), "id int, x double")
    kind = frame.schema["x"].dataType

    found = frame.select(
        "id",
        units(F.col("x"), measure, kind).alias("units"),
        clamped(F.col("x"), measure).alias("clamped"),
        is_not_finite(F.col("x"), kind).alias("not_finite"),
    )

    expected = [
        (None, False, False),
        (0, False, False),
        (3, False, False),
        (-3, False, False),
        (4, False, False),
        (10000, True, False),
        (-15, True, False),
        (None, True, True),
        (None, True, True),
        (None, True, True),
        (10000, False, False),
        (10000, False, False),
    ]
    assert_df_equality(
        found,
        local_frame(
            spark,
            [(number, *row) for number, row in enumerate(expected)],
            "id int, units bigint, clamped boolean, not_finite boolean",
        ),
        ignore_nullable=True,
        ignore_row_order=True,
    )


LEVELS = Contract.from_toml(
    contract_toml(
        payments='shop = { dimension = ["s1", "s2", "s3"], parents = { s1 = "food", s2 = "food" } }\n'
        'abroad = { dimension = "boolean" }',
        group_by=("shop", "age_band", "abroad"),
        measures='n = { function = "count" }\nrate = { function = "rate", column = "fraud" }',
        totals='"all"',
    )
)
ASKED = resolve(LEVELS, LEVELS.output("segments"))


def level_frames(spark, cards):
    """Return both tables: three payments a card, some shops outside the domain or NULL."""
    shops = ["s1", "s2", "s3", "elsewhere", None]
    payments = [
        (
            token(f"c{i}"),
            shops[(i + j) % 5],
            [True, False, None][(i * j) % 3],
            i % 2 == 0,
        )
        for i in cards
        for j in range(3)
    ]
    accounts = [(token(f"c{i}"), ["young", "old"][i % 2]) for i in cards]
    schema = "card_token string, shop string, abroad boolean, fraud boolean"
    return {
        "payments": local_frame(spark, payments, schema),
        "accounts": local_frame(spark, accounts, "card_token string, age_band string"),
    }


def plain_rows(cards):
    """Return the joined rows of `level_frames`."""
    shops = ["s1", "s2", "s3", "elsewhere", None]
    return [
        {
            "card": f"c{i}",
            "shop": shops[(i + j) % 5],
            "abroad": [True, False, None][(i * j) % 3],
            "fraud": i % 2 == 0,
            "age_band": ["young", "old"][i % 2],
        }
        for i in cards
        for j in range(3)
    ]


@pytest.mark.engine
def test_totals_and_coarser_cells_equal_plain_python(spark):
    """Every level: a subject in several cells is one subject of their total."""
    joined = join(ASKED, level_frames(spark, range(60)))

    got = aggregate(ASKED, joined)

    assert by_key(got) == by_key(cells_of(plain_rows(range(60)), ASKED, ["card"]))
    keys = {cell.labels for cell in got}
    assert {
        ("food", "young", "true"),
        ("(all)", "(all)", "(all)"),
        (None, "(all)", None),
    } <= keys


def marked(spark, cards, key="k"):
    """Return fingerprints by key, taken under some joint key."""
    members = local_frame(spark, [(bytearray(key.encode() * 32),)], "jk binary")
    cells = aggregate(
        ASKED, join(ASKED, level_frames(spark, cards), members), fingerprinted=True
    )
    assert all(0 <= cell.cell_key < 2**32 for cell in cells)
    return {cell.labels: (cell.fingerprint, cell.cell_key) for cell in cells}


@pytest.mark.engine
def test_fingerprints_are_of_people(spark):
    """Not of rows, order or partitions; of the joint key; one person is one word."""
    whole = ("(all)", "(all)", "(all)")
    young, old = (("(all)", band, "(all)") for band in ("young", "old"))
    some = marked(spark, range(300))
    shuffled = marked(spark, random.Random(1).sample(range(300), 300))
    fewer = marked(spark, range(299))
    other = marked(spark, range(300), key="x")

    assert some == shuffled
    assert some[whole][0].subjects == 300
    assert some[whole][0] == union([some[young][0], some[old][0]])
    assert some[whole][1] == (some[young][1] + some[old][1]) % 2**32
    assert some[whole][0].differing(fewer[whole][0]) == 1
    assert some[young] == fewer[young]
    assert some[whole][0].differing(other[whole][0]) > 250
    assert 220 < sum(any(w) for w in words_of(some[whole][0])) <= 300


def contents_of(spark, rows):
    """Return what Spark says of contributions, by item and aspect."""
    members = local_frame(spark, [(bytearray(b"k" * 32),)], "jk binary")
    cells = aggregate(
        QUESTION, join(QUESTION, shared(spark, rows), members), fingerprinted=True
    )
    return {cell.labels: cell.contents for cell in cells}


def changed_rows(rows):
    """Return a few changes of rows: by name, the rows after it."""
    cards = sorted({row["card"] for row in rows})
    rng = random.Random(3)

    def among(count):
        return set(rng.sample(cards, count))

    more, dearer, gone, moved = among(30), among(90), among(5), among(20)
    return {
        "shuffled": rng.sample(rows, len(rows)),
        "rows": [r for r in rows for _ in range(1 + (r["card"] in more))],
        "values": [r | ({"amount": None} if r["card"] in dearer else {}) for r in rows],
        "people": [r for r in rows if r["card"] not in gone],
        "both": [r | {"fraud": not r["fraud"]} for r in rows if r["card"] in moved]
        + [r for r in rows if r["card"] not in moved],
    }


def test_contents_are_what_each_subject_contributes(spark):
    """Equal where all contribute the same; else as many words as subjects, or fewer."""
    rows = [r for r in usual_rows() if r["shop"] is not None]
    told, true = contents_of(spark, rows), contributions_of(rows, QUESTION, "card")
    seen = set()

    for name, others in changed_rows(rows).items():
        told_now = contents_of(spark, others)
        true_now = contributions_of(others, QUESTION, "card")
        assert told_now.keys() == true_now.keys()
        for key, facets in told_now.items():
            assert facets.keys() == {"rows", *QUESTION.facet_columns}
            for facet, signature in facets.items():
                before = true[key].get(facet, {}).items()
                now = true_now[key].get(facet, {}).items()
                changed = len({who for who, _ in before ^ now})
                differing = signature.differing(told[key][facet])
                assert signature.subjects == len(now)
                # Two pairs of four in one bucket each is what chance does at times.
                least = max(min(changed, 1), changed * 3 / 4 - 1)
                assert least <= differing <= changed
                assert (signature == told[key][facet]) == (changed == 0)
                seen.add((name, facet.partition(" ")[0], changed > 0))

    assert ("shuffled", "rows", True) not in seen
    for case in (
        ("rows", "rows", True),
        ("values", "rows", False),
        ("values", "keeper.signals.payments.amount", True),
        ("values", "keeper.signals.payments.fraud", False),
        ("both", "keeper.signals.payments.fraud", True),
    ):
        assert case in seen


def words_of(signature):
    """Return the words of a fingerprint."""
    return [signature.words[i : i + 8] for i in range(0, len(signature.words), 8)]
