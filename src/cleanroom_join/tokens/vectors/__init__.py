"""
The agreed test vectors: both parties run them before they join anything.

The file is data for any engine, in the manner of C2SP Wycheproof; ``notes`` in
it explain each flag.  ``tools/make_vectors.py`` makes it without this library.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from cleanroom_join.contract.model import TokenKind
from cleanroom_join.errors import VectorMismatch
from cleanroom_join.tokens.keys import Subkey, subkey_bytes
from cleanroom_join.tokens.normalise import normalise
from cleanroom_join.tokens.spec import spec_sha256
from cleanroom_join.tokens.steps import Reason
from cleanroom_join.tokens.tokeniser import token

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TokenVector", "check_vectors", "load_vectors", "vectors_sha256"]

_FILE = "token_v1.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenVector:
    """One case: what goes in, and what must come out."""

    id: int
    comment: str
    flags: tuple[str, ...]
    kind: TokenKind
    partnership: str
    key_id: str
    root: bytes
    """The PUBLIC TEST KEY of the file."""
    input: bytes | None
    """The bytes of the text, perhaps not UTF-8; None for NULL."""
    result: str
    """``ok``, ``null`` (there was no identifier) or ``reject``."""
    reason: Reason | None
    normalised: str | None
    token: str | None

    @property
    def text(self) -> str | None:
        """The input as a Python text, with lone surrogates where it is not UTF-8."""
        if self.input is None:
            return None
        return self.input.decode("utf-8", "surrogateescape")

    @property
    def subkey(self) -> Subkey:
        """The subkey of this case's kind, partnership and key id."""
        return Subkey.from_bytes(
            subkey_bytes(
                self.root,
                kind=self.kind,
                partnership=self.partnership,
                key_id=self.key_id,
            )
        )


def vectors_sha256() -> str:
    """Return the digest of the file's bytes, which a contract may pin."""
    return hashlib.sha256(_file()).hexdigest()


def load_vectors() -> tuple[TokenVector, ...]:
    """Return every case of the file."""
    return tuple(_cases(json.loads(_file())))


def check_vectors() -> int:
    """
    Run every vector with this installation and return how many there were.

    Raises:
        VectorMismatch: If one fails, or if the file is of another specification
            or incomplete; do not join then.
    """
    document = json.loads(_file())
    cases = tuple(_cases(document))
    failed = [f"tcId {case.id}" for case in cases if not _holds(case)]
    if document["specSha256"] != spec_sha256():
        failed.append("specSha256")
    # An empty file would pass every check of its cases.
    if not cases or document["numberOfTests"] != len(cases):
        failed.append("numberOfTests")
    if failed:
        raise VectorMismatch.cases(failed)
    return len(cases)


def _file() -> bytes:
    """Return the file's bytes."""
    return resources.files(__name__).joinpath(_FILE).read_bytes()


def _cases(document: dict[str, Any]) -> Iterator[TokenVector]:
    """Yield the cases of the parsed file."""
    root = bytes.fromhex(document["publicTestKey"])
    for group in document["testGroups"]:
        for test in group["tests"]:
            yield TokenVector(
                id=test["tcId"],
                comment=test["comment"],
                flags=tuple(test["flags"]),
                kind=TokenKind(group["kind"]),
                partnership=group["partnership"],
                key_id=group["keyId"],
                root=root,
                input=_unhex(test["input"]),
                result=test["result"],
                reason=Reason(test["reason"]) if test["reason"] else None,
                normalised=test["normalised"] and _unhex_text(test["normalised"]),
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
    got = normalise(case.kind, case.text)
    if got.value is None:
        absent = got.reason is not None and got.reason.is_absence
        made, result = None, "null" if absent else "reject"
    else:
        made, result = token(case.subkey, case.key_id, got.value), "ok"
    demanded = (case.result, case.reason, case.normalised, case.token)
    return (result, got.reason, got.value, made) == demanded
