"""
Every error the library raises: one root, one leaf per reaction, stable codes.

Messages hold column names, rule names, digests and figures of at least *k*.
They never hold a value, a token, a key, or a smaller count, because the runner
of a clean room reads every one of them.  Errors of lower layers are replaced
(``from None``) where their own text could carry data.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    "InvalidValues",
    "JoinError",
    "KeyIdsMixed",
    "MissingColumns",
    "MissingExtra",
    "NoOverlap",
    "NotAToken",
    "NotJoinable",
    "OutputExists",
    "Problem",
    "RawIdentifiers",
    "ReleaseError",
    "ReleaseRefused",
    "SparkFailure",
    "TokenError",
    "TooManyCells",
    "UnknownKeyId",
    "UnknownName",
    "VectorMismatch",
    "WriteFailed",
    "did_you_mean",
    "printable",
]

_MAX_QUOTED = 80
"""Longest piece of text an error quotes, in characters."""


def printable(text: str) -> str:
    r"""
    Return *text* on one line, without control characters, at most 80 characters.

    Names come from contracts and tables, so from the other company: nothing of
    theirs may move a reader's terminal or forge a log line.

    >>> printable("a\nb")
    'a?b'
    """
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= _MAX_QUOTED else clean[: _MAX_QUOTED - 1] + "…"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """
    Return ``; did you mean "x"?`` for the nearest known name, or nothing.

    Abbreviations count: people write the initials of long column names.

    >>> did_you_mean("merchnt", ["merchant", "country"])
    '; did you mean "merchant"?'
    >>> did_you_mean("mcc", ["merchant_category_code", "country"])
    '; did you mean "merchant_category_code"?'
    """
    candidates = sorted(known)
    initials = {"".join(w[:1] for w in c.split("_")): c for c in candidates}
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.5)
    near = close[0] if close else initials.get(name.lower())
    return f'; did you mean "{printable(near)}"?' if near else ""


def _quoted(names: Iterable[str]) -> str:
    """Return names quoted, sorted and joined by commas."""
    return ", ".join(f'"{printable(name)}"' for name in sorted(names))


class CleanRoomJoinError(Exception):
    """
    Root of every error of this library; never raised itself.

    Attributes:
        code: Stable identifier, documented in ``docs/reference/errors.md``.
        message: What was expected and what was got, in one sentence.
        hint: What to do next, or None.
    """

    code: ClassVar[str] = "E000"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild through ``__new__``, since subclasses have their own signatures."""
        return (_rebuild, (type(self), self.args, self.__dict__))

    def __str__(self) -> str:
        """Return ``[code] message`` and the hint on the same line."""
        text = f"[{self.code}] {self.message}"
        return f"{text} Hint: {self.hint}" if self.hint else text


def _rebuild(
    cls: type[CleanRoomJoinError], args: tuple[object, ...], state: dict[str, object]
) -> CleanRoomJoinError:
    """Restore an error from its pickle."""
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class MissingExtra(CleanRoomJoinError, ImportError):
    """A part of the library was used whose optional packages are not installed."""

    code = "E001"

    @classmethod
    def of(cls, extra: str, feature: str) -> MissingExtra:
        """Say which extra *feature* needs."""
        return cls(
            f"{feature} needs packages that are not installed.",
            hint=f"pip install 'cleanroom-join[{extra}]'",
        )


class UnknownName(CleanRoomJoinError, KeyError):
    """A name was asked for that the contract does not declare."""

    code = "E002"

    @classmethod
    def of(cls, what: str, name: str, known: Sequence[str]) -> UnknownName:
        """Say which *what* is unknown and which are known."""
        return cls(
            f'the contract declares no {what} "{printable(name)}"'
            f"{did_you_mean(name, known)}",
            hint=f"declared: {_quoted(known) or 'none'}.",
        )


# --- the contract -----------------------------------------------------------


