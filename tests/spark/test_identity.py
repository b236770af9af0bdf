"""Joins on several kinds of subject: who is matched, counted and compared."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure.model.signature import split
from cleanroom_join.errors import NoOverlap, ReleaseRefused
from cleanroom_join.review import Verdict
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.spark.rehearsal.opt_outs import opt_out_of
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.identity.identities import claims, with_identities
from cleanroom_join.spark.room.identity.paired_tables import PairedTables
from cleanroom_join.spark.room.identity.pairs import IS_PAIR, LEVEL, ONE, candidates
from cleanroom_join.spark.room.token_join import join
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import ACCOUNTS, PAYMENTS, ended, room, state, token, told
from tests.support.frames import local_frame
from tests.support.plain_identities import pairing

NAMES = ("a", "b", "c")


def drawn(chance, kinds):
    """Return a few rows of tokens, many of which are alike, or missing."""
    return [
        tuple(
            chance.choice((None, *(f"{kind}{n}" for n in range(3))))
            for kind in NAMES[:kinds]
        )
        for _ in range(chance.randint(1, 6))
    ]


@pytest.mark.parametrize("kinds", [2, 3])
def test_spark_pairs_whom_plain_python_pairs(spark, kinds):
    """In 400 worlds of colliding, missing and contradictory tokens."""
    chance = random.Random(7)
    worlds = [
        (drawn(chance, kinds), drawn(chance, kinds), chance.random() < 0.5)
        for _ in range(400)
    ]
    columns = list(NAMES[:kinds])
    schema = ", ".join(f"{name} string" for name in columns)

    def table(side):
        rows = [
            tuple(value and f"{world}:{value}" for value in row)
            for world, tables in enumerate(worlds)
            for row in tables[side]
        ]
        return with_identities(local_frame(spark, rows, schema), columns)

    # The second table has one row per subject in half of the worlds.
    found = {}
    for unique in (False, True):
        of = candidates(
            claims(table(0), columns, one_row=False),
            claims(table(1), columns, one_row=unique),
        )
        for row in of.collect():
            world = int(row[ONE].partition(" ")[2].partition(":")[0])
            if worlds[world][2] == unique:
                touched, pairs = found.setdefault(world, (set(), {}))
                touched.add(row[ONE])
                if row[IS_PAIR]:
                    assert row[ONE] not in pairs
                    pairs[row[ONE]] = (row["(other)"], row[LEVEL].bit_length() - 1)

    matched = Counter()
    for world, (one, other, unique) in enumerate(worlds):
        expected = pairing(one, other, unique=(False, unique))

        def text(identity, world=world):
            return f"{identity[0]} {world}:{identity[1]}"

        touched, pairs = found.get(world, (set(), {}))
        assert touched == {text(identity) for identity in expected.touched}
        assert pairs == {
            text(one): (text(other), expected.kinds[one])
            for one, other in expected.pairs.items()
        }
        matched.update(expected.kinds.values())
    assert all(matched[kind] > 10 for kind in range(kinds))


# --- whole tables -----------------------------------------------------------------

PERSON = 'person_token = { subject = "person", source = ["first", "last", "born"] }'
COUNT = 'record_count = { function = "count" }\n'
MEAN = 'mean_amount = { function = "mean", column = "amount" }\n'


def toml(policy="", totals="", measures=COUNT + MEAN):
    """Return a contract that joins on card, else person."""
    return contract_toml(
        policy=policy,
        subjects='[subjects.person]\nkind = ["name", "name", "date_of_birth"]',
        payments=PERSON,
        accounts=PERSON,
        group_by=("region",),
        totals=totals,
        measures=measures,
    ).replace('on = "card"', 'on = ["card", "person"]')


AGREED = Contract.from_toml(toml())
QUERY = resolve(AGREED, AGREED.output("segments"))
KEY = first_ledger(AGREED).key
"""One joint key, as in all runs of two companies."""

COUNTED = {}
"""The cells of tables that were counted already."""


def payments(spark, people):
    """Return two payments of each, of (card, person); every second is in the north."""
    rows = [
        (
            token(card),
            ("north", "south")[i % 2],
            i % 3 == 0,
            float(i % 90 + j),
            token(person),
        )
        for i, (card, person) in enumerate(people)
        if card or person
        for j in range(2)
    ]
    return local_frame(spark, rows, f"{PAYMENTS}, person_token string")


def accounts(spark, people):
    """Return one account of each, of (card, person)."""
    rows = [
        (token(card), ("young", "old")[i % 2], token(person))
        for i, (card, person) in enumerate(people)
    ]
    return local_frame(spark, rows, f"{ACCOUNTS}, person_token string")


def everybody(n, card="card{}", person="person{}"):
    """Return the tokens of *n* subjects; None leaves one kind out."""
    return [(card and card.format(i), person and person.format(i)) for i in range(n)]


def cells_of(spark, bought, held):
    """Return the cells of two tables."""
    tables = tuple(bought), tuple(held)
    if tables not in COUNTED:
        frames = {
            "payments": payments(spark, bought),
            "accounts": accounts(spark, held),
        }
        paired = PairedTables.of(QUERY, frames).frames
        joined = join(QUERY, paired, KEY.hash_key_row(spark))
        found = aggregate(QUERY, joined, AGREED.policy, fingerprinted=True)
        COUNTED[tables] = found
    return COUNTED[tables]


def sizes_of(cells):
    """Return the cohort size of each region."""
    return {cell.labels[0]: cell.subjects["card"].subjects for cell in cells}


HONEST = everybody(20)
PLANTED = {
    "two cards for each person": [
        *everybody(20, card="made up{}"),
        *everybody(20, card="also made up{}"),
    ],
    "one person's token for all": [(None, "person0") for _ in range(20)],
    "no cards": everybody(20, card=None),
    "cards of others": [(f"card{(i + 1) % 20}", f"person{i}") for i in range(20)],
    "each subject once by card and once by person": [
        *everybody(20, person=None),
        *everybody(20, card=None),
    ],
    "a card and the next one's person": [
        (f"card{i}", f"person{i + 1}") for i in range(20)
    ],
}
"""What a hostile partner may put into its table of accounts."""


@pytest.mark.parametrize("case", PLANTED)
def test_planted_tokens_make_no_subject_two(spark, case):
    """Whatever the other party's rows say, nobody counts twice."""
    cells = cells_of(spark, HONEST, PLANTED[case])

    found = sizes_of(cells)
    assert sum(found.values()) <= len(HONEST)
    assert all(cell.rows <= 2 * found[cell.labels[0]] for cell in cells)
    matched = {
        "two cards for each person": 0,  # each contradicts the card, and is two
        "one person's token for all": 0,
        "no cards": 20,
        "cards of others": 20,  # by card, which is trusted more
        "each subject once by card and once by person": 20,
        "a card and the next one's person": 20,
    }
    assert sum(found.values()) == matched[case]


