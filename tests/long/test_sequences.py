"""
Property 6 through the whole room: twenty releases one after another tell of nobody.

Before each, people join, opt out, and pay differently.  Whom a figure is about is known
here by name: the room says of which run a figure is, and who was there then is
remembered.  `tests/unit/disclosure/differencing` asks the guard alone, of
many more tables.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from cleanroom_join.contract import resolve
from cleanroom_join.disclosure import cell_id
from cleanroom_join.review import Verdict
from cleanroom_join.spark.ledger.entry_rows import LEDGER_SCHEMA
from cleanroom_join.testing import contract, contract_toml
from tests.reference.levels import cells_containing
from tests.reference.releases import bits, shown, smallest_difference
from tests.spark.support import ended, room, state, token
from tests.support.consent_states import consent_state, opted_out, with_revocation
from tests.support.frames import local_frame

K, BASE = 100, 5
BOUND = 10
"""Of the noise of a count, in its steps: the policy's default."""

RELEASES = 20
SEED = 3
"""Of a town with days of few and of many changes."""
LEAVES = tuple(itertools.product(("5411", "5412", "5732"), ("town", "country")))
PAYMENTS = "card_token string, region string, fraud boolean, amount double"
ACCOUNTS = "card_token string, age_band string, sector string, area string"
_COLUMNS = """
sector = { dimension = ["5411", "5412", "5732"], parents = { "5411" = "food", "5412" = "food", "5732" = "goods" } }
area = { dimension = ["town", "country"] }
"""
_MEASURES = """
payments = { function = "count" }
total = { function = "sum", column = "amount" }
"""
POLICIES = {
    "repeat": 'differencing = "repeat"',
    "suppress": 'differencing = "suppress"',
    "perturbed": 'protection = "perturbed"',
}


@dataclass(frozen=True)
class Customer:
    """One subject: the leaf that it is in, its payments, and the amount of the first."""

    leaf: tuple[str, str]
    payments: int = 1
    amount: int | None = 1
    """In tens; the other payments have none."""


class Town:
    """Everybody who is a customer of both companies, from one day to the next."""

    def __init__(self, rng):
        self.rng, self.names = rng, itertools.count(1)
        self.people = {}
        for leaf in LEAVES:
            self.join(leaf, rng.randint(150, 600))

    def join(self, leaf, many):
        """Let new people come."""
        self.people |= dict.fromkeys(
            itertools.islice(self.names, many), Customer(leaf=leaf)
        )

    def some_of(self, leaf, many):
        """Return so many people of a leaf, or all if there are fewer."""
        there = [who for who, customer in self.people.items() if customer.leaf == leaf]
        return self.rng.sample(there, min(many, len(there)))

    def day(self):
        """Let people opt out and join, and sometimes pay otherwise: 1 to 300 each."""
        for _ in range(self.rng.randint(1, 3)):
            for who in self.some_of(self.rng.choice(LEAVES), self.few_or_many()):
                del self.people[who]
            self.join(self.rng.choice(LEAVES), self.few_or_many())
        if self.rng.random() < 0.3:
            now = self.rng.choice(
                [{"payments": self.rng.randint(1, 3)}, {"amount": None}, {"amount": 2}]
            )
            for who in self.some_of(self.rng.choice(LEAVES), self.few_or_many()):
                self.people[who] = replace(self.people[who], **now)

    def few_or_many(self):
        """Return 1 to 300; very few are what attacks are made of."""
        return self.rng.choice([1, 2, self.rng.randint(1, 300)])

    def payments(self):
        """Return the rows of one company."""
        return [
            (token(f"card{who}"), "north", False, first)
            for who, customer in self.people.items()
            for first in (
                None if customer.amount is None else 10.0 * customer.amount,
                *[None] * (customer.payments - 1),
            )
        ]

    def accounts(self):
        """Return the rows of the other."""
        return [(token(f"card{who}"), "old", *c.leaf) for who, c in self.people.items()]

    def states(self, spark):
        """Return no consent states: the contract asks for none."""
        return {}

    def facets(self):
        """Return who contributes what, by aspect and leaf."""
        found = {name: defaultdict(dict) for name in ("people", "payments", "amounts")}
        for who, customer in self.people.items():
            found["people"][customer.leaf][who] = 0
            found["payments"][customer.leaf][who] = customer.payments
            if customer.amount is not None:
                found["amounts"][customer.leaf][who] = customer.amount
        return found


class ConsentTown(Town):
    """
    A town whose tables never change: who is out is in the companies' states alone.

    Most days one person opts out, or comes back.
    """

    def __init__(self, rng):
        super().__init__(rng)
        self.out, self.back = {}, set()

    def day(self):
        """Let one person opt out, or come back; every fourth day, many opt out."""
        returns = [who for who in self.out if self.rng.random() < 0.2][:1]
        many = 1 if self.rng.random() < 0.75 else self.rng.randint(100, 150)
        for who in self.some_of(self.rng.choice(LEAVES), 0 if returns else many):
            self.out[who] = self.people.pop(who)
        for who in returns:
            self.people[who] = self.out.pop(who)
            self.back.add(who)

    def payments(self):
        """Return the rows of one company, those of people who opted out too."""
        return self._with_everybody(super().payments)

    def accounts(self):
        """Return the rows of the other, likewise."""
        return self._with_everybody(super().accounts)

    def _with_everybody(self, rows):
        """Return the rows of a table as if nobody had opted out."""
        permitted = self.people
        self.people = dict(sorted((permitted | self.out).items()))
        try:
            return rows()
        finally:
            self.people = permitted

    def states(self, spark):
        """Return both states: everybody has said it to one of the companies."""
        rows = [
            (
                who,
                opted_out(
                    token(f"card{who}"), "OPT_OUT" if who in self.out else "OPT_IN"
                ),
            )
            for who in sorted(self.out.keys() | self.back)
        ]
        return {
            f"(consent of {party})": consent_state(
                spark, *(row for who, row in rows if who % 2 == odd)
            )
            for odd, party in enumerate(("acme", "globex"))
        }


