"""
What every method of the guard works on: cells, fingerprints, layout, history, result.

Values only: no rule, no noise, no decision.
"""

from __future__ import annotations
