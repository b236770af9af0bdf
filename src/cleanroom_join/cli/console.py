"""The width of printed tables, and JSON that is the same everywhere."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from cleanroom_join.crypto.canonical_json import canonical_bytes

__all__ = ["print_json", "wide_console"]

_LOG_WIDTH = 120
"""Columns if there is no terminal and ``COLUMNS`` is not set."""


def wide_console() -> Console:
    """Return a console; in a log it is wider than Rich's 80 columns."""
    # Else Rich prints the label ":x:" as the character of that name.
    console = Console(emoji=False)
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console
    return Console(width=_LOG_WIDTH, emoji=False)


def print_json(document: object) -> None:
    """Print canonical JSON and a line end."""
    sys.stdout.write(canonical_bytes(document).decode() + "\n")
