"""Errors of tables: wrong columns, wrong tokens, too little overlap."""

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

__all__ = ["NoOverlap", "TableRefused", "TokensRefused"]


class TableRefused(CleanRoomJoinError):
    """A table is not what the contract declares: mend the pipeline that writes it."""

    code = "E301"

    @classmethod
    def missing_columns(
        cls, table: str, missing: Iterable[str], available: Iterable[str]
    ) -> TableRefused:
        """Name the missing columns, and the nearest that are there."""
        missing, available = sorted(missing), sorted(available)
        near = did_you_mean(missing[0], available) if missing else ""
        return cls(
            f'table "{printable(table)}" lacks {quoted(missing)}{near}',
            hint="the shared table must have exactly the contract's columns.",
            code="E301",
        )

    @classmethod
    def missing_raw_columns(
        cls, table: str, missing: Iterable[str], available: Iterable[str]
    ) -> TableRefused:
        """Name the columns that a raw table lacks, and the nearest that are there."""
        lacking = cls.missing_columns(table, missing, available)
        return cls(
            f"raw {lacking.message}",
            hint="it may have more columns; the contract's `source` says what a raw "
            "column is called.",
            code="E301",
        )

    @classmethod
    def no_raw_column(cls, table: str, wanted: Iterable[str]) -> TableRefused:
        """Say that no name of a file is one of the contract's; quote none of it."""
        return cls(
            f'the first line of "{printable(table)}" has none of the contract\'s '
            f"columns {quoted(wanted)}.",
            hint="it must have the names of the columns, and not a row. If it has,"
            " look at the separator (--delimiter) and at the contract's `source`.",
            code="E301",
        )

    @classmethod
    def repeated_columns(cls, table: str, twice: Iterable[str] = ()) -> TableRefused:
        """Name the columns of which it is not certain which one is meant."""
        named = quoted(twice) or "with one name"
        return cls(
            f'"{printable(table)}" has several columns {named}: names that differ '
            "in case or blanks only are one name.",
            hint="keep one of them, or give the other another name.",
            code="E308",
        )

    @classmethod
    def undeclared_columns(cls, table: str, extra: Iterable[str]) -> TableRefused:
        """Name the columns that should not have been shared."""
        return cls(
            f'table "{printable(table)}" has undeclared columns {quoted(extra)}.',
            hint="share only what the contract declares, or agree a new revision.",
            code="E302",
        )

    @classmethod
    def wrong_values(cls, table: str, column: str, expected: str) -> TableRefused:
        """Say that a column holds text of another type; never which text."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" '
            f"has values that are not {expected}.",
            hint="empty text is NULL; booleans are true/false; decimals use a point.",
            code="E304",
        )

    @classmethod
    def not_finite(cls, table: str, column: str) -> TableRefused:
        """
        Say that a measure column holds NaN or infinite values.

        Refused for the whole table, whoever has them: a cell that is suppressed for one
        such value would show in which cell its subject is.
        """
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" holds values '
            "that are NaN or infinite.",
            hint="replace them by NULL before sharing the table.",
            code="E305",
        )

    @classmethod
    def changed(cls) -> TableRefused:
        """
        Say that a table was written to while the room read it.

        Not which table, nor what changed: how many rows a party adds is its own affair.
        """
        return cls(
            "a shared table changed during the run: what was checked is not what was "
            "joined.",
            hint="run again while nobody writes to the shared tables. A Delta table"
            " shared with its history is read at one version, whoever writes to it.",
            code="E306",
        )

    @classmethod
    def identifier_type(cls, column: str, got: str) -> TableRefused:
        """Refuse an identifier that is not a string."""
        return cls(
            f'identifier column "{printable(column)}" must be STRING, got {got}.',
            hint="a number has already lost leading zeros, a double its last digits:"
            " read the column as text at its source.",
            code="E203",
        )

    @classmethod
    def padded_type(cls, column: str, got: str) -> TableRefused:
        """Refuse CHAR(n), whose values have blanks that nobody wrote."""
        return cls(
            f'column "{printable(column)}" must be STRING, got {printable(got)}.',
            hint="CHAR(n) pads values with blanks: cast it to STRING and trim it "
            "where the table is made.",
            code="E203",
        )

    @classmethod
    def collated_type(cls, column: str, got: str) -> TableRefused:
        """Refuse labels of which a database takes several for one."""
        return cls(
            f'column "{printable(column)}" must be STRING, got {printable(got)}.',
            hint="labels go by bytes: cast it to STRING COLLATE UTF8_BINARY, and write "
            "each label as the contract does.",
            code="E203",
        )

    @classmethod
    def column_type(cls, column: str, expected: str, got: str) -> TableRefused:
        """Refuse a dimension or measure of another type than declared."""
        return cls(
            f'column "{printable(column)}" must be {expected}, got {got}.',
            hint="cast it in the pipeline that writes the shared table.",
            code="E203",
        )

    @classmethod
    def no_shared_identifier(cls, left: str, right: str, k: int) -> TableRefused:
        """Say that no pair of columns identifies the same subjects."""
        return cls(
            f'"{printable(left)}" and "{printable(right)}" share no identifier of {k}'
            " subjects.",
            hint="docs/howto/first-contract.md says how columns are recognised.",
            code="E321",
        )

    @classmethod
    def many_rows_each(cls, left: str, right: str) -> TableRefused:
        """Say that neither of two tables has one row per subject."""
        both = f'"{printable(left)}" and "{printable(right)}" both have'
        hint = (
            "a join would count subjects twice: aggregate or deduplicate one of them."
        )
        return cls(f"{both} several rows per subject.", hint=hint, code="E322")

    @classmethod
    def no_large_cell(cls, k: int) -> TableRefused:
        """Say that nothing could be published, whatever is grouped by."""
        text = f"no value of a dimension has clearly more than {k} joined subjects."
        hint = "use more test data, or columns with fewer values."
        return cls(text, hint=hint, code="E323")


class TokensRefused(CleanRoomJoinError):
    """A token column holds no tokens, other tokens, or too many: tokenise it again."""

    code = "E313"

    @classmethod
    def not_tokens(cls, table: str, column: str) -> TokensRefused:
        """Name the column; what it holds is not quoted."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" holds values '
            "that are not tokens of the form <key id>:<64 hex digits>.",
            hint="share the output of `tokenise`, unchanged.",
        )

    @classmethod
    def raw_identifiers(cls, table: str, column: str) -> TokensRefused:
        """Say that a column holds raw identifiers: a privacy incident."""
        return cls(
            f'column "{printable(column)}" of "{printable(table)}" seems to hold '
            "raw identifiers where tokens are expected.",
            hint="stop sharing this table now, then share the output of `tokenise`.",
            code="E314",
        )

    @classmethod
    def duplicates(cls, table: str, subject: str) -> TokensRefused:
        """Name the table and its promise."""
        return cls(
            f'table "{printable(table)}" declares one_row_per = '
            f'"{printable(subject)}" but has subjects with several rows.',
            hint="aggregate or deduplicate it before sharing; a join of many rows "
            "with many would count people twice.",
            code="E311",
        )

    @classmethod
    def mixed_within(cls, table: str) -> TokensRefused:
        """Name the table that mixes tokens of several key ids."""
        return cls(
            f'table "{printable(table)}" mixes tokens of several key ids.',
            hint="tokenise the whole table with the contract's active key.",
            code="E312",
        )

    @classmethod
    def mixed_between(cls, left: str, right: str) -> TokensRefused:
        """Name the tables whose key ids differ."""
        return cls(
            f'"{printable(left)}" and "{printable(right)}" have tokens of '
            "different key ids, so nothing can match.",
            hint="tokenise both with the contract's active key.",
            code="E312",
        )

    @classmethod
    def unknown_key_id(cls, table: str, usable: Iterable[str]) -> TokensRefused:
        """Name the table and the usable ids, not the one found."""
        return cls(
            f'table "{printable(table)}" has tokens of a key id that the contract '
            f"does not list as active or retiring ({quoted(usable)}).",
            hint="tokenise it again with the contract's active key.",
            code="E315",
        )


