"""Lines of a file that is decoded strictly; errors keep no bytes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["NotDecoded", "TextLines", "first_wrong_line"]

_HEAD = 2**16
"""Characters that can be looked at before the rest."""


class NotDecoded(Exception):
    """A text is not in its encoding; Python's error would hold the bytes."""

    def __init__(self, after_line: int) -> None:
        super().__init__(after_line)
        self.line = after_line + 1


class TextLines:
    """The lines of an open text, the first of which can be looked at before."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._first: list[str] = []
        self._read = 0

    def first(self) -> list[str]:
        """
        Return the lines at the beginning; iteration gives them again.

        Raises:
            NotDecoded: If they are not in the text's encoding.
        """
        size = sum(map(len, self._first))
        for line in self._decoded():
            self._first.append(line)
            size += len(line)
            if size >= _HEAD:
                break
        return self._first

    def __iter__(self) -> Iterator[str]:
        """
        Yield all lines with their ends.

        Raises:
            NotDecoded: If a line is not in the text's encoding.
        """
        yield from self._first
        yield from self._decoded()

    def _decoded(self) -> Iterator[str]:
        """Yield the next lines."""
        try:
            for line in self._text:
                self._read += 1
                yield line
        except UnicodeError:
            pass
        else:
            return
        raise NotDecoded(self._read)


def first_wrong_line(file: Path) -> int:
    """Return the first line of a file that is not UTF-8; lines end with LF."""
    with file.open("rb") as raw:
        for number, line in enumerate(raw, start=1):
            if "\ufffd" in line.decode("utf-8", "replace"):
                return number
    return 1
