"""
The command line: ``cleanroom-join``.

No decision is made here: commands parse arguments, call the library, and print.

Exit codes: 0 approved or successful, 1 not approved, 2 refused input, 3 an attack
succeeded, 70 a bug of ours (``EX_SOFTWARE`` of BSD's sysexits.h), 130 Ctrl-C.  Results
go to standard output, progress and errors to standard error.
"""

from __future__ import annotations

import sys

from cleanroom_join.cli.bugs.notice import EXIT_BUG, notify_of_bug
from cleanroom_join.errors import MissingExtra

__all__ = ["main"]

_PROGRAM = "cleanroom-join"
_INTERRUPTED = 130


def main() -> None:
    """
    Run the command line, and end with an exit code, never with a traceback.

    A traceback would quote lines of code, and the text of an error may be a row.

    Raises:
        SystemExit: Always.
    """
    try:
        _run()
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug of ours
        notify_of_bug(error)
        raise SystemExit(EXIT_BUG) from None


def _run() -> None:
    """Run the application; without its packages, print which to install."""
    try:
        from cleanroom_join.cli.app import app  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("rich", "typer"):
            raise
        sys.stderr.write(f"{MissingExtra.of('cli', 'the command line')}\n")
        raise SystemExit(2) from None
    app(prog_name=_PROGRAM)
