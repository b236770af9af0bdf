"""
What pairing promises, for the plain implementation that Spark's is compared with.

`tests/spark/test_identity.py` holds the two to each other.
"""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from tests.support.plain_identities import identities, pairing

CARDS = st.sampled_from([None, "c1", "c2", "c3", "c4"])
NAMES = st.sampled_from([None, "n1", "n2", "n3", "n4"])
ROWS = st.lists(st.tuples(CARDS, NAMES), max_size=8)
PEOPLE = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from(["n1", "n2", "n3"])),
    min_size=1,
    max_size=6,
)
"""Whether each person's row has a card, and a name, which others may have, too."""


def table_of(people):
    """Return one row per person, with a card of its own."""
    return [
        (f"c{i}" if carded else None, name if named else None)
        for i, (carded, named, name) in enumerate(people)
    ]


class Unions:
    """Union-find over tokens: what one row names together is one component."""

    def __init__(self, rows):
        self.parents = {}
        for row in rows:
            tokens = [token for token in row if token is not None]
            for token in tokens:
                self.parents[self.root(tokens[0])] = self.root(token)

    def root(self, token):
        """Return the token that stands for a component."""
        while self.parents.setdefault(token, token) != token:
            token = self.parents[token]
        return token

    def components(self):
        """Return the tokens of each component."""
        found = defaultdict(set)
        for token in list(self.parents):
            found[self.root(token)].add(token)
        return list(found.values())


@given(people=PEOPLE, planted=ROWS, first=st.booleans())
def test_no_person_of_a_table_counts_twice(people, planted, first):
    """Whatever the other table says, in one with one row per person."""
    mine = table_of(people)
    tables = (mine, planted) if first else (planted, mine)

    found = pairing(*tables, unique=(first, not first))

    used = list(found.pairs) if first else list(found.pairs.values())
    owners = defaultdict(set)
    for person, identity in enumerate(identities(mine)):
        owners[identity].add(person)
    assert len(set(used)) == len(used)
    assert all(len(owners[identity]) == 1 for identity in used)


@given(one=ROWS, other=ROWS)
def test_who_is_matched_contradicts_nothing(one, other):
    """Of two identities with cards, both have the same card."""
    found = pairing(one, other)

    for mine, theirs in found.pairs.items():
        cards = [
            {
                row[0]
                for row, own in zip(rows, identities(rows), strict=True)
                if own == i
            }
            - {None}
            for rows, i in ((one, mine), (other, theirs))
        ]
        assert not all(cards) or cards[0] == cards[1]
        assert found.kinds[mine] == (0 if all(cards) else 1)


@given(one=ROWS, other=ROWS)
def test_never_more_subjects_than_components(one, other):
    """Where no component has two cards or two names, union-find finds no fewer."""
    components = Unions([*one, *other]).components()
    plain = {
        frozenset(tokens)
        for tokens in components
        if all(sum(t.startswith(kind) for t in tokens) < 2 for kind in "cn")
    }

    found = pairing(one, other)

    used = [tokens for tokens in plain for _, token in found.pairs if token in tokens]
    assert len(used) == len(set(used))


@given(one=ROWS, other=ROWS)
def test_which_table_comes_first_changes_nothing(one, other):
    """Both parties would find the same pairs."""
    there, back = pairing(one, other), pairing(other, one)

    assert there.pairs == {mine: theirs for theirs, mine in back.pairs.items()}
