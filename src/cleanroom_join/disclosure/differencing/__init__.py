"""
Two published figures never differ by a few subjects, over time or within a release.

The modules compare fingerprints; no row, no token and no suppressed figure comes in.
"""

from __future__ import annotations
