"""Exit codes that schedulers understand, and errors on one line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cleanroom_join.errors import CleanRoomJoinError, InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "EXIT_ATTACKED",
    "EXIT_BUG",
    "EXIT_NOT_APPROVED",
    "EXIT_REFUSED",
    "errors_as_exit_codes",
]

EXIT_NOT_APPROVED = 1
EXIT_REFUSED = 2
EXIT_ATTACKED = 3
EXIT_BUG = 70


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Print an error of ours as one line, and exit with the code for its kind."""
    try:
        yield
    except InternalError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(EXIT_BUG) from None
    except CleanRoomJoinError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(EXIT_REFUSED) from None
