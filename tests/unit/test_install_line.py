"""The line that installs an extra works where this installation came from."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from importlib import metadata

import pytest

from cleanroom_join.errors import MissingExtra
from cleanroom_join.errors.installation import install_line
from cleanroom_join.version import __version__

WHEEL = f"cleanroom_join-{__version__}-py3-none-any.whl"


class Distribution:
    """A distribution with a note of where it came from."""

    def __init__(self, note):
        self.note = note

    def read_text(self, name):
        """Return the note, or None as `importlib.metadata` does."""
        assert name == "direct_url.json"
        return self.note if self.note is None else json.dumps(self.note)


@pytest.fixture
def came_from(monkeypatch):
    """Return a function that gives the line of an installation with some note."""

    def line(note, extra="cli"):
        monkeypatch.setattr(metadata, "distribution", lambda _: Distribution(note))
        return install_line(extra)

    return line


def test_a_wheel_is_installed_again_from_where_it_lies(came_from, tmp_path):
    """Blanks in the path too: the line is pasted into a shell."""
    wheel = tmp_path / "my wheels" / WHEEL
    wheel.parent.mkdir()
    wheel.touch()

    line = came_from({"url": wheel.as_uri(), "archive_info": {}})

    assert shlex.split(line) == ["pip", "install", f"{wheel}[cli]"]


def test_a_folder_is_installed_as_it_was(came_from, tmp_path):
    """Editable or not."""
    plain = came_from({"url": tmp_path.as_uri(), "dir_info": {}}, "local")
    editable = came_from({"url": tmp_path.as_uri(), "dir_info": {"editable": True}})

    assert shlex.split(plain) == ["pip", "install", f"{tmp_path}[local]"]
    assert shlex.split(editable) == ["pip", "install", "--editable", f"{tmp_path}[cli]"]


def test_a_repository_is_installed_at_the_same_commit(came_from):
    """Another one might make other tokens."""
    note = {
        "url": "https://git.example.org/a/b.git",
        "vcs_info": {"vcs": "git", "commit_id": "abc123", "requested_revision": "main"},
    }

    assert shlex.split(came_from(note)) == [
        *("pip", "install"),
        "cleanroom-join[cli] @ git+https://git.example.org/a/b.git@abc123",
    ]


def test_no_password_is_shown(came_from):
    """Installers strip it; a note that has one all the same is shown without."""
    note = {"url": "https://me:secret@example.org/x.whl", "archive_info": {}}

    assert shlex.split(came_from(note))[-1] == (
        "cleanroom-join[cli] @ https://example.org/x.whl"
    )


@pytest.mark.parametrize(
    "note",
    [
        None,
        {},
        {"url": "file:///nowhere/x.whl", "archive_info": {}},
        {"url": "ftp://example.org/x.whl"},
        ["no table"],
        {"url": 7},
    ],
)
def test_otherwise_it_is_the_wheel_and_never_an_index(came_from, note):
    """Under this name an index may have what somebody else put there."""
    assert shlex.split(came_from(note)) == ["pip", "install", f"{WHEEL}[cli]"]


def test_an_unknown_installation_has_a_line(monkeypatch):
    """Source on the path is no distribution."""

    def unknown(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", unknown)

    assert WHEEL in install_line("cli")


def test_a_missing_extra_has_the_line():
    """One function makes it for every part."""
    assert MissingExtra.of("report", "a page").hint == install_line("report")


@pytest.mark.parametrize("door", ["room", "party", "spark", "spark.room.clean_room"])
def test_without_pyspark_a_front_door_says_what_to_install(door):
    """As E001, like every other part; not a bare `ModuleNotFoundError`."""
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "from cleanroom_join import CleanRoomJoinError\n"
        "try:\n"
        f"    import cleanroom_join.{door}\n"
        "except CleanRoomJoinError as error:\n"
        "    print(error)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("[E001] ")
    assert "[local]" in done.stdout


def test_a_front_door_hides_no_other_missing_module():
    """What is missing for another reason is told as it is."""
    code = "import sys; sys.modules['cleanroom_join.sql'] = None; import cleanroom_join.room"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert "ModuleNotFoundError" in done.stderr
    assert "E001" not in done.stderr
