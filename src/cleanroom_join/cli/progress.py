"""Progress of a command that takes steps, on standard error."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["step"]


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step runs; once it is done, how long it took."""
    # Made anew each time: tests replace standard error.
    console = Console(stderr=True, emoji=False)
    start = time.monotonic()
    with console.status(f"{escape(name)} …"):
        yield
    seconds = time.monotonic() - start
    console.print(f"[green]✓[/] {escape(name)} [dim]{seconds:.1f} s[/]", soft_wrap=True)
