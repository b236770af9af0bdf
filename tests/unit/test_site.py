"""The documentation site: its pages, its navigation, and the links of a page."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tools.make_site import gather

ROOT = Path(__file__).parents[2]
NAV = """
[project]
nav = [
  "index.md",
  {"How to" = ["howto/begin.md"]},
  {"Records" = [{"All" = "adr/index.md"}]},
  {"Examples" = [{"Small" = "examples/small.md"}]},
]
"""
FILES = {
    "zensical.toml": NAV,
    "README.md": "# Home\n\n[Begin](docs/howto/begin.md#first), [records](docs/adr).\n",
    "docs/howto/begin.md": "# Begin\n\n## First\n\n[Home](../../README.md)\n",
    "docs/adr/README.md": "# Records\n",
    "examples/small/README.md": "# Small\n\n[Contract](contract.toml)\n",
    "examples/small/contract.toml": "a = 1\n",
}


@pytest.fixture
def root(tmp_path):
    """Return a small repository without faults."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_site_of_this_repository_can_be_built():
    """Every page is in the navigation once, and every link leads somewhere."""
    texts, found = gather(ROOT)

    assert found == []
    assert PurePosixPath("index.md") in texts
    assert PurePosixPath("adr/index.md") in texts


def test_links_between_pages_are_those_of_the_site(root):
    """Pages move up from `docs`, and a README is its folder's index."""
    texts, found = gather(root)

    assert found == []
    assert (
        "[Begin](howto/begin.md#first), [records](adr/index.md)"
        in texts[PurePosixPath("index.md")]
    )
    assert "[Home](../index.md)" in texts[PurePosixPath("howto/begin.md")]


def test_a_file_that_is_no_page_gets_one(root):
    """A link to a contract leads to a page that shows it."""
    texts, _ = gather(root)

    assert (
        "[Contract](../files/examples/small/contract.toml.md)"
        in texts[PurePosixPath("examples/small.md")]
    )
    shown = texts[PurePosixPath("files/examples/small/contract.toml.md")]
    assert "````toml\na = 1\n````" in shown


@pytest.mark.parametrize(
    "text",
    [
        "`[a](nowhere.md)`",
        "```\n[a](nowhere.md)\n```",
        "[a](https://example.com/page)",
        "[a](#first)",
    ],
)
def test_code_and_addresses_are_left(root, text):
    """What looks like a link in code, a web address, and an anchor of the same page."""
    (root / "docs/howto/begin.md").write_text(f"# Begin\n\n## First\n\n{text}\n")

    texts, found = gather(root)

    assert found == []
    assert texts[PurePosixPath("howto/begin.md")].endswith(f"{text}\n")


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        (
            "docs/howto/new.md",
            "# New\n",
            "not in the navigation: howto/new.md",
        ),
        (
            "zensical.toml",
            NAV.replace('["howto/begin.md"]', '["howto/begin.md", "howto/end.md"]'),
            "no such page: howto/end.md",
        ),
        (
            "zensical.toml",
            NAV.replace('["howto/begin.md"]', '["howto/begin.md", "index.md"]'),
            "listed twice: index.md",
        ),
        (
            "docs/howto/begin.md",
            "[End](end.md)\n",
            "a link leads nowhere: docs/howto/begin.md: end.md",
        ),
        (
            "docs/howto/begin.md",
            "[Out](../../../elsewhere.md)\n",
            "a link leads nowhere: docs/howto/begin.md: ../../../elsewhere.md",
        ),
    ],
    ids=["unlisted page", "entry without a page", "twice", "no such file", "outside"],
)
def test_a_planted_fault_is_found(root, file, text, fault):
    """One fault in a repository without any is named, and nothing else."""
    (root.parent / "elsewhere.md").write_text("# Elsewhere\n")
    (root / file).write_text(text)

    _, found = gather(root)

    assert found == [fault]