class Room:
    """A room that is entered again for every release, with the ledger so far."""

    def __init__(self, spark, policy, folder, *, asks_consent=False):
        text = contract_toml(
            policy=policy,
            accounts=_COLUMNS,
            group_by=("sector", "area"),
            measures=_MEASURES,
            totals='"all"',
        )
        self.agreed = with_revocation(text) if asks_consent else contract(text)
        self.spark, self.folder = spark, str(folder)
        self.asked = resolve(self.agreed, self.agreed.output("segments"))
        self.end = {}

    def release(self, town):
        """Return figures by cell and the run that each is of; None if nothing passed."""
        tables = {
            "payments": local_frame(self.spark, town.payments(), PAYMENTS),
            "accounts": local_frame(self.spark, town.accounts(), ACCOUNTS),
            **state(self.spark, **self.end),
            **town.states(self.spark),
        }
        if self.end:
            reader = self.spark.read.schema(LEDGER_SCHEMA)
            tables["(ledger)"] = reader.parquet(self.folder)
        entered = room(self.spark, self.agreed, tables)
        release = entered.release("segments")
        added = release._entry
        self.end = {"run": added.end.run, "head": added.end.head}
        entry = local_frame(self.spark, list(added.rows), LEDGER_SCHEMA)
        entry.coalesce(1).write.mode("append").parquet(self.folder)
        if ended(release) is not Verdict.APPROVED:
            (found,) = release._report.findings
            assert found.startswith("not_empty: ")
            return None
        runs = entered._CleanRoom__ledger.entries[-1].cells
        return {
            row[:2]: (row[2:], runs[cell_id(self.asked, row[:2])].run)
            for row in release._rows
        }


class Watcher:
    """Somebody who keeps every release, and knows who was there."""

    def __init__(self, asked):
        self.asked = asked
        self.told = defaultdict(dict)
        """What was shown, by aspect and run."""
        self.figures, self.of_whom = {}, {}
        """Figures by cell and run; by cell and all that people contribute."""

    def look(self, run, cells, town):
        """Compare a release with all earlier ones, and keep it; return what is new."""
        published = [
            SimpleNamespace(
                labels=key,
                repeated_from=None if of == run else SimpleNamespace(run=of),
            )
            for key, (_, of) in cells.items()
        ]
        table = SimpleNamespace(published=published)
        for facet, leaves in town.facets().items():
            sets = {leaf: bits(people) for leaf, people in leaves.items()}
            now = shown(self.asked, table, sets, self.told[facet])
            for before in self.told[facet].values():
                least = smallest_difference(before, now)
                assert least is None or least >= K, facet
            self.told[facet][run] = now
        return {key: figures for key, (figures, of) in cells.items() if of == run}

    def check_repeated(self, run, cells):
        """Figures are of the run that they are said to be of."""
        self.figures |= {(key, run): f for key, (f, of) in cells.items() if of == run}
        for key, (figures, of) in cells.items():
            assert figures == self.figures[key, of]

    def check_new(self, new, town, away):
        """New figures are about those who are there: k at least, and so many."""
        for key, (size, *others) in new.items():
            people = frozenset(
                (who, customer)
                for who, customer in town.people.items()
                if key in cells_containing(customer.leaf, self.asked)
            )
            assert len(people) >= K
            assert size >= K
            assert abs(size - len(people)) <= away
            # Of the same people, who contribute the same, they are the same.
            figures = self.of_whom.setdefault((key, people), (size, *others))
            assert figures == (size, *others)


def watched(entered, town, way):
    """Release day after day; return how often, and what was new, also the first time."""
    watcher = Watcher(entered.asked)
    away = BASE * 0.5 if way != "perturbed" else BOUND + BASE
    told, new, first = 0, 0, 0

    for _ in range(RELEASES):
        cells = entered.release(town)
        if cells is not None:
            run = entered.end["run"]
            fresh = watcher.look(run, cells, town)
            watcher.check_repeated(run, cells)
            watcher.check_new(fresh, town, away)
            told, new, first = told + 1, new + len(fresh), first or len(fresh)
        town.day()
    return told, new, first


@pytest.mark.parametrize("way", POLICIES)
def test_twenty_releases_through_the_room_tell_of_nobody(spark, tmp_path, way):
    """190 pairs: no two things told differ by fewer than k people, and things are told."""
    town = Town(random.Random(SEED))
    entered = Room(spark, POLICIES[way], tmp_path / "ledger")
    told, new, _ = watched(entered, town, way)

    assert told >= RELEASES * 3 // 4
    assert new > 2 * len(LEAVES)  # and not only what was told the first time


@pytest.mark.parametrize("way", ["repeat", "perturbed"])
def test_twenty_releases_around_single_opt_outs_tell_of_nobody(spark, tmp_path, way):
    """Nobody can tell who left, or came back, although no row of a table changes."""
    town = ConsentTown(random.Random(SEED))
    policy, folder = POLICIES[way], tmp_path / "ledger"
    entered = Room(spark, policy, folder, asks_consent=True)

    told, new, first = watched(entered, town, way)

    assert told >= RELEASES * 3 // 4
    assert new > first > 0  # many opt-outs at once do change figures
    assert town.out
    assert town.back
