"""
The noisy number of matches, which decides whether two tables match often enough.

A comparison of exact counts would tell whether one subject is in the other table: an
attacker brings a table of known members and made-up people that lacks one match.  So
the number of matches is shifted by up to k / 4 before it is compared.  The shift
depends on who matches, under a key that exists only in the room: the same matches
always get the same shift, and others, even as many, get an independent one.  One
subject changes the probability of a refusal by 1 / (k / 2 + 1), which is 2 % or less.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from cleanroom_join.crypto.canonical_json import canonical_bytes

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy

__all__ = ["perturbed_matches"]


def perturbed_matches(
    matched: int, record_key: int, policy: Policy, key: bytes | None
) -> int:
    """
    Return the number of matches as the match rate compares it.

    Args:
        matched: Subjects that are in every table.
        record_key: Sum of their keyed hashes; equal for equal sets of subjects.
        policy: The effective policy; a quarter of its k is the largest shift.
        key: Key that noise is drawn with; without one the number is exact.
    """
    if key is None:
        return matched
    most = policy.min_cohort // 4
    message = {"of": "matches", "subjects": str(record_key), "value": str(matched)}
    code = hmac.digest(key, canonical_bytes(message), "sha256")
    return matched + int.from_bytes(code, "big") % (2 * most + 1) - most
