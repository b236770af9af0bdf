"""Opt-outs and suspensions on the fraud example, from the raw tables to the cohort."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cleanroom_join.errors import ConsentRefused
from cleanroom_join.party import tokenise
from cleanroom_join.review import Verdict
from cleanroom_join.room import CleanRoom
from cleanroom_join.spark.common.consent_state import consent_asset
from cleanroom_join.spark.party.gold import Gold
from cleanroom_join.spark.party.raw_files import read_raw_table
from cleanroom_join.spark.rehearsal.rehearsal import rehearse
from cleanroom_join.spark.room import pipeline
from cleanroom_join.testing import TEST_KEY
from tests.spark.support import anchor, ended, secret, state, told
from tests.support.consent_states import (
    consent_row,
    heartbeat,
    opted_out,
    state_frame,
    with_revocation,
)

EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud"
CONTRACT = with_revocation((EXAMPLE / "collaboration.toml").read_text())
SIGNALS, BEHAVIOR = "transaction_signals", "account_behavior"
OUTPUT = "segment_signals"


class Companies:
    """Both companies with their raw tables, Gold tables and consent states."""

    def __init__(self, spark, folder):
        made = ["--rows", "40000", "--cards", "4000", "--output", folder / "raw"]
        subprocess.run([sys.executable, EXAMPLE / "make_data.py", *made], check=True)
        self.spark, self.folder = spark, folder
        spark.sql("CREATE SCHEMA consent_fraud")
        for party in CONTRACT.terms.parties:
            self.say(party, heartbeat())
        for name in CONTRACT.terms.assets:
            self.share(name)

    def gold(self, name):
        """Return the name of a Gold table."""
        return f"consent_fraud.{name}"

    def state(self, party):
        """Return the name of a consent state."""
        return f"delta.`{self.folder}/consent_of_{party}`"

    def say(self, party, *rows):
        """Write rows into a party's state, as its job would; one row per key stays."""
        path = f"{self.folder}/consent_of_{party}"
        frame = state_frame(self.spark, rows)
        if Path(path).exists():
            kept = self.spark.read.format("delta").load(path)
            frame = kept.join(frame, ["scope", "key"], "left_anti").union(frame)
        frame.write.format("delta").mode("overwrite").save(path)

    def share(self, name):
        """Tokenise a raw table and save its Gold table."""
        terms = CONTRACT.asset(name)
        asset = terms.asset
        raw = read_raw_table(
            self.spark, asset, self.folder / "raw" / asset.party / f"{name}.parquet"
        )
        tokenise(raw, terms, key=TEST_KEY, consent_state=self.state(asset.party)).save(
            self.gold(name)
        )

    def version(self, name):
        """Return the version of a Gold table."""
        history = self.spark.sql(f"DESCRIBE HISTORY {self.gold(name)}")
        return history.agg(F.max("version")).collect()[0][0]

    def tokens(self, name):
        """Return the tokens of a Gold table, as rows."""
        return {
            row[0]
            for row in self.spark.table(self.gold(name)).select("card_token").collect()
        }

    def room(self):
        """Return a clean room over the Gold tables and the states."""
        tables = {**state(self.spark), "(anchor)": anchor(self.spark, CONTRACT)}

        def source(asset):
            if asset.name == "(secret)":
                return secret(self.spark, asset.party, "acme.cleanroom.ledger")
            if asset.name == consent_asset(asset.party, "").name:
                return self.state(asset.party)
            return tables[asset.name] if asset.name in tables else self.gold(asset.name)

        return CleanRoom(self.spark, CONTRACT, source=source)


@pytest.fixture(scope="module")
def companies(spark, tmp_path_factory):
    """Both companies; nobody has opted out yet."""
    yield Companies(spark, tmp_path_factory.mktemp("companies"))
    spark.sql("DROP SCHEMA consent_fraud CASCADE")


@pytest.fixture
def cohorts(monkeypatch):
    """The tokens of each run's cohort, as its join finds them."""
    seen, join = [], pipeline.join

    def watched(query, tables, *args, **more):
        one, other = (
            {row[0] for row in tables[a.name].select("card_token").collect()}
            for a in query.assets
        )
        seen.append((one & other) - {None})
        return join(query, tables, *args, **more)

    monkeypatch.setattr(pipeline, "join", watched)
    return seen


