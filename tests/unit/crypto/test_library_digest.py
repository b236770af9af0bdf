"""The library's digest: every file counts, and nothing that differs between machines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cleanroom_join
from cleanroom_join.crypto.library_digest import library_digest


@pytest.fixture
def package(tmp_path):
    """A package of two modules, one in a folder."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "one.py").write_text("x = 1\n")
    (tmp_path / "inner" / "two.py").write_text("y = 2\n")
    return tmp_path


def test_it_is_of_the_package_that_runs():
    """64 digits over the folder from which the library was imported."""
    digest = library_digest()

    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert digest == library_digest(Path(cleanroom_join.__file__).parent)


def change(package):
    """Change one byte of a module."""
    (package / "inner" / "two.py").write_text("y = 3\n")


def add(package):
    """Add a module."""
    (package / "three.py").write_text("")


def add_compiled(package):
    """Add a module that is bytecode only, which Python imports."""
    (package / "three.pyc").write_bytes(b"")


def remove(package):
    """Remove a module."""
    (package / "one.py").unlink()


def rename(package):
    """Give a module another name."""
    (package / "one.py").rename(package / "other.py")


def exchange(package):
    """Exchange the content of two modules."""
    one, two = package / "one.py", package / "inner" / "two.py"
    first, second = one.read_text(), two.read_text()
    one.write_text(second)
    two.write_text(first)


@pytest.mark.parametrize(
    "edit",
    [change, add, add_compiled, remove, rename, exchange],
    ids=lambda e: e.__name__,
)
def test_every_change_of_a_file_changes_it(package, edit):
    """Content, name, and which files there are."""
    before = library_digest(package)

    edit(package)

    assert library_digest(package) not in {before, None}


def test_caches_do_not_count(package):
    """Python writes them when it first imports a module."""
    before = library_digest(package)
    (package / "inner" / "__pycache__").mkdir()
    (package / "inner" / "__pycache__" / "two.cpython-312.pyc").write_bytes(b"x")

    assert library_digest(package) == before


def test_what_cannot_be_read_has_no_digest(package):
    """No folder, an empty one, a broken link, and a folder that is a link elsewhere."""
    (package / "empty").mkdir()
    broken, linked = package / "broken", package / "linked"

    assert library_digest(package / "archive.whl") is None
    assert library_digest(package / "empty") is None
    broken.symlink_to(package / "nowhere")
    assert library_digest(package) is None
    broken.unlink()
    linked.symlink_to(package / "inner")
    assert library_digest(package) is None
