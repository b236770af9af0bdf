"""The expression for a flat JSON object, by Python's engine against Python's JSON."""

from __future__ import annotations

import random
import re
import sys

import pytest

from cleanroom_join.spark.revocation.flat_json import FLAT_OBJECT, MEMBER_NAME
from tests.support.event_lines import good_line, mutated_line
from tests.support.plain_event_lines import Unreadable, flat_object

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python 3.10 has no possessive quantifiers"
)

CHARACTERS = (
    '{}[]",:\\ \n\t0123456789eE+-.truefalsn_aAudDcC/\u2028\xa0\u00e9\U0001f600\0\x1f'
)
PIECES = [
    *CHARACTERS,
    "",
    "\\ud83d",
    "\\ude00",
    "\\u0000",
    '"a":1,',
    '"a":',
    "null",
    '\\"a":',
]


def by_expression(text):
    """Return why a text is no flat object, by the expressions."""
    if re.search(FLAT_OBJECT.replace(r"\z", r"\Z"), text) is None:
        return "not_flat_json"
    names = re.findall(MEMBER_NAME, text)
    return "repeated_name" if len(set(names)) < len(names) else None


def by_reader(text):
    """Return the same by Python's JSON."""
    try:
        flat_object(text.encode())
    except Unreadable as reason:
        return str(reason)
    return None


@pytest.mark.slow
def test_both_take_the_same_texts_for_flat_objects():
    """Thousands of lines, most of them with a few characters changed."""
    rng = random.Random(18)
    answers = set()
    for index in range(8_000):
        line = good_line(rng) if index % 2 else mutated_line(rng) or b""
        text = list(line.decode(errors="replace"))
        for _ in range(rng.randrange(4)):
            start = rng.randrange(len(text) + 1)
            text[start : start + rng.randrange(3)] = rng.choice(PIECES)
        changed = "".join(text)
        expected = by_reader(changed)
        if expected not in ("too_long", "empty_line"):
            assert by_expression(changed) == expected, repr(changed)
            answers.add(expected)

    assert answers == {None, "not_flat_json", "repeated_name"}
