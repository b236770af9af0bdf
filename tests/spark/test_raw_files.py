"""CSV as people have it: everybody is read and nobody else, or the file is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql.utils import is_remote

from cleanroom_join.contract import Contract
from cleanroom_join.errors import CleanRoomJoinError, FileRefused, TableRefused
from cleanroom_join.party import tokenise
from cleanroom_join.raw_files import CsvOptions
from cleanroom_join.spark.party.raw_files import read_raw_file, read_raw_table
from cleanroom_join.spark.room.token_join import check_shared
from cleanroom_join.testing import TEST_KEY, contract, contract_toml
from tests.support.csv_ways import PEOPLE, STRANGER, WAYS

pytestmark = pytest.mark.engine

UNSEEN = "\u00a0\u2003\u2028\u2029\u200b\ufeff\u00ad\u202e"
"""A character or two of each of Unicode's categories Zs, Zl, Zp and Cf."""
BALANCE = 'balance = { measure = "decimal", min = 0, max = 100, scale = 2 }'


@pytest.fixture(scope="module")
def accounts():
    """A table of cards, age bands and balances."""
    text = contract_toml(accounts=BALANCE)
    text = text.replace('["young", "old"]', '["jung", "älter"]')
    return Contract.from_toml(text).terms.assets["accounts"]


@pytest.mark.parametrize("name", WAYS)
def test_everybody_is_read_and_nobody_else_or_the_file_is_refused(
    spark, tmp_path, accounts, name
):
    """No way to write a table makes another one of it, and no error quotes a value."""
    way = WAYS[name]
    path = way.write(tmp_path)
    options = CsvOptions.of(way.delimiter, way.encoding)

    if way.code is None:
        rows = read_raw_table(spark, accounts, path, options).collect()

        found = {(r["card_number"], r["age_band"], r["balance"]) for r in rows}
        people = {(card, age, Decimal(balance)) for card, age, balance in PEOPLE}
        assert len(rows) == way.people
        assert found == (people if way.people else set())
    else:
        with pytest.raises(CleanRoomJoinError) as caught:
            read_raw_table(spark, accounts, path, options)

        assert caught.value.code == way.code
        assert way.says in str(caught.value)
        assert STRANGER not in str(caught.value)
        assert "40000" not in str(caught.value)
        assert caught.value.__context__ is None


@pytest.fixture(scope="module")
def payments():
    """A table of cards, regions, fraud and amounts."""
    return contract().asset("payments")


def raw(spark, columns):
    """Return one raw payment, of which some columns are written otherwise."""
    usual = {
        "card_number": "'4000012345678901'",
        "region": "'north'",
        "fraud": "true",
        "amount": "1.00",
    }
    written = (f"{v} AS `{n}`" for n, v in {**usual, **columns}.items())
    return spark.sql(f"SELECT {', '.join(written)}")


@pytest.mark.parametrize("name", ["card_number", "region"])
def test_char_is_refused_by_party_and_room(spark, payments, name):
    """Its blanks would make every label `(other)`, and another token of each card."""
    table = f"char_{name}"
    spark.sql(
        f"CREATE OR REPLACE TABLE {table} ({name} CHAR(20)) USING delta"
    ).collect()
    padded = spark.table(table)
    frame = raw(spark, {}).drop(name).crossJoin(padded)

    with pytest.raises(TableRefused) as caught:
        tokenise(frame, payments, key=TEST_KEY)

    assert caught.value.code == "E203"
    assert f'"{name}" must be STRING, got char(20)' in str(caught.value)
    if name == "region":
        shared = frame.withColumnRenamed("card_number", "card_token")
        with pytest.raises(TableRefused, match=r"E203.*char\(20\)"):
            check_shared(shared, payments.asset)
    spark.sql(f"DROP TABLE {table}").collect()


@pytest.mark.parametrize("collation", ["UTF8_LCASE", "UNICODE_CI", "UTF8_BINARY_RTRIM"])
def test_labels_with_a_collation_are_refused_by_party_and_room(
    spark, payments, collation
):
    """The database takes NORTH for north, and the contract does not."""
    if spark.version < "4":
        pytest.skip("Spark 3.5 has no collations")
    frame = raw(spark, {"region": f"'NORTH' COLLATE {collation}"})

    with pytest.raises(TableRefused, match="E203") as caught:
        tokenise(frame, payments, key=TEST_KEY)

    assert f"got string collate {collation}" in str(caught.value)
    assert "UTF8_BINARY" in str(caught.value)
    shared = frame.withColumnRenamed("card_number", "card_token")
    with pytest.raises(TableRefused, match="E203"):
        check_shared(shared, payments.asset)


def test_a_collation_of_an_identifier_changes_no_token(spark, payments):
    """Identifiers are normalised by bytes, whatever their database compares."""
    if spark.version < "4":
        pytest.skip("Spark 3.5 has no collations")
    frames = [
        raw(spark, {"card_number": f"'4000012345678901' COLLATE {collation}"})
        for collation in ("UTF8_BINARY", "UTF8_LCASE", "UNICODE_CI")
    ]

    tokens = {
        tokenise(frame, payments, key=TEST_KEY).frame.first()["card_token"]
        for frame in frames
    }

    assert len(tokens) == 1


