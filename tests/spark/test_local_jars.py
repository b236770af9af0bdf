"""How a local session gets its jars: by Spark's resolver, whatever the caches hold."""

from __future__ import annotations

import zipfile

import pytest

from cleanroom_join.errors import MissingExtra
from cleanroom_join.local.jars import _resolve

pytestmark = pytest.mark.engine

POM = """\
<project><modelVersion>4.0.0</modelVersion>
<groupId>org.example</groupId><artifactId>{name}</artifactId><version>1.0</version>
<dependencies>{needs}</dependencies></project>
"""
NEEDS_BETA = (
    "<dependency><groupId>org.example</groupId><artifactId>beta</artifactId>"
    "<version>1.0</version></dependency>"
)


def publish(repository, name, needs="", *, jar=True):
    """Put the description of a package into a repository of files, and its jar."""
    folder = repository / "org" / "example" / name / "1.0"
    folder.mkdir(parents=True)
    (folder / f"{name}-1.0.pom").write_text(POM.format(name=name, needs=needs))
    if jar:
        with zipfile.ZipFile(folder / f"{name}-1.0.jar", "w") as made:
            made.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")


@pytest.fixture
def half_filled_caches(tmp_path, monkeypatch):
    """A home whose Maven and Ivy caches hold the description of beta, and no jar."""
    home = tmp_path / "home"
    publish(home / ".m2" / "repository", "beta", jar=False)
    publish(home / ".ivy2" / "local", "beta", jar=False)
    monkeypatch.setenv("SPARK_SUBMIT_OPTS", f"-Duser.home={home}")
    repository = tmp_path / "repository"
    publish(repository, "alpha", NEEDS_BETA)
    publish(repository, "beta")
    monkeypatch.setenv("DEFAULT_ARTIFACT_REPOSITORY", repository.as_uri() + "/")
    return tmp_path


def test_a_half_filled_cache_of_maven_is_not_asked(half_filled_caches):
    """A machine on which another Java project was built has such a cache."""
    target = half_filled_caches / "jars" / "own" / "fetched"
    target.parent.mkdir(parents=True)

    _resolve(["org.example:alpha:1.0"], target, {})

    assert sorted(jar.name for jar in target.iterdir()) == [
        "org.example_alpha-1.0.jar",
        "org.example_beta-1.0.jar",
    ]


def test_settings_of_the_caller_win(half_filled_caches):
    """Whoever names resolvers gets these: here such as ask that cache first."""
    mine = half_filled_caches / "mine.xml"
    mine.write_text(
        '<ivysettings><settings defaultResolver="all"/><resolvers>'
        '<chain name="all"><ibiblio name="cache" m2compatible="true"'
        f' root="{(half_filled_caches / "home/.m2/repository").as_uri()}"/>'
        '<ibiblio name="rest" m2compatible="true"'
        f' root="{(half_filled_caches / "repository").as_uri()}"/></chain>'
        "</resolvers></ivysettings>"
    )
    target = half_filled_caches / "jars" / "own" / "fetched"
    target.parent.mkdir(parents=True)

    with pytest.raises(MissingExtra, match="E005"):
        _resolve(
            ["org.example:alpha:1.0"], target, {"spark.jars.ivySettings": str(mine)}
        )
