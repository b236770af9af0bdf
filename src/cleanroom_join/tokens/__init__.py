"""
Identifiers to tokens: the specification as data, and its pure-Python engine.

Not for the clean room: there are no identifiers and no key in there.
"""

from __future__ import annotations

from cleanroom_join.tokens.keys import (
    SecretKey,
    Subkey,
    derive_subkey,
    hkdf_sha256,
    subkey_bytes,
)
from cleanroom_join.tokens.normalise import Normalised, normalise
from cleanroom_join.tokens.spec import (
    KINDS,
    SPEC_ID,
    TOKEN_PATTERN,
    KindSpec,
    spec_document,
    spec_sha256,
)
from cleanroom_join.tokens.steps import (
    Check,
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    Rewrite,
    Step,
    Translate,
)
from cleanroom_join.tokens.tokeniser import Tokenised, Tokeniser, is_token, token
from cleanroom_join.tokens.vectors import (
    TokenVector,
    check_vectors,
    load_vectors,
    vectors_sha256,
)

__all__ = [
    "KINDS",
    "SPEC_ID",
    "TOKEN_PATTERN",
    "Check",
    "Delete",
    "KindSpec",
    "Normalised",
    "Reason",
    "RejectIfIn",
    "RejectIfMatches",
    "RejectIfUniform",
    "RejectUnlessCharset",
    "RejectUnlessLength",
    "Rewrite",
    "SecretKey",
    "Step",
    "Subkey",
    "TokenVector",
    "Tokenised",
    "Tokeniser",
    "Translate",
    "check_vectors",
    "derive_subkey",
    "hkdf_sha256",
    "is_token",
    "load_vectors",
    "normalise",
    "spec_document",
    "spec_sha256",
    "subkey_bytes",
    "token",
    "vectors_sha256",
]
