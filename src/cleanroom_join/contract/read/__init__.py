"""
TOML in, contract terms out: strict, and with every fault at once.

Nothing here raises on what a document says; faults are collected.
"""

from __future__ import annotations
