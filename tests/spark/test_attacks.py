"""The attacks' tables through the real room: Spark counts what the suite counts."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from cleanroom_join.attacks import ATTACKS, plain_shares
from cleanroom_join.attacks.fixture import agreed
from cleanroom_join.attacks.game import Game
from cleanroom_join.attacks.plain_counts import count, rows_by_cell
from cleanroom_join.attacks.plain_join import joined
from cleanroom_join.attacks.policy_room import PolicyRoom
from cleanroom_join.attacks.query import Observation
from cleanroom_join.contract import Policy, resolve
from cleanroom_join.disclosure.budget.shares import ShareCell, ShareQuery
from cleanroom_join.errors import CleanRoomJoinError
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.cells.shares import count_shares
from cleanroom_join.spark.room.token_join import join
from tests.spark import support
from tests.spark.support import room, token
from tests.spark.support import told as summary_of
from tests.support.frames import local_frame

PATIENTS = "person string, segment string, area string, diagnosis string, ill boolean, spend int"
MEMBERS = "person string, club string, tag string, score double"
SETTING = Game(policy=Policy(), seed=1)
# Many rows, NULL labels, totals, no numbers, marks, people who are in one table only.
PLAYED = ["1", "2b", "9b", "10", "11b", "12c", "22"]


class Recorder:
    """A room that keeps the first question and the attacker's table."""

    def __init__(self):
        self.query = self.hash_key_row = None

    def release(self, query, members):
        """Keep them, and answer nothing."""
        if self.query is None:
            self.query, self.hash_key_row = query, members
        return Observation()


def first_question(attack):
    """Return the victim's table, the attacker's and its first question."""
    recorder = Recorder()
    attack.guess(SETTING, recorder)
    return attack.world(SETTING, True)[0], recorder.hash_key_row, recorder.query


def as_tokens(rows):
    """Return rows whose people are tokens; scores are numbers as Spark has them."""
    return [
        row
        | {"person": token(row["person"])}
        | ({"score": float(row["score"])} if "score" in row else {})
        for row in rows
    ]


def frame(spark, rows, schema):
    """Return rows as a frame."""
    names = [column.split()[0] for column in schema.split(", ")]
    return local_frame(
        spark, [tuple(row[name] for name in names) for row in rows], schema
    )


@pytest.fixture(scope="module", params=PLAYED)
def played(request, spark):
    """An attack's first question: contract, both tables as rows, and as frames."""
    attack = next(a for a in ATTACKS if a.id == request.param)
    patients, members, query = first_question(attack)
    patients, members = as_tokens(patients), as_tokens(members)
    frames = {
        "patients": frame(spark, patients, PATIENTS),
        "members": frame(spark, members, MEMBERS),
    }
    return attack, query, patients, members, frames


def test_spark_counts_what_the_suite_counts(played):
    """Every figure of every item; fingerprints have keys of their own."""
    attack, asked, patients, members, frames = played
    contract = agreed(attack.fixture.toml(asked))
    query = resolve(contract, contract.output(asked.name))

    by_spark = aggregate(query, join(query, frames))

    ours = count(joined(patients, members), query, b"key")
    bare = [
        replace(cell, fingerprint=None, contents=None, cell_key=None) for cell in ours
    ]
    assert {c.labels: c for c in by_spark} == {c.labels: c for c in bare}


def test_spark_counts_the_shares_that_the_suite_counts(played):
    """On two lines and in three steps, whatever the cells cost."""
    attack, asked, patients, members, frames = played
    contract = agreed(attack.fixture.toml(asked))
    query = resolve(contract, contract.output(asked.name))
    rows, random = joined(patients, members), Random(5)
    levels = {
        level.above(query.dimensions, cell.labels): index
        for cell in count(rows, query, None)
        for index, level in reversed(list(enumerate(query.levels)))
    }
    shares = ShareQuery(
        cells=tuple(
            ShareCell(
                labels=labels,
                line=line,
                level=levels[labels],
                own=random.randrange(2),
                parts=random.randrange(1, 9_999),
                steps=random.randrange(4),
            )
            for labels in rows_by_cell(rows, query)
            for line in range(2)
        ),
        lines=2,
        steps=3,
    )

    by_spark = count_shares(query, join(query, frames), shares)

    ours = plain_shares.count_shares(rows, query, shares)
    assert by_spark == {
        (line, step): ours[line, step]
        for line in range(2)
        for step in range(3)
        if ours[line, 0]
    }
    assert sum(map(bool, by_spark.values())) >= 2


def test_the_real_room_releases_what_the_suite_shows(spark, played):
    """The same rows, or the same error, through every check before the guard."""
    attack, asked, patients, members, frames = played
    contract = agreed(attack.fixture.toml(asked))
    plain = PolicyRoom(attack.fixture, [patients], SETTING, ledger=True)

    seen = plain.release(asked, members)

    secrets = {
        f"(secret) {party}": support.secret(spark, party, "victim.room.ledger")
        for party in contract.terms.parties
    }
    try:
        release = room(spark, contract, {**frames, **secrets}).release(asked.name)
        rows = {tuple(row) for row in release._rows}
    except CleanRoomJoinError:
        rows = set()
    assert rows == {tuple(row.values()) for row in seen.rows}


def test_the_summary_tells_nothing_of_a_group_that_was_dropped(spark):
    """Attack 18 for real: both worlds' summaries are the same but for the ledger's head."""
    attack = next(a for a in ATTACKS if a.id == "18")
    _, members, asked = first_question(attack)
    contract = agreed(attack.fixture.toml(asked))

    told = []
    for secret in (True, False):
        frames = {
            "patients": frame(
                spark, as_tokens(attack.world(SETTING, secret)[0]), PATIENTS
            ),
            "members": frame(spark, as_tokens(members), MEMBERS),
        }
        release = room(spark, contract, frames).release(asked.name)
        told.append([repr(release), *summary_of(release).split("\nledger")[:1]])

    assert told[0] == told[1]
