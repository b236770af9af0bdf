"""
Guarded statistics over the join of two companies' tables in a clean room.

This package imports neither PySpark nor the Databricks SDK.  What needs PySpark is
behind two front doors: `cleanroom_join.party`, for a party's own workspace, and
`cleanroom_join.room`, for the clean room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import Contract
from cleanroom_join.errors import CleanRoomJoinError
from cleanroom_join.version import __version__

if TYPE_CHECKING:
    from cleanroom_join.tokens.keys import SecretKey

__all__ = ["CleanRoomJoinError", "Contract", "SecretKey", "__version__"]


def __getattr__(name: str) -> object:
    """Load `SecretKey` when it is asked for: a clean room never asks (PEP 562)."""
    if name == "SecretKey":
        from cleanroom_join.tokens.keys import SecretKey  # noqa: PLC0415 - see above

        return SecretKey
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
