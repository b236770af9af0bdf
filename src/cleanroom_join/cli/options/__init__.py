"""
Options that several commands share.

No command may come in, and nothing that reads a table.
"""

from __future__ import annotations
