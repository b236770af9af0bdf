"""The verdict of a review, and every finding that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Check", "Review", "ReviewFinding", "Verdict"]


class Verdict(Enum):
    """Whether a release may be shown."""

    PENDING = "PENDING"
    """The terms are met; the answer is told once the ledger's entry is written."""
    APPROVED = "APPROVED"
    """Both parties agreed to exactly this in advance."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """A person at each party must decide: neither agreed in advance nor refused."""
    REJECTED = "REJECTED"
    """It breaks the contract; no person can approve it."""


class Check(Enum):
    """The checks of the review; a check that fails is a finding."""

    REGISTERED = "registered"
    """The query is an output of the contract."""
    AGREED = "agreed"
    """The contract and the library are those that the other party's anchor names."""
    IN_FORCE = "in_force"
    """The contract has not expired."""
    LEDGER = "ledger"
    """The record of earlier releases is complete, and the other party confirmed it."""
    COMPARED = "compared"
    """The ledger has no release that the answer should be compared with and cannot."""
    COLUMNS = "columns"
    """Names, types and order are the registered ones."""
    GRAIN = "grain"
    """One row per combination of dimension values."""
    VALUES = "values"
    """Every value is of its column's type."""
    COHORT = "cohort"
    """Every count is at least k."""
    NOT_EMPTY = "not_empty"
    """There is something to release."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewFinding:
    """A failed check; its text holds no figure of the data."""

    check: Check
    verdict: Verdict
    """The best verdict that is still possible."""
    text: str

    def __str__(self) -> str:
        """Return ``check: text``."""
        return f"{self.check.value}: {self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The verdict on one release."""

    verdict: Verdict
    findings: tuple[ReviewFinding, ...]