@pytest.mark.parametrize(
    "twice", [("card_number", "CARD_NUMBER"), ("card_number",) * 2, ("region",) * 2]
)
def test_a_column_that_is_there_twice_is_refused(spark, payments, twice):
    """In words of ours, before Spark finds the name ambiguous."""
    frame = raw(spark, {})
    frame = frame.select("*", frame[twice[0]].alias(twice[-1]))

    with pytest.raises(TableRefused, match="E308") as caught:
        tokenise(frame, payments, key=TEST_KEY)

    assert f'"{twice[0]}"' in str(caught.value)


def test_a_key_column_that_a_join_left_twice_is_refused(spark, payments):
    """As a join on an expression leaves it; Spark 3.5 in Connect refuses it first."""
    frame = raw(spark, {})
    other = frame.select("card_number")
    joined = frame.join(other, frame["card_number"] == other["card_number"])

    with pytest.raises(CleanRoomJoinError) as caught:
        tokenise(joined, payments, key=TEST_KEY)
    early = spark.version.startswith("3.5") and is_remote()
    assert caught.value.code == ("E390" if early else "E308")
    with pytest.raises(TableRefused, match="E308"):
        check_shared(frame.select("*", "region"), payments.asset)


@pytest.mark.parametrize("kind", ["float", "decimal(38,9)", "boolean", "binary"])
def test_an_identifier_that_is_no_text_is_refused(spark, payments, kind):
    """A number in JSON such as 4.50 is another text in Spark 3.5 than in Spark 4."""
    frame = raw(spark, {"card_number": f"CAST(NULL AS {kind})"})

    with pytest.raises(TableRefused, match="E203"):
        tokenise(frame, payments, key=TEST_KEY)


def parquet(folder, columns):
    """Write one row as Parquet with PyArrow, and return where."""
    usual = {"card_number": "4000012345678901", "age_band": "jung", "balance": "1.50"}
    names = [*usual, *(name for name, _ in columns)]
    values = [*([v] for v in usual.values()), *(value for _, value in columns)]
    path = folder / "accounts.parquet"
    pq.write_table(pa.table(values, names=names), path)
    return path


def test_nanoseconds_in_parquet_are_named(spark, tmp_path, accounts):
    """Pandas writes them, and Spark reads none."""
    at = pa.array([dt.date(2026, 1, 1)]).cast(pa.timestamp("ns"))
    path = parquet(tmp_path, [("at", at)])

    with pytest.raises(FileRefused, match="E307") as caught:
        read_raw_table(spark, accounts, path)

    assert "nanoseconds" in str(caught.value)
    assert 'coerce_timestamps="us"' in str(caught.value)


@pytest.mark.parametrize("name", ["card_number", "CARD_NUMBER"])
def test_parquet_with_a_column_twice_is_refused(spark, tmp_path, accounts, name):
    """Spark does not read it either, and says so of its own."""
    with pytest.raises(TableRefused, match="E308"):
        read_raw_table(spark, accounts, parquet(tmp_path, [(name, ["x"])]))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("blank", UNSEEN, ids=lambda c: f"U+{ord(c):04X}")
def test_a_name_with_a_character_that_nobody_sees_is_read(
    spark, tmp_path, suffix, blank
):
    """Spreadsheets put no-break spaces into names; a contract must not have them."""
    plain = "card no" if blank.isspace() else "cardno"
    text = contract_toml().replace('"card_number"', f'"{plain}"')
    accounts = Contract.from_toml(text).terms.assets["accounts"]
    path = tmp_path / f"accounts.{suffix}"
    names = [f"card{blank}no", "age_band"]
    if suffix == "csv":
        path.write_text(f"{','.join(names)}\n4000012345678901,old\n", encoding="utf-8")
    else:
        pq.write_table(pa.table([["4000012345678901"], ["old"]], names=names), path)

    (row,) = read_raw_table(spark, accounts, path).collect()

    assert list(row) == ["4000012345678901", "old"]


def test_a_folder_with_signs_of_a_pattern_is_taken_by_its_name(
    spark, tmp_path, accounts
):
    """Spark takes brackets for a pattern that is to be matched."""
    folder = tmp_path / "q[1] {a,b} *"
    folder.mkdir()

    rows = read_raw_table(spark, accounts, WAYS["LF"].write(folder)).collect()

    assert len(rows) == len(PEOPLE)


def test_a_draft_sees_all_columns_under_names_that_a_contract_may_have(spark, tmp_path):
    """`init` takes every column; of two with one name it cannot tell which is meant."""
    path = tmp_path / "members.csv"
    path.write_text(
        ",Card\u00a0No ,REGION\n0,4000012345678901 ,north\n", encoding="utf-8"
    )
    twice = tmp_path / "twice.csv"
    twice.write_text("Region,card,REGION\nnorth,4000012345678901,south\n")

    frame = read_raw_file(spark, path)

    assert frame.columns == ["_c0", "Card No", "REGION"]
    assert list(frame.first()) == ["0", "4000012345678901", "north"]
    with pytest.raises(TableRefused, match="E308"):
        read_raw_file(spark, twice)
