"""The report of a release as one HTML page (extra ``report``)."""

from __future__ import annotations

from cleanroom_join.report.page import render, save

__all__ = ["render", "save"]
