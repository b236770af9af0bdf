"""Documentation: links lead somewhere, code compiles, files name no machine."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """Every relative link names a file or folder of the repository."""
    prose = re.sub(r"`[^`\n]+`", "", page.read_text())  # patterns look like links
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", prose)
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []


def python_blocks() -> list[str]:
    """Return every Python example of the README."""
    return re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )


def test_there_are_examples():
    """The party's side and the room's."""
    assert len(python_blocks()) == 2


@pytest.mark.parametrize("block", python_blocks(), ids=["party", "room"])
def test_examples_use_what_exists(block):
    """They compile, and every name they import is there."""
    tree = ast.parse(block)

    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.module.endswith(".spark"):
            module = importlib.import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names)
    assert len(block.strip().splitlines()) <= 10


def test_the_readmes_commands_are_targets():
    """What a reader types first exists."""
    makefile = (ROOT / "Makefile").read_text()

    for target in re.findall(
        r"^make ([a-z-]+)$", (ROOT / "README.md").read_text(), re.MULTILINE
    ):
        assert f"\n{target}:" in makefile


def test_decisions_are_short_and_numbered():
    """Context, decision, consequence, in under 40 lines each."""
    records = sorted(ROOT.glob("docs/adr/*.md"))

    assert [int(p.name[:4]) for p in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text()
        assert len(text.splitlines()) < 40
        assert all(
            f"**{part}.**" in text for part in ("Context", "Decision", "Consequence")
        )


def test_no_file_names_a_machine():
    """No path of a developer's machine and no registry's host is in a tracked file."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    texts = {
        f: (ROOT / f).read_text(errors="replace")
        for f in listed.stdout.split()
        if (ROOT / f).exists()
    }
    patterns = [
        "/" + "root/",
        "/" + "work/",
        "/" + "home/",
        "pypi" + ".org",
        "maven" + ".org",
    ]

    assert [f for f, t in texts.items() if any(p in t for p in patterns)] == []
