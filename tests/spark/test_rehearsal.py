"""A rehearsal tells each owner what is wrong with its table before the room refuses it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import nullcontext

import pytest
from rich.console import Console

from cleanroom_join.cli import show
from cleanroom_join.cli.show import data_warnings
from cleanroom_join.contract import Contract
from cleanroom_join.disclosure import Rule
from cleanroom_join.errors import ReleaseRefused
from cleanroom_join.spark.common.consent_state import consent_asset
from cleanroom_join.spark.rehearsal.opt_outs import opt_out_of
from cleanroom_join.spark.rehearsal.rehearsal import (
    rehearse,
    share_tables,
    shared_tables,
)
from cleanroom_join.spark.rehearsal.series import rehearse_series
from cleanroom_join.testing import contract_toml

DECLARED = 'street_number = { measure = "int", min = 0, max = 500 }'
TOML = contract_toml(
    accounts=DECLARED,
    group_by=("age_band",),
    measures='mean_number = { function = "mean", column = "street_number" }',
)
SERIES = contract_toml(
    group_by=("age_band",), measures='record_count = { function = "count" }'
)


def write(path, header, rows):
    """Write a raw table as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A register of 5,000 accounts, 2 % of them above the bound, and their payments."""
    folder = tmp_path_factory.mktemp("data")
    cards = [f"4{i:015}" for i in range(5_000)]
    accounts = [
        (
            card,
            "young" if i // 50 % 2 else "old",
            1_000 + i if i % 50 == 0 else 1 + i % 400,
        )
        for i, card in enumerate(cards)
    ]
    write(
        folder / "globex" / "accounts.csv",
        ("card_number", "age_band", "street_number"),
        accounts,
    )
    write(
        folder / "acme" / "payments.csv",
        ("card_number", "region", "fraud", "amount"),
        [(card, "north", "true", "10.00") for card in cards],
    )
    return folder


def test_a_lost_answer_has_its_reason_and_the_line_that_brings_it_back(
    spark, data, tmp_path
):
    """2 % of one measure above its bound lose everything; the line of the warning ends that."""
    seen = []
    lost = rehearse(
        spark,
        Contract.from_toml(TOML),
        data=data,
        output=tmp_path / "first",
        progress=lambda _: nullcontext(),
        profiled=seen.append,
    )
    (warning,) = [w for table in seen for w in table.profile.warnings]
    mended = Contract.from_toml(TOML.replace(DECLARED, warning.change.line))

    done = rehearse(
        spark,
        mended,
        data=data,
        output=tmp_path / "second",
        progress=lambda _: nullcontext(),
    )

    assert not lost.approved
    assert lost.outputs[0].saved is None
    assert lost.outputs[0].suppressed[Rule.CLAMPING] == 2
    assert [table.asset for table in seen] == ["payments", "accounts"]
    assert warning.column == "street_number"
    (output,) = done.outputs
    assert {row[0] for row in output.saved.rows} == {"young", "old"}
    assert [w for table in done.tables for w in table.profile.warnings] == []


def test_a_warning_is_printed_as_it_is_written():
    """Brackets are no markup, names no emoji, and a line to paste is not folded."""

    class Warned:
        def describe_warnings(self):
            line = "  [assets.accounts.columns]  :x: " + "long " * 60
            return ("WARNING [red]x[/red]", line)

    console = Console(file=io.StringIO(), width=40, emoji=False)

    data_warnings(console, Warned())

    first, second = console.file.getvalue().splitlines()
    assert first == "WARNING [red]x[/red]"
    assert second.startswith("  [assets.accounts.columns]  :x: long long")


SECTION = """
[revocation]
max_age_hours = 24
tables = { acme = "consent.consent_state", globex = "consent.consent_state" }
"""


@pytest.fixture(scope="module")
def series(spark, data, tmp_path_factory):
    """Two releases of 5,000 accounts, and 40 people who opt out between them."""
    output = tmp_path_factory.mktemp("series") / "out"
    done = rehearse_series(
        spark,
        Contract.from_toml(SERIES),
        data=data,
        output=output,
        releases=2,
        opt_out=40,
        progress=lambda _: nullcontext(),
        profiled=lambda _: None,
    )
    return done, output


def test_a_second_release_follows_the_first(spark, series):
    """The ledger is appended and confirmed in between; opt-outs repeat what is shown."""
    done, output = series
    first, second = (release.outputs[0] for release in done.releases)
    comparison = second.report.published.comparison

    assert done.approved
    assert [(r.number, r.opted_out) for r in done.releases] == [(1, 0), (2, 40)]
    assert (first.saved.ledger.run, second.saved.ledger.run) == (1, 2)
    assert first.report.published.comparison is None
    assert (comparison.run, comparison.unchanged) == (1, len(first.saved.rows))
    assert second.saved.rows == first.saved.rows
    ledger = spark.read.format("delta").load(str(output / "ledger" / "ledger"))
    assert {row["run"] for row in ledger.collect()} == {1, 2}
    (anchor,) = spark.read.format("delta").load(str(output / "ledger/anchor")).collect()
    assert (anchor["run"], anchor["head"]) == (2, second.saved.ledger.head)


def test_each_release_has_a_folder_of_its_own(series):
    """As the page on notebooks says."""
    _, output = series

    found = {
        path.relative_to(output).as_posix()
        for path in output.glob("*/*")
        if path.is_dir()
    }

    assert found == {
        "ledger/anchor",
        "ledger/ledger",
        "ledger/secret_acme",
        "ledger/secret_globex",
        "release_1/released",
        "release_2/released",
        "shared/acme",
        "shared/globex",
    }


def test_who_opts_out_is_gone(spark, series):
    """The runner's table has 40 people fewer: the first in the order of their tokens."""
    _, output = series
    shared = f"delta.`{output / 'shared' / 'acme' / 'payments'}`"
    history = spark.sql(f"DESCRIBE HISTORY {shared} LIMIT 1").collect()
    before = spark.sql(f"SELECT card_token FROM {shared} VERSION AS OF 0").collect()
    after = spark.sql(f"SELECT card_token FROM {shared}").collect()

    gone = sorted({r[0] for r in before} - {r[0] for r in after})
    assert history[0]["version"] == 1
    assert (len(before), len(after)) == (5_000, 4_960)
    assert gone == sorted(r[0] for r in before)[:40]


