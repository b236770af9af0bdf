"""The tutorial's code as people paste it: line by line into the plain interpreter."""

from __future__ import annotations

import codeop
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "make_tutorial.py"))
PAGES = [
    ROOT / "docs" / "tutorial" / "first-releases.md",
    ROOT / "docs" / "howto" / "run-notebooks-locally.md",
]


def statements(block):
    """Return the statements that an interpreter finds, and the lines left over."""
    found, lines = [], []
    for line in block.splitlines():
        lines.append(line)
        # Raises SyntaxError where the interpreter does: after an indented block
        # without an empty line, for example.
        if codeop.compile_command("\n".join(lines), symbol="single"):
            found.append("\n".join(lines))
            lines = []
    return found, lines


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_block_can_be_pasted_into_the_interpreter(page):
    """A loop at the end of a block waits for one more empty line; nothing else does."""
    blocks = [
        text
        for form, text in TOOL["blocks"](page.read_text(encoding="utf-8"))
        if form == "python"
    ]

    for block in blocks:
        found, rest = statements(block)
        assert found or rest
        assert not rest or rest[-1].startswith(" ")


def test_a_block_that_cannot_be_pasted_is_found():
    """The interpreter takes the line after a loop for a part of it."""
    with pytest.raises(SyntaxError):
        statements("for i in range(2):\n    print(i)\nprint(2)\n")
