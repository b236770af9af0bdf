"""Before a local session starts: is there a Java runtime that Spark runs on."""

from __future__ import annotations

import os

import pytest

from cleanroom_join.errors import MissingExtra
from cleanroom_join.local.java import require_java

MODERN = 'openjdk version "17.0.15" 2025-04-15'
OLD = 'openjdk version "1.8.0_402"'
ELEVEN = 'openjdk version "11.0.2" 2019-01-15'
EARLY = 'openjdk version "25-ea" 2026-03-17'


def put_java(folder, *, says, code=0):
    """Write a program called java that says a version, and return its folder."""
    folder.mkdir(parents=True)
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n")
    program.chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """A machine without Java."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def on_path(monkeypatch, tmp_path, **java):
    """Put a Java on the path."""
    folder = put_java(tmp_path / "bin", **java)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/bin", "/usr/bin"]))


@pytest.mark.parametrize(
    ("says", "spark"),
    [(MODERN, "4.2.0"), (EARLY, "4.2.0"), (OLD, "3.5.7"), (ELEVEN, "3.5.7")],
)
def test_a_java_that_fits_is_taken(monkeypatch, tmp_path, says, spark):
    """Version numbers from before Java 9, and of early builds, are read."""
    on_path(monkeypatch, tmp_path, says=says)

    assert require_java(spark) is None


@pytest.mark.parametrize(("says", "found"), [(OLD, "Java 8"), (ELEVEN, "Java 11")])
@pytest.mark.parametrize("spark", ["4.0.0", "4.2.0", "5.0.0"])
def test_a_java_that_is_too_old_is_refused(monkeypatch, tmp_path, says, found, spark):
    """In one sentence with what was found and what is needed."""
    on_path(monkeypatch, tmp_path, says=says)

    with pytest.raises(MissingExtra, match="E006") as caught:
        require_java(spark)

    assert f"needs Java 17 or newer, and on the path there is {found}" in str(
        caught.value
    )


@pytest.mark.parametrize(
    "java", [None, {"says": "nonsense"}, {"says": MODERN, "code": 1}, {"says": ""}]
)
def test_without_a_java_that_works_nothing_starts(monkeypatch, tmp_path, java):
    """None at all, one that is something else, one that fails, one that says nothing."""
    if java is not None:
        on_path(monkeypatch, tmp_path, **java)

    with pytest.raises(MissingExtra, match="there is no Java that works") as caught:
        require_java("4.2.0")

    assert caught.value.hint.startswith("install a Java runtime of 17 or newer")


def test_java_home_goes_before_the_path(monkeypatch, tmp_path):
    """Spark takes it as well, even if there is no Java in it."""
    on_path(monkeypatch, tmp_path, says=MODERN)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))

    with pytest.raises(MissingExtra, match="at JAVA_HOME there is no Java"):
        require_java("4.2.0")

    put_java(tmp_path / "gone" / "bin", says=MODERN)
    assert require_java("4.2.0") is None
