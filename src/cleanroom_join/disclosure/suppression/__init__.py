"""
Complementary suppression, and the audit that nothing suppressed can be derived.

Linear programs need SciPy (extra ``lp``); no other folder does.
"""

from __future__ import annotations
