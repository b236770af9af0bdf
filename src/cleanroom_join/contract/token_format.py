"""The form of a token: all that a clean room knows of how tokens are made."""

from __future__ import annotations

__all__ = ["KEY_ID_PATTERN", "TOKEN_PATTERN"]

KEY_ID_PATTERN = "[a-z0-9]{1,16}"
"""Form of a key id, matched against the whole text."""

TOKEN_PATTERN = KEY_ID_PATTERN + ":[0-9a-f]{64}"
"""
Form of a token, matched against the whole text.

In Spark anchor it as ``\\A(?:…)\\z``: Java's ``$`` forgives a final line end.
"""
