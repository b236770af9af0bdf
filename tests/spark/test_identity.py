"""Joins on several kinds of subject: who is matched, counted, compared, and refused."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from cleanroom_join.spark.room.identity.identities import claims, with_identities
from cleanroom_join.spark.room.identity.pairs import IS_PAIR, LEVEL, ONE, candidates
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
