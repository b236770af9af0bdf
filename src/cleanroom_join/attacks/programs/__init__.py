"""The attacks, one function for the world and one for the attacker."""

from __future__ import annotations
