"""
Contradictions between the terms of a contract: what takes two keys to see.

Only terms come in and only problems go out: no TOML, no data.
"""

from __future__ import annotations
