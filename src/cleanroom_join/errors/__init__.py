"""
Every error the library raises: one root, one leaf per reaction, stable codes.

Messages hold column names, rule names, digests and figures of at least *k*.
They never hold a value, a token, a key, or a smaller count, because the runner
of a clean room reads every one of them.  Errors of lower layers are replaced
(``from None``) where their own text could carry data.
"""

from __future__ import annotations

from cleanroom_join.errors.base import (
    CleanRoomJoinError,
    InternalError,
    MissingExtra,
    UnknownAttack,
    UnknownName,
    assert_never,
    did_you_mean,
    printable,
    quoted,
)
from cleanroom_join.errors.contract import (
    ContractDigestMismatch,
    ContractError,
    ContractExpired,
    Problem,
)
from cleanroom_join.errors.joining import (
    DuplicateTokens,
    EmptyTable,
    ExtraColumns,
    InvalidValues,
    JoinError,
    JointSecretRefused,
    KeyIdsMixed,
    MissingColumns,
    NoOverlap,
    NotAToken,
    NotJoinable,
    RawIdentifiers,
    SparkFailure,
    UnknownKeyId,
    UnusableValues,
)
from cleanroom_join.errors.release import (
    DisclosureError,
    NotConfirmed,
    OutputExists,
    ReleaseError,
    ReleaseRefused,
    TooManyCells,
    TooManyReleases,
    WriteFailed,
)
from cleanroom_join.errors.tokens import (
    ColumnTypeRefused,
    InvalidKey,
    InvalidManifest,
    RetiringKeys,
    TokenError,
    UnknownCountry,
    UnsafeProfile,
    VectorMismatch,
)

__all__ = [
    "CleanRoomJoinError",
    "ColumnTypeRefused",
    "ContractDigestMismatch",
    "ContractError",
    "ContractExpired",
    "DisclosureError",
    "DuplicateTokens",
    "EmptyTable",
    "ExtraColumns",
    "InternalError",
    "InvalidKey",
    "InvalidManifest",
    "InvalidValues",
    "JoinError",
    "JointSecretRefused",
    "KeyIdsMixed",
    "MissingColumns",
    "MissingExtra",
    "NoOverlap",
    "NotAToken",
    "NotConfirmed",
    "NotJoinable",
    "OutputExists",
    "Problem",
    "RawIdentifiers",
    "ReleaseError",
    "ReleaseRefused",
    "RetiringKeys",
    "SparkFailure",
    "TokenError",
    "TooManyCells",
    "TooManyReleases",
    "UnknownAttack",
    "UnknownCountry",
    "UnknownKeyId",
    "UnknownName",
    "UnsafeProfile",
    "UnusableValues",
    "VectorMismatch",
    "WriteFailed",
    "assert_never",
    "did_you_mean",
    "printable",
    "quoted",
]
