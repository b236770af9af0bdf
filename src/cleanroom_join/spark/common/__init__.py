"""
What party and room share: column types, where tables come from, errors without text.

No key, no identifier, no decision.
"""

from __future__ import annotations