def test_a_series_is_printed_as_one_table(series, capsys, monkeypatch):
    """New, removed, same and changed rows of each release; then JSON with the same."""
    monkeypatch.setenv("COLUMNS", "200")  # what runs the tests may set a narrow one
    done, _ = series

    show.series(done, as_json=False)
    text = capsys.readouterr().out
    show.series(done, as_json=True)
    found = json.loads(capsys.readouterr().out)

    assert text.startswith("APPROVED  segments")
    rows = [line.split() for line in text.splitlines() if "segments" in line][1:]
    size = len(done.releases[0].outputs[0].saved.rows)
    cells = [[c for c in row if c not in "│┃"] for row in rows]
    assert [c[:5] for c in cells] == [
        ["1", "segments", "APPROVED", "0", str(size)],
        ["2", "segments", "APPROVED", "40", str(size)],
    ]
    assert cells[1][5:9] == ["0", "0", str(size), "0"]
    second = found["releases"][1]["outputs"][0]
    assert second["comparison"]["same"] == size
    assert "plain_filter_excess" not in second


def test_without_a_ledger_there_is_no_second_release(spark, data, tmp_path):
    """Said before anything is tokenised."""
    start, end = SERIES.index("[ledger]"), SERIES.index("[tokens]")

    with pytest.raises(ReleaseRefused, match=r"E501.*names no ledger"):
        rehearse_series(
            spark,
            Contract.from_toml(SERIES[:start] + SERIES[end:]),
            data=data,
            output=tmp_path / "out",
            releases=2,
            opt_out=0,
            progress=lambda _: nullcontext(),
            profiled=lambda _: None,
        )

    assert not (tmp_path / "out").exists()


def test_opt_outs_are_consent_events_if_the_contract_asks(spark, data, tmp_path):
    """The party's own job applies them: its table, its state, and no line is faulty."""
    contract = Contract.from_toml(SERIES + SECTION)
    quiet = {"data": data, "output": tmp_path, "progress": lambda _: nullcontext()}
    share_tables(spark, contract, **quiet)
    shared = spark.read.format("delta").load(str(tmp_path / "shared/acme/payments"))
    before = {row[0] for row in shared.select("card_token").collect()}

    assert opt_out_of(spark, contract, tmp_path, 40) == 40

    left = {row[0] for row in shared.select("card_token").collect()}
    gone = sorted(before - left)
    assert gone == sorted(before)[:40]
    digests = {hashlib.sha256(token.encode()).hexdigest() for token in gone}
    source = shared_tables(spark, tmp_path)
    states = [
        source(consent_asset(party, "")).collect() for party in ("acme", "globex")
    ]
    keys = [{row["key"] for row in rows if row["key"]} for rows in states]
    assert keys == [digests, set()]
    events = tmp_path / "consent" / "acme" / "consent_events"
    found = spark.read.format("delta").load(str(events)).collect()
    assert {row["quarantine"] for row in found} == {None}
    assert opt_out_of(spark, contract, tmp_path, 40) == 40  # others, a second time
