"""
Pages of HTML (extra ``report``): the report of a release, and how opt-outs stand.

Only a `ReleaseReport` or a `ConsentStatus` comes in, so a page shows nothing that their
texts must not; no script and nothing from elsewhere is in it.
"""

from __future__ import annotations

from cleanroom_join.report.page import render, save
from cleanroom_join.report.revocation_page import render_revocation
from cleanroom_join.report.templates import write_page

__all__ = ["render", "render_revocation", "save", "write_page"]
