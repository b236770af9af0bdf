"""A rehearsal tells each owner what is wrong with its table before the room refuses it."""

from __future__ import annotations

import csv
import io
from contextlib import nullcontext

import pytest
from rich.console import Console

from cleanroom_join.cli.show import data_warnings
from cleanroom_join.contract import Contract
from cleanroom_join.disclosure import Rule
from cleanroom_join.spark.rehearsal.rehearsal import rehearse
from cleanroom_join.testing import contract_toml

DECLARED = 'street_number = { measure = "int", min = 0, max = 500 }'
TOML = contract_toml(
    accounts=DECLARED,
    group_by=("age_band",),
    measures='mean_number = { function = "mean", column = "street_number" }',
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