class Problem(str):
    """
    One thing wrong with a contract: ``path: what is wrong``.

    Attributes:
        code: The problem's own stable code (E11x).
        path: Where it is, as a dotted path into the TOML document.
    """

    __slots__ = ("code", "path")
    code: str
    path: str

    def __new__(cls, path: str, text: str, code: str) -> Problem:  # noqa: PYI034 - typing.Self is 3.11
        """Build the text once; the parts stay readable."""
        problem = super().__new__(cls, f"{path}: {text} [{code}]")
        problem.code = code
        problem.path = path
        return problem

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the parts, from which the text is made again."""
        text = str(self)[len(self.path) + 2 : -len(self.code) - 3]
        return (Problem, (self.path, text, self.code))


class ContractError(CleanRoomJoinError, ValueError):
    """
    The contract is not one; `problems` has every fault, not only the first.

    Attributes:
        problems: The faults in document order, each with its path and code.
    """

    code = "E100"
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> ContractError:
        """Report *problems*, one per line."""
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        lines = "".join(f"\n  {problem}" for problem in problems)
        error = cls(f"the contract has {count}:{lines}")
        error.problems = tuple(problems)
        return error


class ContractDigestMismatch(ContractError):
    """The contract is not the one whose digest was agreed."""

    code = "E101"

    @classmethod
    def between(cls, expected: str, got: str) -> ContractDigestMismatch:
        """Name both digests; they say nothing about people."""
        return cls(
            f"expected contract digest {printable(expected)}, got {got}.",
            hint="both parties must hold the same revision: compare the files.",
        )


class ContractExpired(ContractError):
    """The contract's last day is over."""

    code = "E102"

    @classmethod
    def on(cls, expires: str) -> ContractExpired:
        """Name the last day."""
        return cls(
            f"the contract expired on {expires}; nothing is computed after it.",
            hint="agree a new revision with a later `expires`.",
        )


# --- tokens ------------------------------------------------------------------


class TokenError(CleanRoomJoinError):
    """Something about identifiers, keys or tokens is wrong."""

    code = "E200"


class InvalidKey(TokenError, ValueError):
    """The secret key is too short, badly encoded, or no secret."""

    code = "E201"


class ColumnTypeRefused(TokenError, TypeError):
    """A column's type cannot carry what the contract says it carries."""

    code = "E203"

    @classmethod
    def identifier(cls, column: str, got: str) -> ColumnTypeRefused:
        """Refuse an identifier that is not a string."""
        return cls(
            f'identifier column "{printable(column)}" must be STRING, got {got}.',
            hint="a number has already lost leading zeros, a double its last digits:"
            " read the column as text at its source.",
        )

    @classmethod
    def declared(cls, column: str, expected: str, got: str) -> ColumnTypeRefused:
        """Refuse a dimension or measure of another type than declared."""
        return cls(
            f'column "{printable(column)}" must be {expected}, got {got}.',
            hint="cast it in the pipeline that writes the shared table.",
        )


class VectorMismatch(TokenError):
    """This installation makes other tokens than the agreed vectors."""

    code = "E210"

    @classmethod
    def cases(cls, ids: Sequence[str]) -> VectorMismatch:
        """Name the cases that failed."""
        return cls(
            f"{len(ids)} token vectors fail: {', '.join(ids[:10])}.",
            hint="do not join until they pass: the two sides' tokens would not match.",
        )

    @classmethod
    def digest(cls, expected: str, got: str) -> VectorMismatch:
        """Say that the vector file is not the one the contract pins."""
        return cls(
            f"the contract pins token vectors {printable(expected)}, installed: {got}.",
            hint="both parties must run a version with the same vectors.",
        )


# --- joining -----------------------------------------------------------------


class JoinError(CleanRoomJoinError):
    """The shared tables cannot be joined as the contract says."""

    code = "E300"


