"""A release's report as one HTML page for people (extra ``report``)."""

from __future__ import annotations

from cleanroom_join.report.page import render, save

__all__ = ["render", "save"]
