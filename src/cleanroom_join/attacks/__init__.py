"""
Attacks on a clean room, as programs: what does the policy stop?

Made-up subjects only.  Every attack plays the hostile partner against a plain filter,
``count(*) >= 100``, and against the guard under a contract's policy.  No real table, no
Spark and no key comes in.
"""

from __future__ import annotations

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.catalogue import ATTACKS
from cleanroom_join.attacks.judge import Score, least_right
from cleanroom_join.attacks.protection_mode import Mode, remedy_toml
from cleanroom_join.attacks.suite import (
    Cause,
    Outcome,
    Result,
    attacks_numbered,
    play,
    playable,
)

__all__ = [
    "ATTACKS",
    "Attack",
    "Cause",
    "Limit",
    "Mode",
    "Outcome",
    "Result",
    "Score",
    "attacks_numbered",
    "least_right",
    "play",
    "playable",
    "remedy_toml",
]
