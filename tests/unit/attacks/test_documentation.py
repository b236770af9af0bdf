"""The documentation names the attacks and their known limits as the catalogue does."""

from __future__ import annotations

import re
from pathlib import Path

from cleanroom_join.attacks import ATTACKS

ROOT = Path(__file__).parents[3]
HOWTO = ROOT / "docs/howto/attack-your-policy.md"

NOT_ATTACKED = {
    "That somebody came or left": "is 18b under `suppress`; else it names nobody",
    "Changed values": "is 7b with k others, whom the attacker knows, changed as well",
    "Counted kinds of subject over time": "is 7a for a subject that no join is on",
    "Earlier neighbours": "leaves a residual of k subjects, which may be published",
    "Knowing the rules": "gives no certainty, so no attacker is right in both worlds",
    "Several kinds of subject": "is played by tests/spark/test_identity.py on tokens",
    "Steps": "is about the summary, which attack 18 reads in one release only",
    "Timing": "is of a cluster, and games are played without one",
    "Whole numbers": "needs an integer program, which no attack here has",
    "Sums of money": "limits no interval that an attack could beat",
    "Padding": "is stopped (12a, 12b) but for the case named under Collusion",
    "Anonymous tokens": "is outside the room",
    "Tables without versions": "needs two reads; a game reads each table once",
    "A second ledger": "needs two ledgers; a game has one",
    "An altered library": "is not this library, which alone an attack here can play",
    "Two runners in one room": "is about who shares which table with the room",
    "Databricks itself": "is outside the library",
    "One table under two names": "is outside the library: a game has two tables",
    "What an opt-out cannot do": "is about other copies and identifiers, not an answer",
    "Texts that look alike": "is about what people read; an attacker here is a program",
}
"""Promises that are not made and that no program shows, with the reason."""


def not_promised():
    """Return the names of the promises that are not made."""
    text = (ROOT / "docs/explanation/limits.md").read_text()
    return set(re.findall(r"^### (.+)$", text, re.MULTILINE))


def test_the_limits_page_names_every_known_limit():
    """And every limit that it names is shown by an attack, or has a reason why not."""
    shown = {a.limit.promise for a in ATTACKS if a.limit is not None}

    assert shown | NOT_ATTACKED.keys() == not_promised()
    assert not shown & NOT_ATTACKED.keys()


def test_the_guide_lists_every_attack():
    """With the same title, and the same limit."""
    text = HOWTO.read_text()

    for program in ATTACKS:
        promise = program.limit.promise if program.limit else "–"
        assert f"| {program.id} | {program.title} | {promise} |" in text
