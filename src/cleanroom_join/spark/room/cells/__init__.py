"""
Joined rows to cells: the statistics of each cell, and the shares of the budget.

Nothing here opens a table or decides; what leaves Spark are integers and fingerprints.
"""

from __future__ import annotations
