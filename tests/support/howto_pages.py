"""Pages that say how to add something, followed to the letter in a copy of the tree."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
INSTRUCTION = re.compile(
    r"^(?P<verb>Create|In) `(?P<path>[^`]+)`:\n\n```(?P<form>python|diff)\n"
    r"(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
"""A file to create, or a change of one: context, and lines that begin with a plus."""


def copy_tree(root: Path, *paths: str) -> Path:
    """Copy files and folders of the repository, and return the new root."""
    for path in paths:
        source, target = ROOT / path, root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    return root


def follow_page(page: Path, root: Path) -> set[str]:
    """Apply every code block of a page that names a file; return these files."""
    text = page.read_text()
    blocks = re.findall(r"(?m)^```(?:python|diff)$", text)
    steps = list(INSTRUCTION.finditer(text))
    assert len(steps) == len(blocks), "a code block does not name its file"
    return {follow(step, root) for step in steps}


def follow(step: re.Match[str], root: Path) -> str:
    """Do what one instruction says, and return the file that it names."""
    path = root / step["path"]
    if step["form"] == "python":
        assert step["verb"] == "Create"
        assert not path.exists()
        path.write_text(step["block"])
        return step["path"]
    lines = step["block"].splitlines(keepends=True)
    context = "".join(line[1:] for line in lines if not line.startswith("+"))
    text = path.read_text()
    # A changelog has the same headings for every version; the newest is the first.
    assert text.count(context) == 1 or path.name == "CHANGELOG.md", step["path"]
    assert context in text, step["path"]
    changed = "".join(line[1:] for line in lines)
    path.write_text(text.replace(context, changed, 1))
    return step["path"]


def digests(root: Path) -> dict[str, str]:
    """Return the digest of every file, by its path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def follow_in_copy(
    page: Path, root: Path, *paths: str, tools: Sequence[str]
) -> tuple[set[str], set[str]]:
    """
    Follow a page in a copy of some paths, then generate what is generated.

    Returns:
        The files that the page names, and the files that differ afterwards.
    """
    copy_tree(root, *paths)
    before = digests(root)
    named = follow_page(page, root)
    for tool in tools:
        run_python(root, f"tools/{tool}.py")
    after = digests(root)
    return named, {path for path in after if before.get(path) != after[path]}


def run_python(
    root: Path, *arguments: object, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run Python with the library and the tests of a copy."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={"PYTHONPATH": f"{root / 'src'}:{root}", "PYTHONUTF8": "1"},
    )
    assert not check or done.returncode == 0, done.stderr[-2000:]
    return done
