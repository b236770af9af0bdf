"""
Primary rules: would this one cell disclose somebody by itself?  One file each.

A rule sees the figures of cells and the policy: no row, no other rule, no release.
"""

from __future__ import annotations

from cleanroom_join.disclosure.model.rule import Rule
from cleanroom_join.disclosure.primary.rule import PrimaryRule
from cleanroom_join.members import load_members

__all__ = ["PRIMARY_RULES"]

PRIMARY_RULES = load_members(
    (rule for rule in Rule if rule.is_primary),
    __name__,
    "RULE",
    PrimaryRule,  # type: ignore[type-abstract] # asked of objects, never made
)
"""Every primary rule by its member, in the order in which they are asked."""
