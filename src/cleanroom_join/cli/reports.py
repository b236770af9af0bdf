"""The HTML report of each release, and advice, beside the tables of a rehearsal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cleanroom_join.advice import advice_lines
from cleanroom_join.errors import MissingExtra
from cleanroom_join.report import save

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cleanroom_join.advice import Advice
    from cleanroom_join.spark.rehearsal.rehearsal import RehearsedOutput

__all__ = ["write", "write_advice"]


def write(outputs: Iterable[RehearsedOutput], output: Path) -> None:
    """
    Write ``<output>/<query>/report.html`` for every release, and print the paths.

    Without the extra ``report`` it prints what to install.  All of it goes to standard
    error, as progress does.

    Raises:
        WriteFailed: If there is such a file.
    """
    for rehearsed in outputs:
        page = output / rehearsed.release.output / "report.html"
        try:
            page.parent.mkdir(parents=True, exist_ok=True)
            save(rehearsed.report, page)
        except MissingExtra as missing:
            sys.stderr.write(f"{missing}\n")
            return
        sys.stderr.write(f"report: {page}\n")


def write_advice(advice: Advice, output: Path) -> None:
    """
    Write ``<output>/advice.txt``, and print its path to standard error.

    It is no part of a report: no company may see it but the one that rehearses.
    """
    path = output / "advice.txt"
    path.write_text(
        "".join(f"{line}\n" for line in advice_lines(advice)), encoding="utf-8"
    )
    sys.stderr.write(f"advice (for yourself only): {path}\n")
