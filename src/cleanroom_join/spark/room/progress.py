"""
What a run is doing, for somebody who waits for it.

The phases are the same for every run that computes, however it ends: a run that refuses
goes through all of them, as one with an answer does.  No phase has a figure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Progress", "progress_for", "silent"]

Progress = Callable[[str], AbstractContextManager[object]]
"""Called with the name of a phase, which runs inside what it returns."""

_VARIABLE = "CLEANROOM_JOIN_PROGRESS"
_CHOICES = {"1": True, "0": False}


def progress_for(wanted: bool | None) -> Progress:  # noqa: FBT001 - the room's parameter
    """
    Return how a room tells its phases.

    Args:
        wanted: Whether to write them to standard error; None if the environment says
            so, or whether somebody looks.
    """
    if wanted is None:
        wanted = _CHOICES.get(os.environ.get(_VARIABLE, ""))
    if wanted is None:
        wanted = _somebody_looks()
    return _written if wanted else silent


def silent(phase: str) -> AbstractContextManager[object]:
    """Tell nothing."""
    return nullcontext(phase)


@contextmanager
def _written(phase: str) -> Iterator[None]:
    """Write the phase as it begins."""
    sys.stderr.write(f"{phase} …\n")
    sys.stderr.flush()
    yield


def _somebody_looks() -> bool:
    """
    Return whether standard error is a terminal, or a notebook on one's own machine.

    On Databricks a notebook of a job cannot be told from one that somebody looks at.
    """
    if "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()
