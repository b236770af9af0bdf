"""
The noise of the cell-key method: its ptable, keyed draws, bounds on contributions.

These modules say how much noise a quantity gets; no rule and no published figure.
"""

from __future__ import annotations
