"""
Two figures never differ by a few subjects, over time or within one release.

Compares fingerprints; no row, no token, no count of a suppressed cell comes in.
"""

from __future__ import annotations
