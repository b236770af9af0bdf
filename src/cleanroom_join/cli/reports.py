"""A page per release, beside what a rehearsal wrote."""

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
    Write ``<output>/<question>/report.html`` for every release; say where, or why not.

    What is said goes to standard error, as all progress does.
    """
    for rehearsed in done.outputs:
        page = output / rehearsed.release.output / "report.html"
        try:
            page.parent.mkdir(parents=True, exist_ok=True)
            told = rehearsed.saved or rehearsed.release
            save(told.report(), page)
        except MissingExtra as missing:
            sys.stderr.write(f"{missing}\n")
            return
        sys.stderr.write(f"report: {page}\n")
