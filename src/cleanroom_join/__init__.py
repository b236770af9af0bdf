"""
Guarded statistics over the join of two companies' tables in a clean room.

This package imports neither PySpark nor the Databricks SDK; the parts that need
them are `cleanroom_join.spark`, `cleanroom_join.local` and
`cleanroom_join.databricks`.
"""

from __future__ import annotations

from cleanroom_join.contract import Contract
from cleanroom_join.errors import CleanRoomJoinError
from cleanroom_join.tokens import SecretKey

__all__ = ["CleanRoomJoinError", "Contract", "SecretKey", "__version__"]

__version__ = "0.1.0"
