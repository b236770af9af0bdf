"""Lines of a topic for the tests that kill the job: out of order, repeated, malformed."""

from __future__ import annotations

import json
import random

from tests.spark.support import token

__all__ = ["SUBJECTS", "made_up_lines"]

SUBJECTS = 60


def made_up_lines(count: int, seed: int) -> list[str | None]:
    """
    Return lines about a few subjects, several of each.

    A tenth is malformed, and a tenth was delivered before.
    """
    chance = random.Random(seed)
    lines: list[str | None] = []
    while len(lines) < count:
        dice = chance.random()
        if dice < 0.1 and lines:
            lines.append(chance.choice(lines))
        elif dice < 0.2:
            lines.append(chance.choice(["no json", "", None, '{"action":"OPT_OUT"}']))
        else:
            lines.append(_line(chance, len(lines)))
    return lines


def _line(chance: random.Random, number: int) -> str:
    """Return an event of one of the subjects, at some time of a month."""
    event = {
        "schema_version": 1,
        "event_id": f"e{number}",
        "token": token(f"card{chance.randrange(SUBJECTS)}"),
        "action": chance.choice(["OPT_OUT", "OPT_OUT", "OPT_IN", "ERASE", "LEAVE"]),
        "event_time": f"2026-10-{chance.randint(1, 31):02}T09:00:00Z",
        "received_at": "2026-11-01T09:00:00Z",
        "evidence_digest": "e" * 64,
        "source_seq": chance.randrange(3),
    }
    return json.dumps(event)
