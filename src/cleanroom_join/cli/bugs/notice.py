"""Telling a user of a bug: one line, and a file that may be sent to anybody."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from cleanroom_join.cli.bugs.report import bug_report, innermost, type_name
from cleanroom_join.errors import InternalError

__all__ = ["EXIT_BUG", "notify_of_bug"]

EXIT_BUG = 70
"""``EX_SOFTWARE`` of BSD's sysexits.h."""


def notify_of_bug(error: BaseException) -> None:
    """
    Say on standard error that there is a bug of ours, and where its report is.

    The report goes to the folder of temporary files: the current one may be anything,
    a repository too.  Only its owner may read it.  Where it cannot be written, it is
    printed.
    """
    if isinstance(error, InternalError):
        said = str(error)
    else:
        kind = type_name(error).rpartition(".")[2]
        said = (
            f"[{InternalError.code}] this is a bug in cleanroom_join: {kind} at"
            f" {innermost(error)}."
        )
    report = bug_report(error)
    path = _written(report)
    if path is None:
        sys.stderr.write(f"{said}\n\n{report}")
    else:
        sys.stderr.write(f"{said} Report, without any data: {path}\n")


def _written(report: str) -> Path | None:
    """Return the new file with the report; None if there can be none."""
    try:
        number, name = tempfile.mkstemp(prefix="cleanroom-join-bug-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(report)
    except OSError:
        return None
    return Path(name)
