"""
The attacks: one function for the world, and one for the attacker.

An attacker sees what a room answers, and nothing else: no program reads the guard.
"""

from __future__ import annotations
