"""
Commands with their arguments and what they print, one file each.

No decision is made here, and no command imports another.
"""

from __future__ import annotations
