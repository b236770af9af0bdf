"""Errors of shared tables that cannot be joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors.base import (
    CleanRoomJoinError,
    did_you_mean,
    printable,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DuplicateTokens",
    "EmptyTable",
    "ExtraColumns",
    "InvalidValues",
    "JoinError",
    "JointSecretRefused",
    "KeyIdsMixed",
    "MissingColumns",
    "NoOverlap",
    "NotAToken",
    "NotJoinable",
    "RawIdentifiers",
    "SparkFailure",
    "UnknownKeyId",
    "UnusableValues",
]


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
            f'table "{printable(table)}" lacks {quoted(missing)}{near}',
            hint="the shared table must have exactly the contract's columns.",
        )


class ExtraColumns(JoinError):
    """A shared table has columns that the contract does not declare."""

    code = "E302"

    @classmethod
    def of(cls, table: str, extra: Iterable[str]) -> ExtraColumns:
        """Name the columns that should not have been shared."""
        return cls(
            f'table "{printable(table)}" has undeclared columns {quoted(extra)}.',
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


class UnusableValues(JoinError):
    """
    A measure column of a shared table holds NaN or infinite values.

    Refused for the whole table, whoever has them: a cell that is withheld for one such
    value would show in which cell its subject is.
    """

    code = "E305"

    @classmethod
    def of(cls, table: str, column: str) -> UnusableValues:
        """Name the column; neither how many values nor whose."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" holds values '
            "that are NaN or infinite.",
            hint="replace them by NULL before sharing the table.",
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
    def or_no_cell(cls, left: str, right: str) -> NoOverlap:
        """Say that there is no answer, and not whether it is for want of a join."""
        return cls(
            f'"{printable(left)}" and "{printable(right)}" have no answer: too few '
            "subjects match, perhaps none, or too few are in any cell.",
            hint="where contributions are bounded, these are one error. Compare token "
            "cards, docs/howto/when-nothing-matches.md, or group by less.",
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
            f"does not list as active or retiring ({quoted(usable)}).",
            hint="tokenise it again with the contract's active key.",
        )


class NotJoinable(JoinError):
    """A question joins tables in a way that is refused before any row is read."""

    code = "E316"


class JointSecretRefused(JoinError):
    """A party's half of the joint key cannot be used."""

    code = "E317"

    @classmethod
    def of(cls, party: str) -> JointSecretRefused:
        """Name the party, and nothing of what it shared."""
        return cls(
            f'the secret of party "{printable(party)}" is not one row with 64'
            " random hexadecimal digits.",
            hint="docs/howto/keep-the-ledger.md says how to make one.",
        )


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
