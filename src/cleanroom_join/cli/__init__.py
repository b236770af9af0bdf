"""
The command line: ``cleanroom-join``.

No decision is made here: commands parse arguments, call the library, and print.

Exit codes: 0 approved or successful, 1 not approved, 2 refused input, 3 an attack
succeeded, 70 a bug of ours (``EX_SOFTWARE`` of BSD's sysexits.h).  Results go to
standard output, progress and errors to standard error.
"""

from __future__ import annotations

import sys

from cleanroom_join.errors import MissingExtra

__all__ = ["main"]


def main() -> None:
    """Run the command line; without its packages, print which to install."""
    try:
        from cleanroom_join.cli.app import app  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("rich", "typer"):
            raise
        sys.stderr.write(f"{MissingExtra.of('cli', 'the command line')}\n")
        raise SystemExit(2) from None
    app()
