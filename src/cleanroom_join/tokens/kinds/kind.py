"""
What a token kind is: how its identifiers are normalised, and what they are like.

A kind is one file, called like its member of `TokenKind`, with one object ``KIND``.
The file's docstring is the kind's description in the specification.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import DateFormat, Holds
from cleanroom_join.errors import InternalError, TokenError, assert_never
from cleanroom_join.tokens.steps import (
    Base64ToHex,
    Delete,
    Expand,
    FoldMailbox,
    Rearrange,
    RejectUnlessCharset,
    Rewrite,
    Sha256,
    Step,
    Translate,
    Trim,
    TrimEnd,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.terms.identifier import TokenKind
    from cleanroom_join.tokens.steps import Check

__all__ = [
    "ColumnOption",
    "DeclaredSteps",
    "Example",
    "FastPath",
    "KindSpec",
    "Round",
]

_REWRITES = (
    *(Delete, Translate, Expand, Trim, TrimEnd, Rearrange, FoldMailbox),
    *(Sha256, Base64ToHex),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """Rewrites and the checks that follow them; an engine makes one text of each."""

    rewrites: tuple[Rewrite, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FastPath:
    """
    How an engine recognises and normalises the most frequent spellings cheaply.

    A hint that changes no result, which tests verify.  It holds for a raw text that is
    ASCII and matches *pattern* after the engine has removed the *deleted* characters,
    blanks at both ends and, if *lower*, upper case.  The steps of the kind would give
    the same text, and every check passes except those that compare the whole text.
    """

    pattern: str
    deleted: str = ""
    lower: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An identifier and what the specification makes of it."""

    identifier: str
    result: str
    """The normalised text, or the value of the `Reason`."""
    holds: Holds = Holds.RAW
    """What the column holds that it is from; only published hashes have a choice."""


class ColumnOption(Enum):
    """What a column of the contract may declare about how it writes identifiers."""

    DATE_FORMAT = "date_format"
    COUNTRY = "country"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredSteps:
    """Steps that a column's declaration puts among those of its kind."""

    option: ColumnOption
    after: int
    """Number of the kind's steps that come before them."""
    steps: Mapping[str, tuple[Step, ...]]
    """What each declared value puts there, perhaps nothing."""
    instead_of: int = 0
    """Number of the kind's steps that they replace."""

    def __post_init__(self) -> None:
        """Refuse date formats without steps."""
        formats = {form.value for form in DateFormat}
        if self.option is ColumnOption.DATE_FORMAT and formats != set(self.steps):
            raise InternalError.of("a date format has no steps")

    def value(self, date_format: DateFormat, country: str | None) -> str | None:
        """Return what a column declares for the option of this kind, or None."""
        match self.option:
            case ColumnOption.DATE_FORMAT:
                return str(date_format.value)
            case ColumnOption.COUNTRY:
                return country
            case _:
                return assert_never(self.option)


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSpec:
    """How identifiers of one kind are normalised, and what they are like."""

    kind: TokenKind
    steps: tuple[Step, ...]
    """Applied in order until the first check refuses."""
    examples: tuple[Example, ...]
    """At least one; the specification shows them, and a test executes them."""
    leading_zeros_matter: bool
    """
    Whether identifiers have several lengths and may begin with a zero.

    A zero in front then makes another identifier, and a numeric column loses it.
    """
    free_text: bool
    """
    Whether people choose the text, so that its exact shape could identify one of them.

    A token manifest then shows only the order of character classes.
    """
    luhn_digit: bool
    """Whether nearly all end in a check digit by ISO/IEC 7812-1, annex B."""
    fast_path: FastPath | None = None
    """What saves work for most identifiers, if anything does."""
    declared: DeclaredSteps | None = None
    """What a column's declaration adds, if the kind has an option."""
    hash_steps: tuple[Step, ...] = ()
    """What a column has instead that holds hashes, if the kind is a published hash."""

    def __post_init__(self) -> None:
        """Refuse a kind that would let any character through, or shows no example."""
        for steps in (self.steps, self.hash_steps or self.steps):
            if not any(isinstance(step, RejectUnlessCharset) for step in steps):
                raise InternalError.of(f"kind {self.kind.value} allows any character")
        if bool(self.hash_steps) is not (self.kind.hash_of is not None):
            raise InternalError.of(f"kind {self.kind.value} is half a hash")
        if not self.examples:
            raise InternalError.of(f"kind {self.kind.value} has no example")

    def with_declared(self, value: str) -> KindSpec:
        """
        Return this kind for a column that declares *value* for the kind's option.

        Raises:
            TokenError: If the country is not in the table.
        """
        declared = self.declared
        if declared is None:
            raise InternalError.of(f"kind {self.kind.value} has no option")
        if value not in declared.steps:
            raise TokenError.unknown_country(value)
        before = self.steps[: declared.after]
        after = self.steps[declared.after + declared.instead_of :]
        steps = (*before, *declared.steps[value], *after)
        # The hint is about the kind's own steps.
        return replace(self, steps=steps, fast_path=None)

    def of_hashes(self) -> KindSpec:
        """
        Return this kind for a column that holds its hashes.

        Such a column has no option: whoever made the hashes has read the identifiers.
        """
        return replace(self, steps=self.hash_steps, fast_path=None, declared=None)

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The steps, cut before every rewrite that follows a check."""
        rounds: list[tuple[list[Rewrite], list[Check]]] = [([], [])]
        for step in self.steps:
            if isinstance(step, _REWRITES):
                if rounds[-1][1]:
                    rounds.append(([], []))
                rounds[-1][0].append(step)
            else:
                rounds[-1][1].append(step)
        return tuple(Round(rewrites=tuple(r), checks=tuple(c)) for r, c in rounds)
