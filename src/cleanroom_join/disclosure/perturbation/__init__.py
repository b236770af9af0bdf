"""
The cell-key method: perturbation table, keyed draws, bounds on contributions.

No rule and no published figure: how much noise, never of what.
"""

from __future__ import annotations
