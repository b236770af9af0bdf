"""What the caller says about CSV files that do not say it themselves."""

from __future__ import annotations

from dataclasses import dataclass

from cleanroom_join.raw_files.encodings import Encoding, encoding_named

__all__ = ["DELIMITER", "ENCODING", "CsvOptions"]

_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}

DELIMITER = "one character such as ';' or '|', or tab"
"""What a separator may be, in words."""
ENCODING = "utf-16-le, utf-16-be, or an encoding of one byte such as cp1252"
"""What an encoding may be, in words; UTF-8 is tried anyway."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvOptions:
    """
    The separator and the encoding of files that leave them open.

    Both are for all files of a command, so each is for those that need it: a file that
    is UTF-8, or has a byte order mark, is read as that; a file whose first line does
    not have the separator is read with its own.
    """

    delimiter: str | None = None
    encoding: Encoding | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The same as arguments of a command."""
        delimiter = () if self.delimiter is None else ("--delimiter", self.delimiter)
        encoding = () if self.encoding is None else ("--encoding", self.encoding.python)
        return (*delimiter, *encoding)

    @classmethod
    def of(
        cls, delimiter: str | None = None, encoding: str | None = None
    ) -> CsvOptions:
        """
        Return the options that a user wrote.

        Raises:
            ValueError: If one is no separator or no encoding; the text says what is.
        """
        if delimiter is not None:
            delimiter = _NAMED.get(delimiter.lower(), delimiter)
            unfit = len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'\\_ "
            if unfit or not (delimiter == "\t" or delimiter.isprintable()):
                raise ValueError(f"a separator is {DELIMITER}")
        known = None if encoding is None else encoding_named(encoding)
        if encoding is not None and known is None:
            raise ValueError(f"an encoding is {ENCODING}")
        return cls(delimiter=delimiter, encoding=known)
