"""
Complementary suppression, and the audits that no suppressed figure is derivable.

The modules see which cells are published and all statistics of cells; no release but
this one.  Linear programs need SciPy (extra ``lp``), which no other folder needs.
"""

from __future__ import annotations
