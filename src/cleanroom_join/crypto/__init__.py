"""
What several folders compute over bytes: canonical JSON, key derivation, redaction.

Standard library only, and no term of the domain: nothing here may know a contract, a
token or a cell.
"""

from __future__ import annotations
