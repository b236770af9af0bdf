"""Exit codes that schedulers understand, and errors on one line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cleanroom_join.cli.bugs.tell import EXIT_BUG, tell_of_bug
from cleanroom_join.errors import CleanRoomJoinError, InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "EXIT_ATTACKED",
    "EXIT_BUG",
    "EXIT_NOT_APPROVED",
    "EXIT_REFUSED",
    "errors_as_exit_codes",
    "exit_codes",
]

EXIT_NOT_APPROVED = 1
EXIT_REFUSED = 2
EXIT_ATTACKED = 3
EXIT_INTERRUPTED = 130
"""128 and the number of the signal that Ctrl-C sends, as shells have it."""


def exit_codes(
    done: str = "done", *, refused: str = "the input is refused", **others: str
) -> str:
    """
    Return the exit codes of a command, for the end of its help.

    Args:
        done: What 0 means.
        refused: What 2 means.
        others: What further codes mean, as ``not_approved`` and ``attacked``.

    Examples:
        >>> exit_codes("they are equal", not_approved="they differ")[:45]
        'Exit codes: 0 they are equal; 1 they differ; '
    """
    meanings = {
        0: done,
        EXIT_NOT_APPROVED: others.get("not_approved"),
        EXIT_REFUSED: refused,
        EXIT_ATTACKED: others.get("attacked"),
        EXIT_BUG: "a bug of this library, of which a report without data is written",
        EXIT_INTERRUPTED: "Ctrl-C",
    }
    listed = "; ".join(f"{code} {text}" for code, text in meanings.items() if text)
    return f"Exit codes: {listed}."


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Print an error of ours as one line, and exit with the code for its kind."""
    try:
        yield
    except InternalError as error:
        tell_of_bug(error)
        raise typer.Exit(EXIT_BUG) from None
    except CleanRoomJoinError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(EXIT_REFUSED) from None
