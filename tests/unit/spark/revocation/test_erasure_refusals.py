"""What an erasure refuses before it touches a table, and where it cannot delete."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from cleanroom_join.errors import RevocationRefused, UnknownName
from cleanroom_join.revocation.erasure import (
    DEFAULT_RETENTION,
    RETENTION_PROPERTY,
    ErasedSubjects,
    StorageKind,
)
from cleanroom_join.spark.revocation.erasure.delta_table import retention_of
from cleanroom_join.spark.revocation.erasure.erasure import _gold_tables
from cleanroom_join.spark.revocation.erasure.search import Search
from cleanroom_join.testing import contract

GONE = "k1:" + hashlib.sha256(b"gone").hexdigest()


def search() -> Search:
    """Return a search of folders for one subject."""
    digest = hashlib.sha256(GONE.encode()).hexdigest()
    return Search(None, SimpleNamespace(subjects=ErasedSubjects.of([("k1", digest)])))


def test_gold_tables_are_those_of_the_party():
    """Each with its quoted name."""
    ((asset, name),) = _gold_tables(contract(), "globex", {"accounts": "c.s.accounts"})

    assert (asset.name, name) == ("accounts", "`c`.`s`.`accounts`")


@pytest.mark.parametrize("gold", [{"payments": "c.s.t"}, {"accounts": "no name"}])
def test_other_tables_are_refused(gold):
    """Another party's, and what is no name of one."""
    with pytest.raises(RevocationRefused) as refused:
        _gold_tables(contract(), "globex", gold)

    assert refused.value.code == "E623"
    with pytest.raises(UnknownName):
        _gold_tables(contract(), "globex", {"acounts": "c.s.t"})


def test_a_retention_that_is_not_understood_is_refused():
    """Without the property it is Delta's own, a week."""
    assert retention_of({}, "accounts") == DEFAULT_RETENTION
    hours = retention_of({RETENTION_PROPERTY: "interval 30 hours"}, "accounts")
    assert hours == dt.timedelta(hours=30)

    with pytest.raises(RevocationRefused) as refused:
        retention_of({RETENTION_PROPERTY: "some weeks"}, "accounts")

    assert refused.value.code == "E622"


def test_a_missing_folder_is_refused(tmp_path):
    """A misspelt path would be searched, and nothing found."""
    with pytest.raises(RevocationRefused) as refused:
        search().folders("landing", [tmp_path / "absent"], StorageKind.LANDING)

    assert refused.value.code == "E621"


def test_a_folder_in_an_object_store_is_passed_over():
    """And the statement says so; its files are not deleted either."""
    looked = search()

    assert not looked.archives(["s3://bucket/archive"])
    assert [(n.of, n.kind) for n in looked.not_searched] == [
        ("archive 1", StorageKind.ARCHIVE)
    ]
    assert looked.searched == []


def test_an_archive_that_keeps_its_files_is_refused(tmp_path, monkeypatch):
    """Where the user of the erasure may not delete."""

    def closed(self, **_):
        raise PermissionError(self)

    (tmp_path / "held").write_text(GONE)
    monkeypatch.setattr(Path, "unlink", closed)

    with pytest.raises(RevocationRefused) as refused:
        search().archives([tmp_path])

    assert refused.value.code == "E624"
    assert refused.value.__context__ is None or refused.value.__suppress_context__
    assert GONE not in str(refused.value)


def test_what_was_deleted_from_an_archive_is_not_found_there(tmp_path):
    """Other files stay, and are searched."""
    (tmp_path / "held").write_text(GONE)
    (tmp_path / "other").write_text("other")
    looked = search()

    assert looked.archives([tmp_path])
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
    assert looked.found == []
    (searched,) = looked.searched
    assert (searched.of, searched.files, searched.size) == ("archive 1", 1, 5)
    assert not looked.archives([tmp_path])
