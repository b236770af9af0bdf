"""A folder is searched whole, and nothing outside of it is read or deleted."""

from __future__ import annotations

import hashlib
import lzma
import os
import zlib
from pathlib import PurePath

import pytest

from cleanroom_join.revocation.erasure import (
    ErasedSubjects,
    FileFinding,
    StorageKind,
    delete_files,
    kind_in_table,
    search_folder,
)

GONE = "k1:" + hashlib.sha256(b"gone").hexdigest()
SUBJECTS = ErasedSubjects.of([("k1", hashlib.sha256(GONE.encode()).hexdigest())])


def searched(folder):
    """Return what a search of an archive finds."""
    return search_folder(folder, lambda _: StorageKind.ARCHIVE, SUBJECTS)


def test_files_are_counted_by_kind_and_found_at_any_depth(tmp_path):
    """With their sizes; an empty file counts too."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "held").write_text(f"x{GONE}")
    (tmp_path / "empty").touch()

    found = searched(tmp_path)

    assert found.files == {StorageKind.ARCHIVE: 2}
    assert found.sizes == {StorageKind.ARCHIVE: 68}
    assert found.found == {deep / "held": (StorageKind.ARCHIVE, FileFinding.TOKEN)}
    assert found.unread == frozenset()
    assert found.names == {"held", "empty"}


def test_a_token_in_a_name_is_found(tmp_path):
    """A table that is partitioned by tokens has folders of their names."""
    folder = tmp_path / f"card_token={GONE.replace(':', '%3A')}"
    folder.mkdir()
    (folder / "part").write_text("nothing")

    assert list(searched(tmp_path).found) == [folder / "part"]


def test_links_are_neither_followed_nor_deleted(tmp_path):
    """What they lead to is not searched, and the statement says so."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "held").write_text(GONE)
    (inside / "file").symlink_to(outside / "held")
    (inside / "folder").symlink_to(outside)

    found = searched(inside)
    delete_files(inside, found)

    assert found.found == {}
    assert found.unread == {(StorageKind.ARCHIVE, "links are not followed")}
    assert (outside / "held").exists()


def test_a_folder_that_cannot_be_listed_is_said(tmp_path, monkeypatch):
    """Even if it is the searched one itself: nobody knows what is in it."""

    def closed(folder):
        raise PermissionError(folder)

    monkeypatch.setattr(os, "scandir", closed)

    found = search_folder(tmp_path, kind_in_table, SUBJECTS)

    assert found.unread == {(StorageKind.OTHER, "folders cannot be listed")}


def test_pipes_are_not_read(tmp_path):
    """Reading one would wait for ever."""
    os.mkfifo(tmp_path / "pipe")

    assert searched(tmp_path).unread == {
        (StorageKind.ARCHIVE, "they are neither files nor folders")
    }


def test_only_files_that_hold_a_token_are_deleted(tmp_path):
    """And only while they are files in that folder."""
    (tmp_path / "held").write_text(GONE)
    (tmp_path / "other").write_text("other")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "held").write_text(GONE)
    found = searched(tmp_path)

    delete_files(elsewhere, found)
    assert (tmp_path / "held").exists()
    assert not (elsewhere / "held").exists()

    (tmp_path / "held").unlink()
    (tmp_path / "held").symlink_to(tmp_path / "other")
    delete_files(tmp_path, found)
    assert (tmp_path / "held").is_symlink()
    assert (tmp_path / "other").exists()


def test_a_folder_that_was_replaced_by_a_link_loses_nothing(tmp_path):
    """Between search and deletion somebody may have moved it."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "held").write_text(GONE)
    found = searched(root)
    (root / "sub").rename(outside)
    (root / "sub").symlink_to(outside)

    delete_files(root, found)

    assert (outside / "held").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("events", zlib.compress(GONE.encode())),
        ("events", zlib.compress(GONE.encode(), 9)),
        ("events", lzma.compress(GONE.encode(), lzma.FORMAT_ALONE)),
        ("events.json.br", b"\x1b\x42\x00\xf8"),
        ("events.json.GPG", b"\x8c\x0d\x04\x09"),
        ("events", b"7z\xbc\xaf\x27\x1c\x00\x04"),
        ("events", b"Salted__\x00\x01\x02"),
    ],
    ids=["zlib", "zlib 9", "lzma", "brotli", "OpenPGP", "7z", "OpenSSL"],
)
def test_a_file_that_nothing_here_reads_is_said(tmp_path, name, content):
    """Its bytes hold no token as it is; what it holds, nobody knows."""
    (tmp_path / name).write_bytes(content)

    assert searched(tmp_path).unread == {
        (
            StorageKind.ARCHIVE,
            "the search does not read files of another compression here",
        )
    }


def test_a_missing_folder_is_no_empty_one(tmp_path):
    """Nothing was searched where nothing is."""
    with pytest.raises(FileNotFoundError):
        searched(tmp_path / "absent")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("part-00000-x.snappy.parquet", StorageKind.DATA),
        ("ab/part-00000-x.c000.zstd.parquet", StorageKind.DATA),
        (".part-00000-x.snappy.parquet.crc", StorageKind.DATA),
        ("_change_data/cdc-00001-x.parquet", StorageKind.CHANGES),
        ("deletion_vector_x.bin", StorageKind.DELETIONS),
        ("ab/deletion_vector_x.bin", StorageKind.DELETIONS),
        ("_delta_log/00000000000000000001.json", StorageKind.LOG),
        ("_delta_log/00000000000000000001.crc", StorageKind.LOG),
        ("_delta_log/.00000000000000000001.json.crc", StorageKind.LOG),
        ("_delta_log/_sidecars/x.parquet", StorageKind.LOG),
        ("_delta_log/_staged_commits/x.json", StorageKind.LOG),
        ("_delta_log/_last_vacuum_info", StorageKind.LOG),
        ("_delta_log/00000000000000000010.checkpoint.parquet", StorageKind.LOG),
        ("notes.txt", StorageKind.OTHER),
        ("_delta_index/x.bin", StorageKind.OTHER),
    ],
)
def test_every_file_of_a_delta_table_has_a_kind(path, kind):
    """Only VACUUM's files expire: a token in any other stays."""
    assert kind_in_table(PurePath(path)) is kind
    assert kind.expires is (
        kind in (StorageKind.DATA, StorageKind.CHANGES, StorageKind.DELETIONS)
    )
