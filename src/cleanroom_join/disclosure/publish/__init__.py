"""
The published figures of cells that passed every rule; one module per protection.

Nothing here decides whether a cell is published.
"""

from __future__ import annotations