class NoOverlap(CleanRoomJoinError):
    """
    Too few subjects to say anything, perhaps none: the silent empty join made loud.

    Zero and *fewer than k* are one error on purpose: telling them apart would tell the
    runner whether one person is in the other company's table.
    """

    code = "E310"

    @classmethod
    def few_subjects(cls, table: str, k: int) -> NoOverlap:
        """Name a table with too few subjects, perhaps none."""
        return cls(
            f'table "{printable(table)}" has fewer than {k} subjects; it may be empty.',
            hint="look at the profile that `tokenise` gives for it.",
            code="E303",
        )

    @classmethod
    def few_matches(cls, left: str, right: str, k: int) -> NoOverlap:
        """
        Name the two tables of which too few subjects match, perhaps none.

        Too few for k and too few for ``min_match_rate`` are one error: telling them
        apart would tell more than the contract's rule does.
        """
        return cls(
            f'"{printable(left)}" and "{printable(right)}" have no usable overlap: '
            f"fewer than {k} subjects match, perhaps none, or too small a share for "
            "the contract's min_match_rate.",
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
            hint="with bounded contributions all causes are reported as one error "
            "on purpose, min_match_rate and an empty table too. Compare token "
            "manifests, docs/howto/when-nothing-matches.md, or group by less.",
        )
