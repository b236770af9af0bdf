"""
Shared tables in, guarded statistics out.

No key and no identifier: nothing of `spark.party` or `tokens.keys` may be loaded here.
"""

from __future__ import annotations
