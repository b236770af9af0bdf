"""Exit codes that schedulers understand, and errors on one line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cleanroom_join.cli.bugs.notice import EXIT_BUG, notify_of_bug
from cleanroom_join.errors import CleanRoomJoinError, InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "EXIT_ATTACKED",
    "EXIT_ATTENTION",
    "EXIT_BUG",
    "EXIT_NOT_APPROVED",
    "EXIT_REFUSED",
    "EXIT_UNDECIDED",
    "errors_as_exit_codes",
    "exit_codes",
]

EXIT_NOT_APPROVED = 1
EXIT_ATTENTION = 1
"""A person must look at consent: a line in quarantine, a limit, a stale state."""
EXIT_REFUSED = 2
EXIT_ATTACKED = 3
EXIT_UNDECIDED = 4
"""The doctor cannot tell whether subjects match."""
EXIT_INTERRUPTED = 130
"""128 and the number of the signal that Ctrl-C sends, as shells have it."""

_MEANINGS = {
    0: "done",
    EXIT_REFUSED: "the input is refused",
    EXIT_BUG: "a bug of this library, of which a report without data is written",
    EXIT_INTERRUPTED: "Ctrl-C",
}
"""What codes mean for every command."""


def exit_codes(meanings: Mapping[int, str] | None = None) -> str:
    """
    Return the exit codes of a command, for the end of its help.

    Args:
        meanings: What codes mean, if not what they mean for every command.

    Examples:
        >>> exit_codes({0: "they are equal", 1: "they differ"})[:45]
        'Exit codes: 0 they are equal; 1 they differ; '
    """
    meant = {**_MEANINGS, **(meanings or {})}
    listed = "; ".join(f"{code} {meant[code]}" for code in sorted(meant))
    return f"Exit codes: {listed}."


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Print an error of ours as one line, and exit with the code for its kind."""
    try:
        yield
    except InternalError as error:
        notify_of_bug(error)
        raise typer.Exit(EXIT_BUG) from None
    except CleanRoomJoinError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(EXIT_REFUSED) from None
