"""The whole collaboration on real data, from raw files to a table others can read."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import functions as F

from cleanroom_join.errors import FileRefused, TableRefused, WriteFailed
from cleanroom_join.raw_files import RawFolder
from cleanroom_join.review import Verdict
from cleanroom_join.spark.party.raw_files import read_raw_table
from cleanroom_join.spark.rehearsal.rehearsal import (
    agree,
    refuse_existing,
    rehearse,
)
from tests.reference.flights_reference import (
    flights_cells,
    flights_items,
    joined_flights,
)
from tests.spark.support import ended, room

EXAMPLE = Path(__file__).parents[2] / "examples" / "flights"
QUESTIONS = {
    "delays_by_manufacturer": (["manufacturer", "origin"], "distance"),
    "delays_by_destination": (["destination", "origin"], "seats"),
}
"""Dimensions of each question, and the column it takes the mean of."""


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
def outputs(rehearsal):
    """What became of each question, by name."""
    return {output.release.output: output for output in rehearsal.outputs}


@pytest.fixture(scope="module")
def released(outputs):
    """The released tables, by a reader that is not Spark."""
    return {
        name: DeltaTable(str(output.folder)).to_pyarrow_table().to_pylist()
        for name, output in outputs.items()
    }


@pytest.fixture(scope="module")
def joined(data):
    """The joined rows, by pandas from the raw files."""
    return joined_flights(data)


@pytest.fixture(scope="module")
def items(rehearsal, joined):
    """Every cell and coarser cell of each question, by pandas."""
    columns = {}
    for asset in rehearsal.contract.terms.assets.values():
        columns |= asset.columns
    return {
        name: flights_items(
            joined, dims, measure, {d: columns[d].parents for d in dims}
        )
        for name, (dims, measure) in QUESTIONS.items()
    }


def keys(name, rows):
    """Return the labels of released rows."""
    return [tuple(row[d] for d in QUESTIONS[name][0]) for row in rows]


def significant(value: float) -> float:
    """Round as the policy does: three significant digits, of the shortest decimal."""
    with localcontext(prec=3, rounding=ROUND_HALF_EVEN):
        return float(+Decimal(repr(float(value))))


def nearest_five(count: int) -> int:
    """Round as the policy does: to a multiple of five, never below 100."""
    return max(100, int((Decimal(count) / 5).to_integral_value("ROUND_HALF_UP")) * 5)


def test_the_releases_are_approved(rehearsal, outputs):
    """
    Both; what is shown of each is compared with pandas.

    Aircraft are in several cells, and cells with nearly the same aircraft are compared by
    fingerprints, whose lower bounds depend on the day's keys where about a hundred
    aircraft differ.  So there is no digest that is the same on every day.
    """
    assert rehearsal.approved
    assert {o.report.verdict for o in outputs.values()} == {Verdict.APPROVED}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_released_row_has_a_hundred_aircraft(released, items, name):
    """Counted by pandas from the raw files, not taken from the table."""
    assert released[name]
    for key, row in zip(keys(name, released[name]), released[name], strict=True):
        assert items[name].loc[key, "aircraft"] >= 100
        assert row["cohort_size"] >= 100


@pytest.mark.parametrize("name", QUESTIONS)
def test_pandas_agrees_with_every_released_figure(released, items, name):
    """After rounding; of coarser rows too."""
    mean = f"mean_{QUESTIONS[name][1]}"
    for key, row in zip(keys(name, released[name]), released[name], strict=True):
        item = items[name].loc[key]
        assert (
            row["cohort_size"],
            row["record_count"],
            row["late_rate"],
            row[mean],
        ) == (
            nearest_five(item["aircraft"]),
            nearest_five(item["rows"]),
            significant(item["late_rate"]),
            significant(item["mean"]),
        )


def beneath(contract, name, row_keys):
    """Return the cells that are within released rows, by the contract's labels."""
    asset_columns = [a.columns for a in contract.terms.assets.values()]
    columns = {k: v for columns in asset_columns for k, v in columns.items()}
    dimensions = [columns[d] for d in QUESTIONS[name][0]]
    chains = [
        {value: (value, *d.ancestors(value)) for value in (*d.values, "(other)")}
        for d in dimensions
    ]
    return {
        (first, second)
        for first, above in chains[0].items()
        for second, over in chains[1].items()
        if any((a, b) in row_keys for a in above for b in over)
    }


