"""
Attacks on a clean room, as programs: what does the policy stop?

Made-up people only.  Every attack plays the hostile partner against a plain
``count(*) >= 100`` and against the guard under a contract's policy.
"""

from __future__ import annotations
