"""A table's folder is searched only if it is that table's, on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanroom_join.spark.revocation.erasure.delta_table import local_folder, local_path


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/tables/gold", "/tables/gold"),
        ("relative/a:b", "relative/a:b"),
        ("file:/tables/my%20gold", "/tables/my gold"),
        ("file:///tables/gold", "/tables/gold"),
        ("dbfs:/tables/gold", "/dbfs/tables/gold"),
        ("dbfs:/Volumes/c/s/v/gold", "/Volumes/c/s/v/gold"),
    ],
)
def test_locations_that_are_mounted_have_a_path(location, path):
    """As Databricks mounts them."""
    assert local_path(location) == Path(path)


@pytest.mark.parametrize(
    "location",
    [
        "s3://bucket/gold",
        "abfss://container@account.dfs.core.windows.net/gold",
        "gs://bucket/gold",
        "file://other-host/tables/gold",
        "dbfs:relative",
    ],
)
def test_object_stores_and_other_machines_have_none(location):
    """Nobody can list them with Python's own files."""
    assert local_path(location) is None
    assert local_folder(location, 0) is None


def test_a_folder_without_the_newest_commit_is_not_the_tables(tmp_path):
    """With Spark on another machine the same path may be another folder here."""
    log = tmp_path / "_delta_log"
    log.mkdir()
    (log / "00000000000000000002.json").touch()

    assert local_folder(f"file:{tmp_path}", 2) == tmp_path
    assert local_folder(f"file:{tmp_path}", 3) is None
    assert local_folder("", 2) is None
    assert local_folder("relative", 2) is None
