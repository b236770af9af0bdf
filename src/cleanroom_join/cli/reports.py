"""The HTML report of each release, beside the tables of a rehearsal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cleanroom_join.errors import MissingExtra
from cleanroom_join.report import save

if TYPE_CHECKING:
    from pathlib import Path

    from cleanroom_join.spark.rehearsal.rehearsal import Rehearsal

__all__ = ["write"]


def write(done: Rehearsal, output: Path) -> None:
    """
    Write ``<output>/<query>/report.html`` for every release, and print the paths.

    Without the extra ``report`` it prints what to install.  All of it goes to standard
    error, as progress does.

    Raises:
        WriteFailed: If there is such a file.
    """
    for rehearsed in done.outputs:
        page = output / rehearsed.release.output / "report.html"
        try:
            page.parent.mkdir(parents=True, exist_ok=True)
            save(rehearsed.report, page)
        except MissingExtra as missing:
            sys.stderr.write(f"{missing}\n")
            return
        sys.stderr.write(f"report: {page}\n")