def test_a_subject_of_two_tokens_is_one(spark):
    """A card in some rows, and the person in others, are one if any row has both."""
    bought = [*everybody(9), *everybody(9, card=None), *everybody(9, person=None)]

    by_card = cells_of(spark, bought, everybody(9, person=None))
    by_person = cells_of(spark, bought, everybody(9, card=None))

    for cells in (by_card, by_person):
        assert sum(cell.rows for cell in cells) == 9 * 3 * 2
        assert max(cell.subjects["card"].subjects for cell in cells) == 9


def test_twins_are_matched_by_card_only(spark):
    """A name that two people share stands for neither of them."""
    twins = [("card0", "twin"), ("card1", "twin"), (None, "twin")]

    assert sizes_of(cells_of(spark, twins, [("card0", "twin")])) == {"north": 1}
    assert sizes_of(cells_of(spark, twins, [(None, "twin")])) == {}


# --- releases over time -----------------------------------------------------------


def without_one(people):
    """Return all but the first."""
    return [(None, None), *people[1:]]


RELABELLED = {
    "cards arrive in payments, and accounts leave one out": (
        (everybody(600, card=None), everybody(600)),
        (everybody(600), everybody(600)[1:]),
    ),
    "cards arrive in accounts, and payments leave one out": (
        (everybody(600), everybody(600, card=None)),
        (without_one(everybody(600)), everybody(600)),
    ),
    "payments exchange a person's token for a card": (
        (everybody(600, card=None), everybody(600)),
        (without_one(everybody(600, person="fake{}")), everybody(600)),
    ),
    "accounts exchange a person's token for a card": (
        (everybody(600), everybody(600, card=None)),
        (everybody(600), everybody(600, person="fake{}")[1:]),
    ),
    "cards arrive, and nobody leaves": (
        (everybody(600, card=None), everybody(600)),
        (everybody(600), everybody(600)),
    ),
}
"""Two releases about the same subjects, who have other tokens in the second."""


@pytest.mark.parametrize("case", RELABELLED)
def test_other_tokens_make_no_new_subject(spark, case):
    """The ledger knows a subject by the table whose tokens stayed."""
    before, after = (cells_of(spark, *tables) for tables in RELABELLED[case])
    guarded = GuardedRoom(AGREED.policy)

    first, second = (guarded.release(QUERY, cells) for cells in (before, after))

    north, _ = second.published
    assert [row[:2] for row in first.rows] == [("north", 300), ("south", 300)]
    assert second.rows == first.rows
    assert north.repeated_from


