"""The whole collaboration on real data, from raw files to a table others can read."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import functions as F

from cleanroom_join.errors import InvalidValues, JoinError, MissingColumns, OutputExists
from cleanroom_join.review import Verdict
from cleanroom_join.spark import CleanRoom
from cleanroom_join.spark.raw_tables import read_raw_table
from cleanroom_join.spark.rehearsal import agree, raw_file, refuse_existing, rehearse
from tests.reference.flights_reference import flights_cells

EXAMPLE = Path(__file__).parents[2] / "examples" / "flights"
DIGEST = "d5e6594602464015afd10bdfb3957b790a397b5c64a1286032daa226fa95090b"
"""Of the released rows; the same in every mode, version, order and partitioning."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Both parties' raw files."""
    folder = tmp_path_factory.mktemp("flights")
    subprocess.run(
        [sys.executable, EXAMPLE / "make_data.py", "--output", folder], check=True
    )
    return folder


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """Where the rehearsal writes."""
    return tmp_path_factory.mktemp("out") / "rehearsal"


@pytest.fixture(scope="module")
def rehearsal(spark, data, output):
    """The rehearsed collaboration."""
    contract = agree(EXAMPLE / "collaboration.toml")
    return rehearse(
        spark, contract, data=data, output=output, progress=lambda _: nullcontext()
    )


@pytest.fixture(scope="module")
def released(rehearsal):
    """The released table, by a reader that is not Spark."""
    return DeltaTable(str(rehearsal.outputs[0].place)).to_pyarrow_table().to_pylist()


def significant(value: float) -> float:
    """Round as the policy does: three significant digits."""
    return float(f"{value:.2e}")


def nearest_five(count: int) -> int:
    """Round as the policy does: to a multiple of five, never below 100."""
    return max(100, int((Decimal(count) / 5).to_integral_value("ROUND_HALF_UP")) * 5)


def test_the_release_is_approved_and_always_the_same(rehearsal):
    """One digest, whatever the mode, the version and the day's secret key."""
    (output,) = rehearsal.outputs

    assert rehearsal.approved
    assert output.release.verdict is Verdict.APPROVED
    assert output.release.digest == DIGEST


def test_every_cell_has_a_hundred_aircraft(released, data):
    """Counted by pandas from the raw files, not taken from the table."""
    cells = flights_cells(data).set_index(["manufacturer", "origin"])

    assert released
    for row in released:
        assert cells.loc[(row["manufacturer"], row["origin"]), "aircraft"] >= 100
        assert row["cohort_size"] >= 100


def test_pandas_agrees_with_every_published_figure(released, data):
    """After rounding; and every cell that may be published is."""
    cells = flights_cells(data)
    enough = cells[cells["aircraft"] >= 100]

    expected = {
        (c.manufacturer, c.origin): (
            nearest_five(c.aircraft),
            nearest_five(c.rows),
            significant(c.late_rate),
            significant(c.distance),
        )
        for c in enough.itertuples()
    }

    got = {
        (r["manufacturer"], r["origin"]): (
            r["cohort_size"],
            r["record_count"],
            r["late_rate"],
            r["mean_distance"],
        )
        for r in released
    }
    assert got == expected


@pytest.mark.parametrize(
    ("manufacturer", "origin", "flights", "aircraft"),
    [("EMBRAER", "JFK", 16816, 75), ("GULFSTREAM AEROSPACE", "LGA", 484, 1)],
)
def test_few_aircraft_with_many_flights_are_withheld(
    rehearsal, released, data, manufacturer, origin, flights, aircraft
):
    """The plain filter publishes them, the guard does not."""
    cells = flights_cells(data).set_index(["manufacturer", "origin"])
    naive = {cell.key: cell.rows for cell in rehearsal.outputs[0].naive}

    assert tuple(cells.loc[(manufacturer, origin), ["rows", "aircraft"]]) == (
        flights,
        aircraft,
    )
    assert naive[manufacturer, origin] == flights
    assert (manufacturer, origin) not in {
        (r["manufacturer"], r["origin"]) for r in released
    }


def test_the_plain_filters_excess_is_exactly_what_is_withheld(rehearsal, data):
    """What is shown beside the release is right too."""
    cells = flights_cells(data)
    small = cells[(cells["rows"] >= 100) & (cells["aircraft"] < 100)]

    shown = {cell.key for cell in rehearsal.outputs[0].naive}

    assert shown == set(zip(small["manufacturer"], small["origin"], strict=True))


def test_shuffled_and_spread_rows_give_the_same_release(spark, rehearsal, output):
    """A second release of the same tables, shuffled into 200 partitions."""

    def source(asset):
        shared = spark.read.format("delta").load(
            str(output / "shared" / asset.party / asset.name)
        )
        return shared.orderBy(F.rand(7)).repartition(200)

    release = CleanRoom(spark, rehearsal.contract, source=source).release(
        "delays_by_manufacturer"
    )

    assert release.digest == DIGEST


def test_nothing_raw_is_shared(rehearsal, output):
    """The shared tables have the declared columns and no tail number."""
    assert rehearsal.tables
    for table in rehearsal.tables:
        shared = DeltaTable(
            str(output / "shared" / table.party / table.asset)
        ).to_pyarrow_table()
        tokens = shared.column("aircraft_token").to_pylist()
        assert set(shared.column_names) == set(
            rehearsal.contract.terms.assets[table.asset].columns
        )
        assert all(t is None or (t.startswith("k1:") and len(t) == 67) for t in tokens)


def test_an_existing_output_directory_is_refused(tmp_path):
    """A rehearsal never mixes with an earlier one."""
    with pytest.raises(OutputExists) as caught:
        refuse_existing(tmp_path)

    assert caught.value.code == "E502"


@pytest.mark.parametrize(
    ("header", "line", "error", "code"),
    [
        (
            "tail_number,origin,late,distance",
            "N4711,EWR,true,far",
            InvalidValues,
            "E304",
        ),
        (
            "tail_number,origin,late,distance",
            "N4711,EWR,maybe,12",
            InvalidValues,
            "E304",
        ),
        ("tail_number,origin,late", "N4711,EWR,true", MissingColumns, "E301"),
    ],
)
def test_bad_files_are_refused_without_quoting_them(
    spark, tmp_path, rehearsal, header, line, error, code
):
    """Text that is not of its type is named by column, never by content."""
    path = tmp_path / "airports" / "flights.csv"
    path.parent.mkdir()
    path.write_text(f"{header}\n{line}\n")
    asset = rehearsal.contract.terms.assets["flights"]

    with pytest.raises(error) as caught:
        read_raw_table(spark, asset, raw_file(tmp_path, asset))

    assert caught.value.code == code
    assert "N4711" not in str(caught.value)
    assert "far" not in str(caught.value)
    assert "maybe" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path, rehearsal):
    """With the name it should have."""
    with pytest.raises(JoinError) as caught:
        raw_file(tmp_path, rehearsal.contract.terms.assets["flights"])

    assert "airports/flights.csv" in str(caught.value)
