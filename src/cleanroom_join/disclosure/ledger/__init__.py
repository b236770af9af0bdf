"""
The ledger of releases: its entries, their encoding, and the chain of their heads.

Bytes and values only: `spark.ledger` encrypts and stores them.
"""

from __future__ import annotations
