"""
The document that both companies sign: every key declared once, and read through that.

Reader, JSON Schema and reference follow from the declaration, so none can lag.  Nothing
here raises on what a document says, faults are collected; and no fault that takes two
keys to see: those are `contract.check`'s.
"""

from __future__ import annotations
