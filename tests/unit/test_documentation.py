"""Documentation: links lead somewhere, code compiles, files name no machine."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from cleanroom_join.cli.app import app

Group = type(get_command(app))
"""Of commands; Typer brings a Click of its own or uses the one installed."""

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


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w\- ]", "", h).lower().replace(" ", "-") for h in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_anchors_are_headings(page):
    """A link into a page leads to a heading of it."""
    prose = re.sub(r"`[^`\n]+`", "", page.read_text())
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", prose)

    wrong = [
        (file, anchor)
        for file, anchor in links
        if anchor not in headings(page.parent / file if file else page)
    ]
    assert wrong == []


def test_every_page_is_linked_from_the_readme():
    """Or from one that is; nothing that was written cannot be found."""
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen:
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#:]+)", page.read_text())
        places = [(page.parent / link).resolve() for link in links]
        todo += [p for p in places if p.suffix == ".md" and p.is_file()]
        todo += [p for folder in places if folder.is_dir() for p in folder.glob("*.md")]

    assert [str(p) for p in PAGES if p not in seen] == []


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


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_make_that_is_named_is_a_target(page):
    """In prose and in what a reader types; each target says what it does."""
    makefile = (ROOT / "Makefile").read_text()
    named = re.findall(r"(?m)(?:`|^)make ([a-z-]+)(?=`|$)", page.read_text())

    assert [n for n in named if not re.search(rf"(?m)^{n}:.* ## ", makefile)] == []


def test_every_target_is_phony_and_explained():
    """No file of that name can hide it, and `make help` lists it."""
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"(?m)^\.PHONY: (.*)$", makefile).group(1).split()

    assert set(phony) == set(re.findall(r"(?m)^([a-z-]+):.* ## ", makefile))


def named_commands(page: Path) -> list[list[str]]:
    """Return every call of the command line that a page shows, as words."""
    code = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", page.read_text(), re.DOTALL)
    lines = [line for block in code for part in block for line in part.splitlines()]
    calls = [re.search(r"(?:^|/)cleanroom-join ([^|#;]+)", line) for line in lines]
    return [call.group(1).split() for call in calls if call]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_that_is_named_exists(page):
    """With the options that are shown."""
    for words in named_commands(page):
        command = get_command(app)
        for name in words:
            if not isinstance(command, Group):
                break  # what follows are its arguments
            assert name in command.commands
            command = command.commands[name]
        known = {option for p in command.params for option in p.opts}
        assert {w for w in words if w.startswith("--")} <= known


def test_commands_are_found():
    """The README names the first that a reader needs."""
    found = {words[0] for words in named_commands(ROOT / "README.md")}

    assert {"check", "key", "vectors", "manifest", "doctor", "attack"} <= found


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


def test_the_readme_stays_short():
    """At most 130 lines: what needs more has a page of its own."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130
