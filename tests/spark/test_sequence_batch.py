"""
Property 6 through the real aggregation: pairs of releases between which little changes.

A dimension ``batch`` says of which table a row is, before or after; one aggregation
takes all fingerprints.  The true sets of people stand beside, and what they contribute.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from dataclasses import dataclass, replace

import pytest

from cleanroom_join.attacks.guarded_room import FIRST_DAY as DAY
from cleanroom_join.attacks.guarded_room import USUAL_TOKENS
from cleanroom_join.contract import Contract, DifferencingAction, resolve
from cleanroom_join.disclosure import ROWS, SUBJECTS, Rule, protect
from cleanroom_join.disclosure.ledger.chain import history_of
from cleanroom_join.disclosure.ledger.entry import GENESIS, next_entry
from cleanroom_join.spark.ledger.tables import first_ledger
from cleanroom_join.spark.room.cells.aggregation import aggregate
from cleanroom_join.spark.room.token_join import join
from cleanroom_join.testing import contract_toml
from tests.reference.releases import bits, shown, smallest_difference
from tests.spark.support import token
from tests.support.frames import local_frame
from tests.support.plain_tables import query_over

# Many tables at once: `make long` runs them, in both modes and on the floor.
pytestmark = pytest.mark.slow

DRAWN = 36
"""Pairs of tables."""

K = 100
MEASURES = 'n = { function = "count" }\ntotal = { function = "sum", column = "amount" }'
TOTALS = '[["a"], []]'
ONE, POLICY = query_over("ab", TOTALS, measures=MEASURES)
"""The question of one table."""

KEYS = tuple(itertools.product(("a1", "a2"), ("b1", "b2")))
_VALUES = {name: [f"{name}{i}" for i in range(1, 7)] for name in "ab"}
AGREED = Contract.from_toml(
    contract_toml(
        policy="max_cells = 100000",
        payments="".join(f"{n} = {{ dimension = {v} }}\n" for n, v in _VALUES.items())
        + f"batch = {{ dimension = {list(range(2 * DRAWN))} }}",
        group_by=("a", "b", "batch"),
        measures=MEASURES,
        totals='[["a", "batch"], ["batch"]]',
    )
)
ASKED = resolve(AGREED, AGREED.output("segments"))
PAYMENTS = (
    "card_token string, region string, fraud boolean, amount double,"
    " a string, b string, batch int"
)
ACCOUNTS = "card_token string, age_band string"


@dataclass(frozen=True)
class Person:
    """Where somebody is, how many rows they have, and what the first of them says."""

    leaf: tuple[str, str]
    rows: int = 1
    value: int | None = 1


def change(rng, people):
    """Return the people of the next day: few or a crowd come, leave, move, pay."""
    after = dict(people)
    for _ in range(rng.randint(0, 2)):
        leaf, target = rng.choice(KEYS), rng.choice(KEYS)
        there = [who for who, person in after.items() if person.leaf == leaf]
        some = there[: rng.choice([1, 30, 99, 120, 150, 200])]
        what = rng.choice(["leave", "leave", "move", "rows", "value", "come"])
        if what == "leave":
            gone = set(some)
            after = {who: p for who, p in after.items() if who not in gone}
        elif what == "come":
            after |= {f"new {len(after) + i}": Person(leaf) for i in range(len(some))}
        else:
            value = rng.choice([3, None])
            now = {
                "move": {"leaf": target},
                "rows": {"rows": 2},
                "value": {"value": value},
            }
            after |= {who: replace(after[who], **now[what]) for who in some}
    return after


def drawn():
    """Return pairs of tables, before and after."""
    rng, pairs = random.Random(6), []
    for _ in range(DRAWN):
        before = {
            f"{key} {i}": Person(key)
            for key in KEYS
            for i in range(rng.choice([60, 99, 130, 260, 260, 330]))
        }
        pairs.append((before, change(rng, before)))
    return pairs


def rows_of(person):
    """Return the amounts of somebody's rows."""
    return [person.value, *[None] * (person.rows - 1)]


