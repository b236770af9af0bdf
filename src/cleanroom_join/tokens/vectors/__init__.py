"""
The agreed test vectors: both parties run them before they join anything.

The file is data for any engine, in the manner of C2SP Wycheproof; ``notes`` in
it explain each flag.  ``tools/make_vectors.py`` makes it without this library, whose
results must never get into it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from cleanroom_join.contract.terms.identifier import (
    DateFormat,
    Holds,
    Identifier,
    TokenKind,
)
from cleanroom_join.errors import VectorMismatch
from cleanroom_join.tokens.derivation import subkey_bytes
from cleanroom_join.tokens.keys import Subkey
from cleanroom_join.tokens.kinds import KindSpec, kind_spec
from cleanroom_join.tokens.normalise import normalise_components
from cleanroom_join.tokens.spec import spec_sha256
from cleanroom_join.tokens.steps import Reason
from cleanroom_join.tokens.tokeniser import token

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "TokenVector",
    "check_vectors",
    "load_vectors",
    "vectors_bytes",
    "vectors_sha256",
    "verifier_bytes",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenVector:
    """One case: what goes in, and what must come out."""

    id: int
    comment: str
    flags: tuple[str, ...]
    identifier: Identifier
    date_format: DateFormat
    country: str | None
    holds: Holds
    partnership: str
    key_id: str
    root: bytes
    """The PUBLIC TEST KEY of the file."""
    inputs: tuple[bytes | None, ...]
    """The bytes of each component's text, perhaps not UTF-8; None for NULL."""
    result: str
    """``ok``, ``null`` (there was no identifier) or ``reject``."""
    reason: Reason | None
    message: str | None
    token: str | None

    @property
    def specs(self) -> tuple[KindSpec, ...]:
        """How each component is normalised."""
        return tuple(
            kind_spec(
                kind,
                date_format=self.date_format,
                country=self.country,
                holds=self.holds,
            )
            for kind in self.identifier.components
        )

    @property
    def texts(self) -> tuple[str | None, ...]:
        """The inputs as texts, with lone surrogates where they are not UTF-8."""
        return tuple(
            None if given is None else given.decode("utf-8", "surrogateescape")
            for given in self.inputs
        )

    @property
    def subkey(self) -> Subkey:
        """The subkey of this case's label, partnership and key id."""
        return Subkey.from_bytes(
            subkey_bytes(
                self.root,
                label=self.identifier.label,
                partnership=self.partnership,
                key_id=self.key_id,
            )
        )


def vectors_sha256() -> str:
    """Return the digest of the file's bytes, which a contract may pin."""
    return hashlib.sha256(vectors_bytes()).hexdigest()


def vectors_bytes() -> bytes:
    """Return the bytes of the vector file."""
    return _resource("token_v1.json")


def verifier_bytes() -> bytes:
    """Return the stand-alone verifier, a program of the standard library alone."""
    return _resource("verify_token_v1.py")


def load_vectors(data: bytes | None = None) -> tuple[TokenVector, ...]:
    """
    Return every case of a vector file, by default the installed one.

    Raises:
        VectorMismatch: If *data* is no vector file.
    """
    return _read(data)[1]


def check_vectors(data: bytes | None = None) -> int:
    """
    Run every vector with this installation and return how many there were.

    Args:
        data: A vector file, for instance a partner's; by default the installed one.

    Raises:
        VectorMismatch: If one fails, or if the file is of another specification
            or incomplete; do not join then.
    """
    document, cases = _read(data)
    failed = [f"tcId {case.id}" for case in cases if not _holds(case)]
    if document.get("specSha256") != spec_sha256():
        failed.append("specSha256")
    # An empty file would pass every check of its cases.
    if not cases or document.get("numberOfTests") != len(cases):
        failed.append("numberOfTests")
    if len({case.id for case in cases}) != len(cases):
        failed.append("tcId used twice")
    if failed:
        raise VectorMismatch.cases(failed)
    return len(cases)


def _read(data: bytes | None) -> tuple[dict[str, Any], tuple[TokenVector, ...]]:
    """Return a parsed file and its cases."""
    try:
        document = json.loads(vectors_bytes() if data is None else data)
        return document, tuple(_cases(document))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        problem = type(error).__name__
    raise VectorMismatch.unreadable(problem)


def _resource(name: str) -> bytes:
    """Return the bytes of a file of this package."""
    return resources.files(__name__).joinpath(name).read_bytes()


def _cases(document: dict[str, Any]) -> Iterator[TokenVector]:
    """Yield the cases of the parsed file."""
    root = bytes.fromhex(document["publicTestKey"])
    for group in document["testGroups"]:
        kinds = tuple(TokenKind(kind) for kind in group["kinds"])
        for test in group["tests"]:
            yield TokenVector(
                id=test["tcId"],
                comment=test["comment"],
                flags=tuple(test["flags"]),
                identifier=Identifier(components=kinds),
                date_format=DateFormat(group["dateFormat"]),
                country=group["country"],
                holds=Holds(group["holds"]),
                partnership=group["partnership"],
                key_id=group["keyId"],
                root=root,
                inputs=tuple(_unhex(text) for text in test["input"]),
                result=test["result"],
                reason=Reason(test["reason"]) if test["reason"] else None,
                message=test["message"] and _unhex_text(test["message"]),
                token=test["token"],
            )


def _unhex(text: str | None) -> bytes | None:
    """Return the bytes of a hexadecimal field."""
    return None if text is None else bytes.fromhex(text)


def _unhex_text(text: str) -> str:
    """Return the text of a hexadecimal field that is UTF-8."""
    return bytes.fromhex(text).decode("utf-8")


def _holds(case: TokenVector) -> bool:
    """Return whether this installation gives what the case demands."""
    if len(case.inputs) != len(case.specs):
        return False
    got = normalise_components(case.specs, case.texts)
    if got.value is None:
        absent = got.reason is not None and got.reason.is_absence
        made, result = None, "null" if absent else "reject"
    else:
        made, result = token(case.subkey, case.key_id, got.value), "ok"
    demanded = (case.result, case.reason, case.message, case.token)
    return (result, got.reason, got.value, made) == demanded
