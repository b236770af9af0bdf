"""What the owner of a table learns about it before it shares it, counted by Spark."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.data_profile import Effect
from cleanroom_join.party import tokenise
from cleanroom_join.testing import TEST_KEY, contract_toml
from tests.support.frames import local_frame
from tests.support.table_facts import dimension_facts, measure_facts, shown_facts

pytestmark = pytest.mark.engine

COLUMNS = """\
visits = { measure = "int", min = -5, max = 500 }
price = { measure = "decimal", min = 1, max = 20, scale = 2 }
weight = { measure = "decimal", min = 0, max = 1, scale = 9 }
storey = { dimension = [0, 1, 2] }
open = { dimension = "boolean" }
"""
RAW = (
    "card_number string, region string, fraud boolean, amount decimal(10,2),"
    " visits bigint, price double, weight float, storey int, open boolean"
)


def asset(text=None, name="payments"):
    """Return the terms of one asset, by default one with a column of every type."""
    toml = contract_toml(payments=COLUMNS) if text is None else text
    return Contract.from_toml(toml).asset(name)


def profile(spark, rows, schema=RAW, terms=None):
    """Return the profile of raw rows."""
    frame = local_frame(spark, rows, schema)
    return tokenise(frame, terms or asset(), key=TEST_KEY).profile()


def pan(number: int) -> str:
    """Return a card number; all differ."""
    return f"4{number:015}"


def column(rows, index):
    """Return the values of one column of rows."""
    return [row[index] for row in rows]


STRANGE = [
    # region, fraud, amount, visits, price, weight, storey, open
    ("north", True, Decimal("10.00"), 7, 5.0, 0.5, 0, True),
    (None, None, None, None, None, None, None, None),
    ("NORTH", False, Decimal("1000.01"), 501, math.nan, 1.5, 3, False),
    ("", False, Decimal("-0.01"), -6, math.inf, -0.5, -1, False),
    ("south ", True, Decimal("99999999.99"), 2**62, -math.inf, math.nan, 2, True),
    ("(other)", True, Decimal("0.00"), -(2**63), 20.004, math.inf, 1, None),
    ("ñ\u200b`;--", True, Decimal("1000.00"), 500, 0.99, 3e38, 2**30, None),
    ("4111111111111111", True, Decimal("1200.00"), -5, 1e300, 1e-30, None, None),
]


@pytest.mark.parametrize(
    "rows",
    [STRANGE, STRANGE * 7, [], [STRANGE[1]], [STRANGE[1]] * 3],
    ids=["strange", "seven times", "empty", "one row of NULL", "all NULL"],
)
def test_spark_counts_what_plain_python_counts(spark, rows):
    """NULL, NaN, infinities, numbers beyond every bound, and an empty table."""
    rows = [(pan(i), *row) for i, row in enumerate(rows)]

    facts = profile(spark, rows).facts

    assert facts.rows == len(rows)
    assert facts.with_token == {"card_token": len(rows)}
    for found in (*facts.measures, *facts.dimensions):
        index = [part.split()[0] for part in RAW.split(", ")].index(found.column.name)
        expected = (measure_facts if hasattr(found, "inside") else dimension_facts)(
            found.column, column(rows, index)
        )
        assert shown_facts(found) == shown_facts(expected), found.column.name


def test_a_profile_is_the_same_when_it_is_made_twice(spark):
    """And however the rows are partitioned."""
    rows = [(pan(i % 5), *STRANGE[i % 8]) for i in range(80)]
    frame = local_frame(spark, rows, RAW)
    one = tokenise(frame, asset(), key=TEST_KEY)
    other = tokenise(frame.repartition(7), asset(), key=TEST_KEY)

    described = [p.describe() for p in (one.profile(), one.profile(), other.profile())]

    assert described[0] == described[1] == described[2]


REGISTER = contract_toml(
    accounts='street_number = { measure = "int", min = 0, max = 500 }'
)
ACCOUNTS = "card_number string, age_band string, street_number int"


def register(*, repeated: int = 0):
    """Return 5,000 accounts, of which 2 % have a street number above 500."""
    rows = [
        (pan(i), "young" if i % 2 else "old", 9_000 if i % 50 == 0 else i % 400)
        for i in range(5_000)
    ]
    return rows + rows[:repeated]


def test_two_percent_above_a_bound_are_a_warning_with_the_line_to_paste(spark):
    """The whole answer would be suppressed; with the line, nothing is objected to."""
    terms = asset(REGISTER, "accounts")

    found = profile(spark, register(), ACCOUNTS, terms)

    (warning,) = found.warnings
    assert warning.effect is Effect.SUPPRESSED
    assert "2 % of 5,000 values (100) lie outside 0 to 500" in warning.finding
    assert "bound of street_number 500 → 10,000" in warning.advice
    assert warning.change.table == "[assets.accounts.columns]"
    line = 'street_number = { measure = "int", min = 0, max = 10000 }'
    assert warning.change.line == line
    before = 'street_number = { measure = "int", min = 0, max = 500 }'
    mended = asset(REGISTER.replace(before, line), "accounts")
    assert profile(spark, register(), ACCOUNTS, mended).warnings == ()


def test_repeated_subjects_are_counted_where_one_row_is_promised(spark):
    """However their identifier is written; rows without a token do not count."""
    terms = asset(REGISTER, "accounts")
    rows = [(f"{n[:4]} {n[4:]}", *row) for n, *row in register()[:3]]
    rows += [(None, "old", 1)] * 4 + [("masked-XXXX", "old", 1)] * 4

    found = profile(spark, register() + rows, ACCOUNTS, terms)

    assert (found.facts.repeated.subjects, found.facts.repeated.rows) == (3, 6)
    first = found.warnings[0]
    assert first.effect is Effect.REFUSED
    assert "E311" in first.finding
    assert 'one_row_per = "card"' in first.advice


def test_subjects_may_repeat_where_nothing_is_promised(spark):
    """Payments have many rows per card."""
    found = profile(spark, [(pan(1), *STRANGE[0])] * 3)

    assert found.facts.repeated is None


def test_a_value_outside_the_domain_is_named_if_k_subjects_have_it(spark):
    """Never a value of fewer, on however many rows: it may be an identifier."""
    rows = [(pan(i), "east") for i in range(100)]
    rows += [(pan(i), "west") for i in range(99)] + [(pan(0), "west")] * 500
    rows += [(pan(1), "4111111111111111")] * 800
    rows += [(None, "nowhere"), ("masked-XXXX", "nowhere")] * 200
    rows += [(pan(i), "north") for i in range(500)]
    terms = asset(contract_toml())
    raw = [(card, region, True, None) for card, region in rows]

    found = profile(
        spark,
        raw,
        "card_number string, region string, fraud boolean, amount decimal(10,2)",
        terms,
    )

    (region,) = found.facts.dimensions
    assert [(v.text, v.rows) for v in region.frequent_others] == [("east", 100)]
    assert region.others == 100 + 599 + 800 + 400
    assert region.unused == ("south",)
    text = "\n".join(found.describe())
    assert '(1,899 rows), of them "east" (100), NULL in' in text
    assert "4111111111111111" not in text
    assert "west" not in text
    assert "nowhere" not in text
    assert 'dimension = ["north", "south", "east"]' in text


def test_k_subjects_of_every_kind_must_have_a_value_for_it_to_be_named(spark):
    """A device that a hundred cards share is one device."""
    text = contract_toml(
        subjects='[subjects.device]\nkind = "account"',
        payments='device = { subject = "device", source = "device_number" }',
    )
    rows = [(pan(i), f"{i:09}", "east", True, None) for i in range(300)]
    rows += [(pan(i), f"{1:09}", "west", True, None) for i in range(300)]

    found = profile(
        spark,
        rows,
        "card_number string, device_number string, region string, fraud boolean,"
        " amount decimal(10,2)",
        asset(text),
    )

    (region,) = found.facts.dimensions
    assert [value.text for value in region.frequent_others] == ["east"]


def test_a_table_of_tokens_alone_has_a_profile(spark):
    """Without dimensions and measures there is nothing outside."""
    text = contract_toml(group_by=("region",)).replace(
        'age_band = { dimension = ["young", "old"] }', ""
    )

    found = profile(
        spark,
        [(pan(i),) for i in range(250)],
        "card_number string",
        asset(text, "accounts"),
    )

    assert (found.facts.measures, found.facts.dimensions) == ((), ())
    assert found.facts.repeated.subjects == 0
    assert found.warnings == ()


def test_only_consented_rows_are_profiled(spark):
    """What is not shared is no fault of the shared table."""
    text = REGISTER.replace(
        'one_row_per = "card"', 'one_row_per = "card"\nconsent = "agreed"'
    )
    rows = [(*row, row[2] <= 500) for row in register()]

    found = profile(spark, rows, f"{ACCOUNTS}, agreed boolean", asset(text, "accounts"))

    assert found.facts.rows == 4_900
    assert found.warnings == ()


def test_no_repr_of_a_profile_has_a_figure(spark):
    """A notebook shows the repr of whatever stands at the end of a cell."""
    found = profile(spark, register(), ACCOUNTS, asset(REGISTER, "accounts"))

    shown = [repr(found), repr(found.facts), *map(repr, found.warnings)]

    assert not [text for text in shown if "100" in text or "5,000" in text]
