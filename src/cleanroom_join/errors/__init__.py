"""
Every error the library raises: one root, one class per reaction, stable codes.

Messages hold column names, rule names, digests and figures of at least *k*.
They never hold a value, a token, a key, or a smaller count, because the runner
of a clean room reads every one of them.  Errors of lower layers are replaced
(``from None``) where their own text could carry data.  Nothing else comes in: no
contract, no table, no decision.
"""

from __future__ import annotations

from cleanroom_join.errors.base import (
    CleanRoomJoinError,
    InternalError,
    MissingExtra,
    UnknownName,
    assert_never,
    did_you_mean,
    is_visible,
    named,
    nearest,
    printable,
    quoted,
)
from cleanroom_join.errors.consent import ConsentRefused
from cleanroom_join.errors.contract import ContractError, Problem
from cleanroom_join.errors.engine import SparkFailure
from cleanroom_join.errors.files import FileRefused
from cleanroom_join.errors.refusal import (
    EVIDENCE,
    Evidence,
    Refusal,
    depends_on_data,
)
from cleanroom_join.errors.release import DisclosureError, ReleaseRefused, WriteFailed
from cleanroom_join.errors.revocation import RevocationRefused
from cleanroom_join.errors.tables import NoOverlap, TableRefused, TokensRefused
from cleanroom_join.errors.tokens import KeyRefused, TokenError, VectorMismatch

__all__ = [
    "EVIDENCE",
    "CleanRoomJoinError",
    "ConsentRefused",
    "ContractError",
    "DisclosureError",
    "Evidence",
    "FileRefused",
    "InternalError",
    "KeyRefused",
    "MissingExtra",
    "NoOverlap",
    "Problem",
    "Refusal",
    "ReleaseRefused",
    "RevocationRefused",
    "SparkFailure",
    "TableRefused",
    "TokenError",
    "TokensRefused",
    "UnknownName",
    "VectorMismatch",
    "WriteFailed",
    "assert_never",
    "depends_on_data",
    "did_you_mean",
    "is_visible",
    "named",
    "nearest",
    "printable",
    "quoted",
]
