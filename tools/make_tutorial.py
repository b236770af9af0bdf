"""
Write the tutorial as a script and as a notebook: ``make_tutorial.py DESTINATION``.

The page is the source: its blocks of Python in their order, and the contract, which the
page tells the reader to save.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial" / "first-releases.md"
BLOCK = re.compile(r"^```(?P<form>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
CONTRACT = "tutorial/collaboration.toml"


def blocks(page: str) -> list[tuple[str, str]]:
    """Return the form and the text of every block of a page, in order."""
    return [(found["form"], found["code"]) for found in BLOCK.finditer(page)]


def cells(page: str) -> list[str]:
    """Return what a reader pastes, block by block; the contract as a cell that saves it."""
    made = {
        "python": lambda code: code,
        "toml": lambda code: f'Path("{CONTRACT}").write_text("""\\\n{code}""")\n',
    }
    return [made[form](code) for form, code in blocks(page) if form in made]


def script(page: str) -> str:
    """Return the tutorial as a script."""
    return '"""From nothing to a second release."""\n\n' + "\n\n".join(cells(page))


def notebook(page: str) -> str:
    """Return the tutorial as a Jupyter notebook: prose and code."""
    found: list[dict[str, object]] = []
    position = 0
    code_cells = iter(cells(page))
    for match in BLOCK.finditer(page):
        if match["form"] not in ("python", "toml"):
            continue
        found.append(_cell("markdown", page[position : match.start()]))
        found.append(_cell("code", next(code_cells)))
        position = match.end()
    found.append(_cell("markdown", page[position:]))
    return json.dumps(
        {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )


def _cell(kind: str, text: str) -> dict[str, object]:
    """Return one cell of a notebook."""
    cell: dict[str, object] = {
        "cell_type": kind,
        "metadata": {},
        "source": text.strip("\n").splitlines(keepends=True),
    }
    return (
        cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}
    )


def main(destination: str) -> None:
    """Write both files."""
    folder = Path(destination)
    folder.mkdir(parents=True, exist_ok=True)
    page = PAGE.read_text(encoding="utf-8")
    (folder / "tutorial.py").write_text(script(page), encoding="utf-8")
    (folder / "tutorial.ipynb").write_text(notebook(page), encoding="utf-8")
    print(f"{folder / 'tutorial.py'}, {folder / 'tutorial.ipynb'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