class MissingColumns(JoinError):
    """A table lacks columns that the contract declares."""

    code = "E301"

    @classmethod
    def of(
        cls, table: str, missing: Iterable[str], available: Iterable[str]
    ) -> MissingColumns:
        """Name the missing columns, and the nearest that are there."""
        missing, available = sorted(missing), sorted(available)
        near = did_you_mean(missing[0], available) if missing else ""
        return cls(
            f'table "{printable(table)}" lacks {_quoted(missing)}{near}',
            hint="the shared table must have exactly the contract's columns.",
        )


class ExtraColumns(JoinError):
    """A shared table has columns that the contract does not declare."""

    code = "E302"

    @classmethod
    def of(cls, table: str, extra: Iterable[str]) -> ExtraColumns:
        """Name the columns that should not have been shared."""
        return cls(
            f'table "{printable(table)}" has undeclared columns {_quoted(extra)}.',
            hint="share only what the contract declares, or agree a new revision.",
        )


class EmptyTable(JoinError):
    """
    A table has too few subjects to say anything, perhaps none.

    Empty and *fewer than k* are one error on purpose: telling them apart would
    tell the runner whether one person is in the other company's table.
    """

    code = "E303"

    @classmethod
    def of(cls, table: str, k: int) -> EmptyTable:
        """Name the table."""
        return cls(
            f'table "{printable(table)}" has fewer than {k} subjects; it may be empty.',
            hint="look at the profile that `tokenise` gives for it.",
        )


class InvalidValues(JoinError):
    """A file's column holds text that is not of the declared type."""

    code = "E304"

    @classmethod
    def of(cls, table: str, column: str, expected: str) -> InvalidValues:
        """Name the column and the type; never the text."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" '
            f"has values that are not {expected}.",
            hint="empty text is NULL; booleans are true/false; decimals use a point.",
        )


class NoOverlap(JoinError):
    """
    Too few subjects are in both tables, perhaps none: the silent empty join.

    Zero and *fewer than k* are one error on purpose, as in `EmptyTable`.
    """

    code = "E310"

    @classmethod
    def of(cls, left: str, right: str, k: int) -> NoOverlap:
        """Name the two tables."""
        return cls(
            f'"{printable(left)}" and "{printable(right)}" have no usable overlap: '
            f"fewer than {k} subjects match, perhaps none.",
            hint="most often the two sides made different tokens: compare key id, "
            "token spec and profiles with the match doctor, "
            "docs/howto/when-nothing-matches.md.",
        )

    @classmethod
    def rate(cls, left: str, right: str, floor_percent: str) -> NoOverlap:
        """Say that the match rate is under the contract's floor."""
        return cls(
            f'"{printable(left)}" and "{printable(right)}" match less than the '
            f"contract's floor of {floor_percent} %.",
            hint="see docs/howto/when-nothing-matches.md.",
        )


class DuplicateTokens(JoinError):
    """A table that promises one row per subject has more."""

    code = "E311"

    @classmethod
    def of(cls, table: str, subject: str) -> DuplicateTokens:
        """Name the table and its promise."""
        return cls(
            f'table "{printable(table)}" declares one_row_per = '
            f'"{printable(subject)}" but has subjects with several rows.',
            hint="aggregate or deduplicate it before sharing; a join of many rows "
            "with many would count people twice.",
        )


class KeyIdsMixed(JoinError):
    """Tokens of two key ids meet, so they cannot match."""

    code = "E312"

    @classmethod
    def within(cls, table: str) -> KeyIdsMixed:
        """Name the table that mixes them."""
        return cls(
            f'table "{printable(table)}" mixes tokens of several key ids.',
            hint="tokenise the whole table with the contract's active key.",
        )

    @classmethod
    def between(cls, left: str, right: str) -> KeyIdsMixed:
        """Name the tables that differ."""
        return cls(
            f'"{printable(left)}" and "{printable(right)}" have tokens of '
            "different key ids, so nothing can match.",
            hint="tokenise both with the contract's active key.",
        )


