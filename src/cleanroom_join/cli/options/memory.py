"""The memory of the Spark driver, as a size that Spark takes."""

from __future__ import annotations

import re
from typing import Annotated

import typer

__all__ = ["DEFAULT_MEMORY", "Memory"]

DEFAULT_MEMORY = "2g"

_SIZE = re.compile(r"([0-9]{1,6})([mg])b?", re.ASCII | re.IGNORECASE)
_MEGABYTES = {"m": 1, "g": 1024}
_LEAST = 512
"""Megabytes; with less than some 450 Spark itself does not start."""


def _checked(text: str) -> str:
    """
    Return a size of memory in lower case.

    Raises:
        typer.BadParameter: If it is none, or too small for Spark to start.
    """
    size = _SIZE.fullmatch(text.strip())
    if size is None:
        raise typer.BadParameter("is no size such as 2g or 1500m")
    number, unit = int(size[1]), size[2].lower()
    if number * _MEGABYTES[unit] < _LEAST:
        raise typer.BadParameter(f"Spark needs at least {_LEAST}m")
    return f"{number}{unit}"


Memory = Annotated[
    str,
    typer.Option(
        "--memory",
        metavar="SIZE",
        callback=_checked,
        help="Memory of the Spark driver, such as 2g or 1500m.",
    ),
]
