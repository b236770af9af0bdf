"""
The report of a release as one HTML page (extra ``report``).

Only a `ReleaseReport` comes in, so the page shows nothing that the summary must not; no
script and nothing from elsewhere is in it.
"""

from __future__ import annotations

from cleanroom_join.report.page import render, save

__all__ = ["render", "save"]
