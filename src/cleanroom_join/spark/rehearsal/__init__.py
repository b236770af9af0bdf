"""
Both sides of a collaboration on one machine, with test data.

Nothing in a workspace or a clean room may load this folder: it sees both tables.
"""

from __future__ import annotations
