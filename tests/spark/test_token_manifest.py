"""Manifests counted by Spark: no small count, and the doctor names what is wrong."""

from __future__ import annotations

import pytest

from cleanroom_join import Contract, SecretKey
from cleanroom_join.errors import TableRefused
from cleanroom_join.party import token_manifest
from cleanroom_join.testing import contract_toml
from cleanroom_join.tokens.doctor import Trait, write_manifest
from tests.support.doctor_trials import manifest_of as manifest_of_side
from tests.support.frames import local_frame
from tests.support.planted_faults import FAULTS, HEALTHY
from tests.support.planted_tables import KEYS, contract

KEY = SecretKey.from_bytes(KEYS["a"])

QUICK = {"leading zeros lost", "other specification"}
SLOW = {
    *("messy card", "messy person", "case kept", "accents kept, decomposed"),
    *("two-digit years", "day zero", "time of day"),
    *("prefix 0011", "extensions", "rounded by a double", "minus signs"),
}

# Of each figure that only some kinds have; `make doctor` runs all on more people.
SOME = [
    pytest.param(
        case, marks=[pytest.mark.slow] if case.name in SLOW else [], id=case.name
    )
    for case in (*FAULTS, *HEALTHY)
    if case.name in QUICK | SLOW
]


@pytest.mark.parametrize("case", SOME)
def test_spark_counts_what_plain_python_counts(spark, case):
    """Every figure of the column, in both manifests; so the doctor says the same."""
    sides = zip(("acme", "globex"), case.sides(1_700), strict=True)

    for party, side in sides:
        counted, plain = (
            manifest_of_side(case.subject, party, side, engine)
            for engine in (spark, None)
        )
        assert counted.columns == plain.columns
        assert counted.spec_sha256 == plain.spec_sha256


def manifest_of(spark, values, subject="card", **options):
    """Return the token manifest of raw values."""
    frame = local_frame(spark, [(v,) for v in values], "raw string")
    frame = frame.selectExpr("raw", "true AS acme_flag")
    terms = contract().asset(f"acme_{subject}")
    return token_manifest(frame, terms, key=KEY, **options)


def test_a_profile_counts_what_is_there(spark):
    """Reasons, lengths, shapes and hidden characters, by rows."""
    values = [
        *(f"4{i:015}\u00a0" for i in range(300)),
        *(f"4{i:015}.0" for i in range(300, 500)),
        *[None] * 150,
        *["0000000000000000"] * 400,
    ]

    (column,) = manifest_of(spark, values).columns
    (component,) = column.components

    assert component.reasons == {
        "ready": 300,
        "decimal_suffix": 200,
        "missing": 150,
        "placeholder": 400,
    }
    # One value, so its 400 rows are added to the most frequent length.
    assert component.raw_lengths == {"17": 700, "18": 200}
    assert component.lengths == {"16": 300}
    assert component.removed == {"U+00A0": 300}
    assert component.traits[Trait.BLANK_AFTER] == 300
    assert column.subjects == 300
    assert column.multiplicity == {"1": 300}


def test_nothing_about_few_is_in_a_manifest(spark):
    """99 of anything are not there, nor the difference that would tell them."""
    values = [
        *(f"4{i:015}" for i in range(1000)),
        *(f"4{i:015}.0" for i in range(1000, 1099)),
        *(f"\u200b4{i:014}" for i in range(99)),
        *[f"4{5:015}"] * 50,
    ]

    manifest = manifest_of(spark, values)
    (column,) = manifest.columns
    (component,) = column.components

    text = write_manifest(manifest).decode()
    assert set(component.reasons) == {"ready"}
    assert "U+200B" not in text
    assert set(column.multiplicity) == {"1"}
    counts = [
        *component.reasons.values(), *component.lengths.values(), *component.masks.values(),
        *component.traits.values(), *sum(column.buckets, ()), column.subjects,
    ]  # fmt: skip
    assert all(count >= 100 for count in counts if count)
    assert "4000000" not in text
    assert "k1:" not in text


@pytest.mark.parametrize("values", [[], [None], ["4111111111111111"], ["x"] * 500])
def test_few_people_have_an_empty_manifest(spark, values):
    """No row, NULL only, one person: nothing raises and nothing is published."""
    (column,) = manifest_of(spark, values).columns

    assert column.subjects == 0
    assert column.buckets == ((), (), (), ())
    assert not column.components[0].lengths


def shares_of(spark, rows):
    """Return the two mappings of shares of a table of payments."""
    frame = local_frame(
        spark,
        rows,
        "card_number string, region string, fraud boolean, amount int",
    )
    terms = Contract.from_toml(contract_toml()).asset("payments")
    manifest = token_manifest(frame, terms, key=KEY)
    return dict(manifest.outside), dict(manifest.missing)


def payments(numbers, region="north", amount=1):
    """Return a payment of each card."""
    return [(f"4{i:015}", region, True, amount) for i in numbers]


def test_shares_outside_bounds_and_domains_are_in_steps(spark):
    """So the other party learns in time that figures would be suppressed."""
    rows = payments(range(5_000)) + payments(range(150), amount=1001)
    rows += payments(range(600), region="east") + payments(range(300), amount=None)

    outside, missing = shares_of(spark, rows)

    assert outside == {"amount": 0.02, "region": 0.05}
    assert missing == {"amount": 0.02}


def test_no_share_is_about_few_subjects(spark):
    """Neither 99 of them, nor one on many rows, nor rows without a token."""
    rows = payments(range(1_000)) + payments(range(99), amount=-1)
    rows += payments([1] * 500, region="east") + payments([2] * 500, amount=None)
    rows += [("masked-XXXX", None, None, None)] * 900

    assert shares_of(spark, rows) == ({}, {})


def test_a_column_wholly_outside_is_half_or_more(spark):
    """How many are inside does not follow."""
    outside, _ = shares_of(spark, payments(range(300), region="east"))

    assert outside == {"region": 0.5}


def test_a_shared_table_without_the_column_is_refused(spark):
    """By name."""
    other = local_frame(spark, [("x",)], "tok string")

    with pytest.raises(TableRefused, match="E301"):
        manifest_of(spark, ["4111111111111111"], shared=other)
