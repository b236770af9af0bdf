"""
What several folders compute over bytes: canonical JSON, key derivation, redaction.

Standard library only.  No domain words: nothing here knows a contract or a token.
"""

from __future__ import annotations
