"""
Collects the facts from which a first contract is drafted, on one machine.

Nothing in a workspace or a clean room may load this folder: it sees both tables.
"""

from __future__ import annotations