def test_without_aliases_one_who_left_would_show(spark):
    """The test above can fail: what it tests is what keeps the figures back."""
    before, after = (
        [
            replace(
                cell,
                contents={n: f for n, f in cell.contents.items() if not split(n)[0]},
            )
            for cell in cells_of(spark, *tables)
        ]
        for tables in RELABELLED["cards arrive in payments, and accounts leave one out"]
    )
    blind = replace(QUERY, output=replace(QUERY.output, then_on=()))
    guarded = GuardedRoom(AGREED.policy)

    _, second = (guarded.release(blind, cells) for cells in (before, after))

    assert [row[0] for row in second.rows] == ["north", "south"]
    assert not any(cell.repeated_from for cell in second.published)


def test_other_subjects_are_new(spark):
    """Where all subjects are others, the figures are new."""
    later = [(f"other{i}", f"another{i}") for i in range(700)]
    guarded = GuardedRoom(AGREED.policy)
    guarded.release(QUERY, cells_of(spark, everybody(600), everybody(600)))

    second = guarded.release(QUERY, cells_of(spark, later, later))

    assert [row[1] for row in second.rows] == [350, 350]
    assert not any(cell.repeated_from for cell in second.published)


# --- a release --------------------------------------------------------------------

BOUGHT = [
    *everybody(700, person="spelt otherwise{}"),
    *[(None, f"person{i}") for i in range(700, 1000)],
    *[(f"card of somebody{i}", f"person{i}") for i in range(1000, 1200)],
]
"""700 are matched by card, 300 by person, and 200 contradict themselves."""


BOUNDED = 'protection = "perturbed"\ncontribution = { rows = 1 }'


@pytest.mark.parametrize("policy", ["", 'protection = "perturbed"', BOUNDED])
def test_a_release_tells_in_steps_who_was_matched_on_what(spark, policy):
    """All modes count 1,000 subjects, and the report names no number of them."""
    agreed = contract(toml(policy))
    frames = {
        "payments": payments(spark, BOUGHT),
        "accounts": accounts(spark, everybody(1200)),
    }

    release = room(spark, agreed, frames).release("segments")

    assert ended(release) is Verdict.APPROVED
    lines = [line.split() for line in told(release).splitlines()]
    said = [" ".join(line[1:]) for line in lines if line[0] == "matched"]
    assert said == [
        "on card: the rest",
        "on person: 200 or more",
        "not matched, although a token is in both tables: 200 or more",
    ]
    assert "joined on: card, else person" in told(release)
    assert sum(row[1] for row in release._rows) == pytest.approx(1000, abs=60)
    # A second release knows the first one's subjects, and waits for both parties.
    rows, end = list(release._entry.rows), release._entry.end
    tables = {**frames, **state(spark, rows, end.run, end.head)}
    with pytest.raises(ReleaseRefused, match="uncompared_through"):
        ended(room(spark, agreed, tables).release("segments"))
    accepted = toml(policy).replace("[ledger]", "[ledger]\nuncompared_through = 1")
    again = room(spark, contract(accepted), tables).release("segments")
    assert ended(again) is Verdict.APPROVED
    assert again._rows == release._rows


def test_a_table_without_any_card_is_joined_by_person(spark):
    """No table needs a token of the first kind."""
    frames = {
        "payments": payments(spark, everybody(400, card=None)),
        "accounts": accounts(spark, everybody(400, card=None)),
    }

    agreed = contract(toml(totals='"all"'))
    release = room(spark, agreed, frames).release("segments")

    assert ended(release) is Verdict.APPROVED
    assert [row[1] for row in release._rows] == [200, 200, 400]


def test_who_opts_out_of_a_rehearsal_is_not_matched_by_name(spark, tmp_path):
    """Rows with only a later token go too, if it stands beside the first one."""
    agreed = contract(toml())
    both, name_only, card_only = (
        (1, "card{}", "p{}"),
        (1, None, "p{}"),
        (2, "card{}", None),
    )
    tables = {"payments": [both, name_only, card_only], "accounts": [both, card_only]}
    for name, rows in tables.items():
        asset = agreed.terms.assets[name]
        columns = {c.subject: c.name for c in asset.subject_columns()}
        frame = local_frame(
            spark,
            [(c and c.format(i), p and p.format(i)) for i, c, p in rows],
            f"{columns['card']} string, {columns['person']} string",
        )
        path = tmp_path / "shared" / asset.party / name
        frame.write.format("delta").save(str(path))

    assert opt_out_of(spark, agreed, tmp_path, 1) == 1

    left = spark.read.format("delta").load(str(tmp_path / "shared/acme/payments"))
    assert [row[0] for row in left.collect()] == ["card2"]


def test_too_few_matches_are_refused_as_ever(spark):
    """Contradictions are no matches: nobody learns whether any are."""
    frames = {
        "payments": payments(spark, everybody(400)),
        "accounts": accounts(spark, everybody(400, card="other{}")),
    }

    release = room(spark, contract(toml()), frames).release("segments")

    with pytest.raises(NoOverlap) as caught:
        ended(release)
    assert caught.value.code == "E310"
