"""
A room in memory whose releases are watched: the true sets stand beside the fingerprints.

The guard sees fingerprints only.  After every release we compare, with the subjects
themselves, all that was published so far.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from dataclasses import replace

from cleanroom_join.attacks.guarded_room import GuardedRoom
from cleanroom_join.contract import Contract, DifferencingAction, resolve
from cleanroom_join.disclosure import ROWS, SUBJECTS
from cleanroom_join.testing import contract_toml
from tests.reference.attackers import assert_hidden
from tests.reference.releases import bits, shown, smallest_difference
from tests.support.plain_tables import COUNT, cells_from_counts
from tests.support.signatures import signature_of

K = 100


class WatchedRoom:
    """
    Releases one after another, none of which reveals fewer than k subjects.

    Args:
        query: What is asked, unless a release asks for something else.
        policy: The policy in force.
        noise_key: Key that noise is drawn with.
    """

    def __init__(self, query, policy, noise_key=None):
        self.query = query
        self.guarded = GuardedRoom(policy, noise_key)
        self.shown = defaultdict(dict)
        """By facet and run, what was published."""
        self.pairs = 0
        """Pairs of releases that were compared."""
        self._rows, self._values = defaultdict(lambda: 1), defaultdict(lambda: 0)
        self._sets, self._signatures = {}, {}

    def release(self, leaves, query=None):
        """Release sets of subjects by leaf, and compare with all earlier releases."""
        query = query or self.query
        leaves = {leaf: own for leaf, own in leaves.items() if own}
        true = {leaf: self._contributions(own, query) for leaf, own in leaves.items()}
        cells = self.cells(leaves, query)
        table = self.guarded.release(query, cells)
        run = self.guarded.entries[-1].run
        for facet in (SUBJECTS, ROWS, *query.facet_columns):
            sets = {
                leaf: self._set(leaf, facet, own[facet]) for leaf, own in true.items()
            }
            now = shown(query, table, sets, self.shown[facet])
            for before in self.shown[facet].values():
                least = smallest_difference(before, now)
                assert least is None or least >= K, facet
            self.shown[facet][run] = now
        self.pairs += len(self.guarded.entries) - 1
        counts = {leaf: len(own) for leaf, own in leaves.items()}
        assert_hidden(counts, only_new(table), query)
        return table

    def cells(self, leaves, query=None):
        """Return the statistics of sets of subjects, with what each contributes now."""
        query = query or self.query
        signatures, valued = {}, {}
        for leaf, own in leaves.items():
            true = self._contributions(own, query)
            signatures[leaf] = self._signature(leaf, true, query)
            valued[leaf] = min(map(len, true.values()))
        counts = {leaf: len(own) for leaf, own in leaves.items()}
        return cells_from_counts(counts, query, signatures=signatures, valued=valued)

    def _signature(self, leaf, true, query):
        """Return a leaf's signature; the last one if its contributions are the same."""
        known = self._signatures.get(leaf)
        if known is None or known[0] != true:
            columns = {facet: true[facet] for facet in query.facet_columns}
            self._signatures[leaf] = true, signature_of(true[ROWS], columns)
        return self._signatures[leaf][1]

    def _set(self, leaf, facet, own):
        """Return contributions as bits; the last ones if they are the same."""
        known = self._sets.get((leaf, facet))
        if known is None or known[0] != own:
            self._sets[leaf, facet] = own, bits(own)
        return self._sets[leaf, facet][1]

    def _contributions(self, subjects, query):
        """Return what subjects contribute now, by facet."""
        values = {s: v for s in subjects if (v := self._values[s]) is not None}
        return {
            SUBJECTS: dict.fromkeys(subjects, 0),
            ROWS: {s: self._rows[s] for s in subjects},
            **dict.fromkeys(query.facet_columns, values),
        }

    def change(self, subjects, **now):
        """Give subjects so many ``rows`` from now on, or another ``value`` or None."""
        if "rows" in now:
            self._rows |= dict.fromkeys(subjects, now["rows"])
        if "value" in now:
            self._values |= dict.fromkeys(subjects, now["value"])


def suppressing_room(query, policy):
    """Return a room that suppresses cells that are too close to earlier ones."""
    return WatchedRoom(query, replace(policy, differencing=DifferencingAction.SUPPRESS))


def one_dimension(values, parents="", totals="[]"):
    """Return a query over one dimension, and its policy, with the domain given."""
    text = contract_toml(
        accounts=f"a = {{ dimension = {json.dumps(values)}{parents} }}",
        group_by=("a",),
        measures=COUNT,
        totals=totals,
    )
    contract = Contract.from_toml(text)
    return resolve(contract, contract.output("segments")), contract.policy


def only_new(table):
    """Return a table of the new cells; a repeated one says nothing of today."""
    cells = tuple(c for c in table.published if c.repeated_from is None)
    return replace(table, published=cells)


def sizes(table):
    """Return the published cohort sizes by labels, joined by a slash."""
    return {"/".join(map(str, c.labels)): c.figures[0] for c in table.published}


def next_day(rng, leaves, spare):
    """Return the next day's sets: joins, opt-outs of 1 to 300, and moves."""
    after = {leaf: set(own) for leaf, own in leaves.items()}
    for _ in range(rng.randint(1, 4)):
        leaf = rng.choice(sorted(after))
        leaving = min(rng.choice([1, 3, rng.randint(1, 300)]), len(after[leaf]))
        moves = rng.random() < 0.4
        target = rng.choice(sorted(after))
        for subject in rng.sample(sorted(after[leaf]), leaving):
            after[leaf].discard(subject)
            if moves:
                after[target].add(subject)
        if rng.random() < 0.5:
            joining = rng.choice([1, 2, rng.randint(1, 300)])
            after[rng.choice(sorted(after))].update(itertools.islice(spare, joining))
    return after
