"""The JSON of a rehearsal, for approved releases and others."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from cleanroom_join.advice import Answered
from cleanroom_join.cli import show
from cleanroom_join.disclosure import GuardedTable, LedgerState, PublishedCell, Rule
from cleanroom_join.review import (
    NotEntered,
    Review,
    Verdict,
    build_report_until_saved,
)
from cleanroom_join.testing import contract

pytest.importorskip("pyspark")

from cleanroom_join.contract import resolve
from cleanroom_join.data_profile import RepeatedSubjects, TableFacts
from cleanroom_join.spark.ledger.entry_rows import LedgerEnd
from cleanroom_join.spark.ledger.tables import Ledger
from cleanroom_join.spark.party.table_profile import TableProfile
from cleanroom_join.spark.rehearsal.rehearsal import (
    Rehearsal,
    RehearsedOutput,
    RehearsedTable,
)
from cleanroom_join.spark.room.release import Release
from cleanroom_join.spark.room.run import Run
from cleanroom_join.spark.room.saved_release import SavedRelease

AGREED = contract()
QUESTION = resolve(AGREED, AGREED.output("segments"))
ROW = PublishedCell(labels=("north", "old"), figures=(100, 105, 0, 0))
ANSWERED = Answered(
    query=QUESTION,
    cells=(),
    table=GuardedTable(columns=QUESTION.schema(), published=(ROW,), suppressed=()),
)


def release(verdict):
    """Return a release of one cell; nothing here needs a session or a report."""
    table = GuardedTable(columns=QUESTION.schema(), published=(ROW,), suppressed=())
    review = Review(verdict=Verdict.PENDING, findings=())
    run = Run(
        spark=None,
        contract=AGREED,
        query=QUESTION,
        source=None,
        ledger=Ledger(state=LedgerState.VERIFIED),
        today=dt.date(2030, 1, 1),
    )
    told = build_report_until_saved(AGREED, QUESTION, review, NotEntered(problem=None))
    report = replace(told, verdict=verdict)
    return Release.of(run, review, told, report=report, rows=table.rows), report


def saved(release):
    """Return the release as if it were written."""
    return SavedRelease(
        table_name="`s`.`t`",
        columns=release.columns,
        rows=release._rows,
        digest=release._digest,
        ledger=LedgerEnd(run=1, head="ab" * 32),
        _report=None,
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_only_an_approved_release_has_a_digest(verdict, capsys):
    """Somebody who can guess the rows could verify the guess with it."""
    one, report = release(verdict)
    nothing = MappingProxyType(dict.fromkeys(Rule, 0))
    approved = verdict is Verdict.APPROVED
    output = RehearsedOutput(
        release=one,
        report=report,
        saved=saved(one) if approved else None,
        folder=None,
        plain=(),
        suppressed=nothing,
        answered=ANSWERED,
    )

    show.rehearsal(
        Rehearsal(contract=AGREED, tables=(), outputs=(output,)), as_json=True
    )

    (shown,) = json.loads(capsys.readouterr().out)["outputs"]
    assert shown["verdict"] == verdict.value
    assert (shown["sha256"] is not None) == (shown["rows"] != []) == approved
    assert shown["sha256"] == (output.saved.digest if approved else None)
    assert set(shown["suppressed"]) == {rule.value for rule in Rule}


@pytest.mark.parametrize("as_json", [True, False])
def test_a_table_has_its_warnings(as_json, capsys):
    """For programs as fields, for people as lines."""
    facts = TableFacts(
        asset=AGREED.terms.assets["accounts"],
        rows=5_000,
        with_token={"card_token": 4_000},
        measures=(),
        dimensions=(),
        repeated=RepeatedSubjects(
            column="card_token", subject="card", subjects=7, rows=15
        ),
    )
    profile = TableProfile(tokens=(), facts=facts, terms=AGREED.asset("accounts"))
    table = RehearsedTable(asset="accounts", party="globex", profile=profile)

    show.rehearsal(
        Rehearsal(contract=AGREED, tables=(table,), outputs=()), as_json=as_json
    )

    text = capsys.readouterr().out
    if as_json:
        (shown,) = json.loads(text)["tables"]
        (warning,) = shown["warnings"]
        assert (shown["party"], shown["asset"]) == ("globex", "accounts")
        assert (warning["column"], warning["effect"]) == ("card_token", "refused")
        assert warning["line"] is None
    else:
        assert "WARNING globex/accounts  card_token: subjects on more than one" in text
        assert 'take one_row_per = "card" out of [assets.accounts].' in text
