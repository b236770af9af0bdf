"""Consoles: as wide as the reader wants, and JSON that is the same everywhere."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from cleanroom_join.crypto.canonical_json import canonical_bytes

__all__ = ["print_json", "wide_console"]

_LOG_WIDTH = 120
"""Columns where there is no terminal, and nobody said how many."""


def wide_console() -> Console:
    """Return a console that does not squeeze tables into a log's 80 columns."""
    console = Console()
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console
    return Console(width=_LOG_WIDTH)


def print_json(document: object) -> None:
    """Print canonical JSON and a line end."""
    sys.stdout.write(canonical_bytes(document).decode() + "\n")
