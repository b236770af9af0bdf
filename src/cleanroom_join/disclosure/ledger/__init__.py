"""
The record of earlier releases: entry, encoding, hash chain.

Bytes and values only; where they are stored, and how encrypted, is the shell's.
"""

from __future__ import annotations
