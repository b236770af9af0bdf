"""The contract itself: read from one file, identified by one digest."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.contract.check.references import check_terms
from cleanroom_join.contract.check.root_causes import root_causes
from cleanroom_join.contract.digest import contract_digest, pasted_digest
from cleanroom_join.contract.document.file_text import SAVE_AGAIN, decoded, without_bom
from cleanroom_join.contract.document.toml_text import parse_toml, read_document
from cleanroom_join.contract.terms.policy import Policy, strictest
from cleanroom_join.errors import (
    ContractError,
    UnknownName,
    printable,
)

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Mapping
    from decimal import Decimal

    from cleanroom_join.contract.terms.identifier import Identifier
    from cleanroom_join.contract.terms.model import Asset, ContractTerms, Output

__all__ = ["AssetTerms", "Contract", "contract_text"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetTerms:
    """What one party needs to know to write one shared table."""

    asset: Asset
    partnership: str
    """The pair of companies: tokens of another partnership never match."""
    key_id: str
    """The active key."""
    retiring: tuple[str, ...]
    """Ids of keys whose tokens are still accepted, until both sides have changed."""
    identifiers: Mapping[str, Identifier]
    """What each token column is made of, by column name."""
    min_cohort: int
    """Fewest subjects that a published figure is about (k)."""
    max_clamped_share: Decimal
    """Share of the rows of a cell that may lie outside the bounds of a measure."""
    vectors_sha256: str | None
    expires: dt.date
    """The last day on which anything is computed."""
    consent_state: str | None = None
    """
    ``schema.table`` of the owner's consent state in its own catalog.

    None if the contract has no `[revocation]`; else the owner must apply it.
    """

    def refuse_if_expired(self, today: dt.date) -> None:
        """Raise `ContractError` if *today* is after the contract's last day."""
        if today > self.expires:
            raise ContractError.expired(self.expires.isoformat())


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """
    What two companies agreed, valid from birth.

    Made by `load` or `from_toml`; both refuse anything that is not a contract.
    """

    terms: ContractTerms
    policy: Policy
    """The effective policy: setting by setting the strictest of all wishes."""
    digest: str
    """
    SHA-256 over the canonical JSON of the TOML document, 64 hexadecimal digits.

    Comments, white space and the order of keys do not change it; anything that
    either party could mean differently does, and so does an order that a release shows:
    that of an output's measures, and of the coarser labels of a dimension.
    """

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, sha256: str | None = None
    ) -> Contract:
        """
        Read a contract from a UTF-8 file.

        Args:
            path: The file, for instance in a volume of the clean room.
            sha256: The agreed digest, for a party's own workspace; blanks, line ends
                and capitals in it do not count.  In the clean room the other party's
                anchor names it: there the reader is the runner.

        Raises:
            ContractError: With every problem of the document.
            ContractError: If it is not the agreed one.
        """
        return cls._read(contract_text(path), _file_name(path), sha256)

    @classmethod
    def from_toml(cls, text: str, *, sha256: str | None = None) -> Contract:
        """Read a contract from TOML text; see `load`."""
        return cls._read(without_bom(text), "contract", sha256)

    @classmethod
    def _read(cls, text: str, name: str, sha256: str | None) -> Contract:
        """Read a contract from TOML text that has a name."""
        document, problems = parse_toml(text, name)
        if problems:
            raise ContractError.of(problems)
        said = read_document(document, problems)
        terms = said.terms
        policy = strictest(said.policy, [p.overrides for p in terms.parties.values()])
        problems = root_causes(problems, check_terms(terms, policy))
        if problems:
            raise ContractError.of(problems)
        digest = contract_digest(document, terms)
        if sha256 is not None and not hmac.compare_digest(
            (pinned := pasted_digest(sha256)).encode("utf-8", "replace"),
            digest.encode(),
        ):
            raise ContractError.digest_mismatch(pinned, digest)
        return cls(terms=terms, policy=policy, digest=digest)

    def asset(self, name: str) -> AssetTerms:
        """Return what the owner of asset *name* needs to write it."""
        asset = _look_up(self.terms.assets, "asset", name)
        subjects, revocation = self.terms.subjects, self.terms.revocation
        return AssetTerms(
            asset=asset,
            partnership=self.terms.partnership,
            key_id=self.terms.tokens.active.id,
            retiring=self.terms.tokens.retiring,
            identifiers=MappingProxyType(
                {
                    c.name: subjects[c.subject].identifier
                    for c in asset.subject_columns()
                }
            ),
            min_cohort=self.policy.min_cohort,
            max_clamped_share=self.policy.max_clamped_share,
            vectors_sha256=self.terms.tokens.vectors_sha256,
            expires=self.terms.expires,
            consent_state=None
            if revocation is None
            else revocation.tables[asset.party],
        )

    def output(self, name: str) -> Output:
        """Return the registered output *name*."""
        return _look_up(self.terms.outputs, "output", name)

    def refuse_if_expired(self, today: dt.date) -> None:
        """Raise `ContractError` if *today* is after the contract's last day."""
        if today > self.terms.expires:
            raise ContractError.expired(self.terms.expires.isoformat())

    def __repr__(self) -> str:
        """Name the contract, its revision and the start of its digest."""
        return (
            f"Contract(id={self.terms.id!r}, revision={self.terms.revision}, "
            f"digest={self.digest[:12]}…)"
        )


def contract_text(path: str | os.PathLike[str]) -> str:
    """
    Return the text of a contract's file, without a byte order mark.

    Raises:
        ContractError: If it cannot be read, or is not UTF-8.
    """
    file, name = Path(path), _file_name(path)
    try:
        text, fault = decoded(file.read_bytes())
    except OSError as error:
        raise ContractError.unreadable(name, _obstacle(file, error)) from None
    if fault is not None:
        raise ContractError.unreadable(name, fault, SAVE_AGAIN)
    return text


def _file_name(path: str | os.PathLike[str]) -> str:
    """Return a file's own name: an absolute path would tell of the machine."""
    return printable(Path(path).name or "contract")


def _look_up(declared: Mapping[str, T], what: str, name: str) -> T:
    """Return ``declared[name]`` or say which names are declared instead."""
    if name not in declared:
        raise UnknownName.of(what, name, list(declared))
    return declared[name]


def _obstacle(file: Path, error: OSError) -> str:
    """Return why a file cannot be read; what the system says may name its folder."""
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, IsADirectoryError) or file.is_dir():
        return "is a folder, not a file"
    if isinstance(error, PermissionError):
        return "must not be read by this user"
    return f"cannot be read ({type(error).__name__})"