def frames(spark, pairs):
    """Return the two shared tables; who is in both tables of a pair has one token."""
    payments, names = [], set()
    for number, pair in enumerate(pairs):
        for late, people in enumerate(pair):
            for who, person in people.items():
                name = f"{number} {who}"
                names.add(name)
                for value in rows_of(person):
                    amount = None if value is None else float(value)
                    place = (*person.leaf, 2 * number + late)
                    payments.append((token(name), "north", True, amount, *place))
    accounts = [(token(name), "old") for name in sorted(names)]
    return {
        "payments": local_frame(spark, payments, PAYMENTS),
        "accounts": local_frame(spark, accounts, ACCOUNTS),
    }


@pytest.fixture(scope="module")
def pairs():
    """The tables, as they were drawn."""
    return drawn()


@pytest.fixture(scope="module")
def batch(spark, pairs):
    """The statistics of every pair of tables, from one aggregation."""
    members = first_ledger(AGREED).key.hash_key_row(spark)
    joined = join(ASKED, frames(spark, pairs), members)
    return by_pair(aggregate(ASKED, joined, fingerprinted=True), len(pairs))


def by_pair(cells, many):
    """Return the cells of each table of each pair, without the dimension ``batch``."""
    found = [([], []) for _ in range(many)]
    for cell in cells:
        *key, number = cell.labels
        pair, late = divmod(int(number), 2)
        found[pair][late].append(replace(cell, labels=tuple(key)))
    return found


_NUMBERS = {}
"""A small number for everybody, by name."""


def true_sets(people):
    """Return who contributes what, by aspect and leaf."""
    found = {name: defaultdict(dict) for name in (SUBJECTS, ROWS, *ONE.facet_columns)}
    for who, person in people.items():
        index = _NUMBERS.setdefault(who, len(_NUMBERS))
        found[SUBJECTS][person.leaf][index] = 0
        found[ROWS][person.leaf][index] = person.rows
        if person.value is not None:
            for title in ONE.facet_columns:
                found[title][person.leaf][index] = person.value
    return {
        facet: {leaf: bits(own) for leaf, own in leaves.items()}
        for facet, leaves in found.items()
    }


@pytest.mark.parametrize("action", DifferencingAction)
def test_two_releases_tell_of_nobody(pairs, batch, action):
    """No two things told of a pair differ by some people, but by fewer than k."""
    policy = replace(POLICY, differencing=action)
    seen = defaultdict(int)
    for (before, after), (old, new) in zip(pairs, batch, strict=True):
        first = protect(old, ONE, policy)
        entry = next_entry(
            GENESIS,
            ONE,
            first,
            {cell.labels: cell.signature for cell in old},
            contract_id="attack-suite",
            contract_sha256="0" * 64,
            contract_revision=1,
            tokens=USUAL_TOKENS,
            as_of=DAY,
        )
        second = protect(new, ONE, policy, history_of([entry]))
        was, now = true_sets(before), true_sets(after)
        for facet in was:
            one = shown(ONE, first, was[facet], {})
            other = shown(ONE, second, now[facet], {entry.run: one})
            least = smallest_difference(one, other)
            assert least is None or least >= K, facet
        seen["repeated"] += any(c.repeated_from for c in second.published)
        seen["new"] += any(
            c.repeated_from is None and c not in first.published
            for c in second.published
        )
        seen["refused"] += any(c.rule is Rule.DIFFERENCING for c in second.suppressed)

    assert seen["new"] > 2, seen
    repeats = action is DifferencingAction.REPEAT
    assert seen["repeated" if repeats else "refused"] > DRAWN // 8, seen


def test_the_same_people_have_the_same_marks(pairs, batch):
    """Of an item that nobody left, joined or changed in, and of no other."""
    same = other = 0
    for (before, after), (old, new) in zip(pairs, batch, strict=True):
        signatures = {cell.labels: cell.signature for cell in old}
        for cell in new:
            if "(all)" in cell.labels or cell.labels not in signatures:
                continue
            was, now = (
                {
                    (w, p.rows, p.value)
                    for w, p in people.items()
                    if p.leaf == cell.labels
                }
                for people in (before, after)
            )
            assert (signatures[cell.labels] == cell.signature) == (was == now)
            same, other = same + (was == now), other + (was != now)

    assert min(same, other) > DRAWN // 4