class NotAToken(JoinError):
    """A subject column holds something that is no token."""

    code = "E313"

    @classmethod
    def of(cls, table: str, column: str) -> NotAToken:
        """Name the column; what it holds is not quoted."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" holds values '
            "that are not tokens of the form <key id>:<64 hex digits>.",
            hint="share the output of `tokenise`, unchanged.",
        )


class RawIdentifiers(NotAToken):
    """A subject column holds raw identifiers: a privacy incident."""

    code = "E314"

    @classmethod
    def of(cls, table: str, column: str) -> RawIdentifiers:
        """Name the column and say what to do at once."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" seems to hold '
            "raw identifiers where tokens are expected.",
            hint="stop sharing this table now, then share the output of `tokenise`.",
        )


class UnknownKeyId(JoinError):
    """Tokens carry a key id that the contract does not declare as usable."""

    code = "E315"

    @classmethod
    def of(cls, table: str, usable: Iterable[str]) -> UnknownKeyId:
        """Name the table and the usable ids, not the one found."""
        return cls(
            f'table "{printable(table)}" has tokens of a key id that the contract '
            f"does not list as active or retiring ({_quoted(usable)}).",
            hint="tokenise it again with the contract's active key.",
        )


class NotJoinable(JoinError):
    """A question joins tables in a way that is refused before any row is read."""

    code = "E316"


class SparkFailure(JoinError):
    """
    Spark failed; its own message is withheld because it may quote values.

    Attributes:
        condition: Spark's error condition (a constant such as ``DIVIDE_BY_ZERO``).
    """

    code = "E390"
    condition: str = ""

    @classmethod
    def during(cls, step: str, condition: str) -> SparkFailure:
        """Name the step and Spark's error condition only."""
        error = cls(
            f"Spark failed while {step}: {printable(condition)}.",
            hint="Spark's own text is withheld, since it may quote rows; look the "
            "condition up, or run the step on test data.",
        )
        error.condition = condition
        return error


# --- disclosure and release ----------------------------------------------------


class DisclosureError(CleanRoomJoinError):
    """The guard refuses the question or the answer."""

    code = "E400"


class TooManyCells(DisclosureError):
    """The question has more possible cells than the policy allows."""

    code = "E402"

    @classmethod
    def of(cls, cells: int, allowed: int) -> TooManyCells:
        """Give both figures; they come from declared domains, not from data."""
        return cls(
            f"the question has {cells} possible cells, the policy allows {allowed}.",
            hint="group by fewer dimensions, or by coarser ones.",
        )


class ReleaseError(CleanRoomJoinError):
    """A release could not be made or written."""

    code = "E500"


class ReleaseRefused(ReleaseError):
    """The review did not approve, so nothing is shown or written."""

    code = "E501"

    @classmethod
    def because(cls, verdict: str, findings: Sequence[str]) -> ReleaseRefused:
        """Name the verdict and the findings."""
        return cls(
            f"the verdict is {verdict}, not APPROVED: {'; '.join(findings)}.",
            hint="`release.summary()` has the details that may be shown.",
        )


class OutputExists(ReleaseError):
    """Something is already where the release should be written."""

    code = "E502"

    @classmethod
    def of(cls, place: str) -> OutputExists:
        """Name the place."""
        return cls(
            f"{place} already exists; a release never overwrites.",
            hint="name a new place, or remove the old one yourself.",
        )


class WriteFailed(ReleaseError):
    """Writing failed; whatever had been created was removed again, or is named."""

    code = "E503"


class InternalError(CleanRoomJoinError, AssertionError):
    """A bug in this library."""

    code = "E900"

    @classmethod
    def of(cls, text: str) -> InternalError:
        """Say what cannot be, and that it is not the caller's fault."""
        return cls(
            f"this is a bug in cleanroom_join: {text}.",
            hint="nothing was released. Please report it, without any data.",
        )
