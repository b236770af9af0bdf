"""
Contradictions between the parts of a contract, one module per kind of promise.

Only terms come in, only problems go out; no TOML, no data.
"""

from __future__ import annotations
