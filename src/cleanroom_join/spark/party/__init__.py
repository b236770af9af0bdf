"""
Raw identifiers in, tokens out: the only Spark code that sees a key.

Nothing of the clean room comes in here, and nothing there may load this folder.
"""

from __future__ import annotations
