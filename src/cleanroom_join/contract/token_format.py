"""What a token looks like: all that a clean room knows of how tokens are made."""

from __future__ import annotations

__all__ = ["KEY_ID_PATTERN", "TOKEN_PATTERN"]

KEY_ID_PATTERN = "[a-z0-9]{1,16}"
"""What a key id looks like, as a whole text."""

TOKEN_PATTERN = KEY_ID_PATTERN + ":[0-9a-f]{64}"
"""
What a token looks like, as a whole text.

In Spark anchor it as ``\\A(?:…)\\z``: Java's ``$`` forgives a final line end.
"""