def test_an_opt_out_is_out_of_the_next_run_and_no_rewrite_brings_it_back(
    companies, cohorts, monkeypatch
):
    """Neither with the room's second wall nor without it."""
    both = companies.tokens(SIGNALS) & companies.tokens(BEHAVIOR) - {None}
    gone, gone_too, back = sorted(both)[:3]
    versions = [companies.version(name) for name in (SIGNALS, BEHAVIOR)]
    companies.say("acme", opted_out(gone), opted_out(back))
    companies.say("globex", opted_out(gone_too, "ERASE"))

    room = companies.room()
    release = room.release(OUTPUT)

    assert ended(release) is Verdict.APPROVED
    assert cohorts.pop() == both - {gone, gone_too, back}
    (entry,) = room._CleanRoom__ledger.entries
    told_versions = dict(entry.versions)
    assert told_versions["(consent of acme)"] == 1
    assert "state of acme at version 1, state of globex at version 1" in told(release)
    assert [companies.version(name) for name in (SIGNALS, BEHAVIOR)] == versions

    companies.say("acme", opted_out(back, "OPT_IN"))
    for name in (SIGNALS, BEHAVIOR):
        companies.share(name)

    # Each company's own opt-outs, since its Gold knows of no others.
    assert companies.tokens(SIGNALS) & {gone, back} == {back}
    assert companies.tokens(BEHAVIOR) & {gone_too, back} == {back}
    without_wall(monkeypatch)
    assert ended(companies.room().release(OUTPUT)) is Verdict.APPROVED
    assert cohorts.pop() == both - {gone, gone_too}


def without_wall(monkeypatch):
    """Let the room believe Gold."""
    monkeypatch.setattr(
        pipeline, "_consented", lambda c, q, shared, consent: (shared.frames, None)
    )


def test_an_opt_out_that_comes_while_gold_is_written_is_not_in_it(
    companies, monkeypatch
):
    """The state was read before, and the table is committed after."""
    gone = max(companies.tokens(BEHAVIOR) - {None})
    write = Gold._write

    def written(gold, table):
        write(gold, table)
        assert gone in companies.tokens(BEHAVIOR)
        companies.say("globex", opted_out(gone))

    monkeypatch.setattr(Gold, "_write", written)
    companies.share(BEHAVIOR)
    assert gone not in companies.tokens(BEHAVIOR)

    monkeypatch.undo()
    before = companies.version(BEHAVIOR)
    companies.share(BEHAVIOR)
    assert companies.version(BEHAVIOR) == before + 1


def test_a_suspension_is_one_row_and_rewrites_no_gold(companies):
    """The next run stops; with a RESUME a run is made again."""
    versions = [companies.version(name) for name in (SIGNALS, BEHAVIOR)]
    companies.say("globex", consent_row("party", "acme", "SUSPEND"))

    with pytest.raises(ConsentRefused, match=r'E611.*party "acme" is suspended'):
        companies.room().release(OUTPUT)

    companies.say("globex", consent_row("party", "acme", "RESUME"))
    assert ended(companies.room().release(OUTPUT)) is Verdict.APPROVED
    assert [companies.version(name) for name in (SIGNALS, BEHAVIOR)] == versions


def test_no_gold_is_made_without_the_state_that_the_contract_names(companies):
    """Whoever forgets it is told what to pass."""
    terms = CONTRACT.asset(BEHAVIOR)

    with pytest.raises(ConsentRefused, match=r"E614.*consent\.consent_state"):
        tokenise(companies.spark.range(1), terms, key=TEST_KEY)


@pytest.mark.slow
def test_a_rehearsal_makes_states_in_which_nobody_opted_out(companies, tmp_path):
    """Both companies' data are on one machine, and no job has run there."""
    done = rehearse(
        companies.spark,
        CONTRACT,
        data=companies.folder / "raw",
        output=tmp_path / "rehearsed",
        progress=lambda _: nullcontext(),
    )

    assert done.approved
    (output,) = done.outputs
    assert ("consent", "state of acme, state of globex; none older than 24 hours") in (
        output.report.query
    )
