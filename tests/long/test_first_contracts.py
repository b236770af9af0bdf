"""First contracts of the examples: each is approved in a rehearsal as it is written."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from cleanroom_join.spark.first_contract.drafting import draft_contract
from cleanroom_join.spark.first_contract.raw_facts import RawTable
from cleanroom_join.spark.first_contract.token_tables import kept_in
from cleanroom_join.spark.party.raw_files import read_raw_file
from cleanroom_join.spark.rehearsal.rehearsal import rehearse

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "files", "fewest"),
    [
        ("flights", ("airports/flights.csv", "registry/aircraft.csv"), 15),
        (
            "fraud",
            ("acme/transaction_signals.parquet", "globex/account_behavior.parquet"),
            25,
        ),
    ],
)
def test_the_first_contract_of_an_example_is_approved(
    spark, tmp_path, example, files, fewest
):
    """With many of the cells of both tables' dimensions."""
    data = tmp_path / "raw"
    program = EXAMPLES / example / "make_data.py"
    subprocess.run([sys.executable, program, "--output", data], check=True)
    left, right = (
        RawTable(
            party=path.parent.name,
            asset=path.stem,
            frame=read_raw_file(spark, path),
            is_csv=path.suffix == ".csv",
        )
        for path in (data / file for file in files)
    )

    first = draft_contract(
        (left, right),
        expires=dt.date(2099, 12, 31),
        progress=lambda _: nullcontext(),
        keep=kept_in(tmp_path / "scratch"),
    )
    done = rehearse(
        spark,
        first.contract,
        data=data,
        output=tmp_path / "rehearsal",
        progress=lambda _: nullcontext(),
    )

    assert done.approved
    assert len(first.draft.group_by) == 2
    assert len(done.outputs[0].saved.rows) >= fewest
    assert [measure.function for measure in first.draft.measures] == [
        "count",
        "mean",
        "rate",
    ]
