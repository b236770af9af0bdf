"""
Primary rules, one file each: would this one cell disclose a subject by itself?

A rule sees statistics of cells and the policy: no row, no other rule, no release.
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
    PrimaryRule,  # type: ignore[type-abstract] # for isinstance, never instantiated
)
"""Every primary rule by its member, in the order in which the guard applies them."""
