"""
Identifiers to tokens: the specification as data, and its pure-Python engine.

Not for the clean room: there are no identifiers and no key in there.
"""

from __future__ import annotations

from cleanroom_join.contract.token_format import TOKEN_PATTERN
from cleanroom_join.tokens.derivation import check_value, subkey_bytes
from cleanroom_join.tokens.key_ring import KeyRing
from cleanroom_join.tokens.keys import SecretKey, Subkey
from cleanroom_join.tokens.kinds import KINDS, KindSpec, kind_spec
from cleanroom_join.tokens.normalise import (
    Normalised,
    netstrings,
    normalise,
    normalise_by,
    normalise_components,
)
from cleanroom_join.tokens.spec import (
    SPEC_ID,
    spec_document,
    spec_sha256,
)
from cleanroom_join.tokens.steps import Check, Reason, Rewrite, Step
from cleanroom_join.tokens.tokeniser import (
    Tokenised,
    Tokeniser,
    is_token,
    needs_retokenising,
    token,
)
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
    "KeyRing",
    "KindSpec",
    "Normalised",
    "Reason",
    "Rewrite",
    "SecretKey",
    "Step",
    "Subkey",
    "TokenVector",
    "Tokenised",
    "Tokeniser",
    "check_value",
    "check_vectors",
    "is_token",
    "kind_spec",
    "load_vectors",
    "needs_retokenising",
    "netstrings",
    "normalise",
    "normalise_by",
    "normalise_components",
    "spec_document",
    "spec_sha256",
    "subkey_bytes",
    "token",
    "vectors_sha256",
]
