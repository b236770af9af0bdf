"""
What a run relies on before it counts: the engine, and one content of each shared table.

Nothing here knows what a contract asks.
"""

from __future__ import annotations