@pytest.mark.parametrize("name", QUESTIONS)
def test_whatever_has_a_hundred_aircraft_is_released(rehearsal, released, joined, name):
    """Alone, or within a coarser row for the sake of smaller neighbours."""
    cells = flights_cells(joined, *QUESTIONS[name])
    enough = cells[cells["aircraft"] >= 100]

    large = set(zip(*(enough[d] for d in QUESTIONS[name][0]), strict=True))

    found = set(keys(name, released[name]))
    assert large <= beneath(rehearsal.contract, name, found)


@pytest.mark.parametrize(
    ("manufacturer", "origin", "flights", "aircraft"),
    [("EMBRAER", "JFK", 16816, 75), ("GULFSTREAM AEROSPACE", "LGA", 484, 1)],
)
def test_few_aircraft_with_many_flights_are_withheld(
    outputs, released, items, manufacturer, origin, flights, aircraft
):
    """The plain filter publishes them, the guard does not."""
    name = "delays_by_manufacturer"
    cell = items[name].loc[(manufacturer, origin)]
    plain = {cell.labels: cell.rows for cell in outputs[name].plain}

    assert (cell["rows"], cell["aircraft"]) == (flights, aircraft)
    assert plain[manufacturer, origin] == flights
    assert (manufacturer, origin) not in keys(name, released[name])


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_plain_filters_excess_is_exactly_what_is_withheld(
    outputs, released, joined, name
):
    """What is shown beside the release is right too."""
    cells = flights_cells(joined, *QUESTIONS[name])
    plain = cells[cells["rows"] >= 100]

    shown = {cell.labels for cell in outputs[name].plain}

    expected = set(zip(*(plain[d] for d in QUESTIONS[name][0]), strict=True))
    assert shown == expected - set(keys(name, released[name]))


@pytest.mark.parametrize("name", QUESTIONS)
def test_shuffled_and_spread_rows_give_the_same_release(spark, rehearsal, output, name):
    """The same tables under the same keys, as they are and in 20 shuffled parts."""
    frames = {
        table.asset: spark.read.format("delta").load(
            str(output / "shared" / table.party / table.asset)
        )
        for table in rehearsal.tables
    }
    spread = {n: f.orderBy(F.rand(7)).repartition(20) for n, f in frames.items()}

    plain, shuffled = (
        room(spark, rehearsal.contract, tables).release(name)
        for tables in (frames, spread)
    )

    assert ended(plain) is Verdict.APPROVED
    assert shuffled._digest == plain._digest


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
    with pytest.raises(WriteFailed, match="E502") as caught:
        refuse_existing(tmp_path)

    assert caught.value.code == "E502"


@pytest.mark.parametrize(
    ("header", "line", "error", "code"),
    [
        (
            "tail_number,origin,destination,late,distance",
            "N4711,EWR,BOS,true,far",
            TableRefused,
            "E304",
        ),
        (
            "tail_number,origin,destination,late,distance",
            "N4711,EWR,BOS,maybe,12",
            TableRefused,
            "E304",
        ),
        ("tail_number,origin,late", "N4711,EWR,true", TableRefused, "E301"),
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
        read_raw_table(spark, asset, RawFolder(tmp_path).file(asset))

    assert caught.value.code == code
    assert "N4711" not in str(caught.value)
    assert "far" not in str(caught.value)
    assert "maybe" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path, rehearsal):
    """With the name it should have."""
    with pytest.raises(FileRefused, match="E300") as caught:
        RawFolder(tmp_path).file(rehearsal.contract.terms.assets["flights"])

    assert "airports/flights.csv" in str(caught.value)
