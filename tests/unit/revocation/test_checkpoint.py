"""Checkpoints: what Spark would go on with although it must not is refused."""

from __future__ import annotations

import json
import struct
import zlib

import pytest

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.checkpoint import STREAM_FILE, Checkpoint
from cleanroom_join.revocation.hadoop_checksum import has_stale_checksum

OFFSETS = 'v1\n{{"batchWatermarkMs":0}}\n{{"logOffset":{}}}'
COMMIT = 'v1\n{"nextBatchWatermarkMs":0}'


def write(folder, name, text) -> None:
    """Write a file as Hadoop does on a local disk, its checksum beside it."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode()
    file.write_bytes(content)
    sums = [zlib.crc32(content[i : i + 512]) for i in range(0, len(content), 512)]
    beside = b"crc\0" + struct.pack(f">I{len(sums)}I", 512, *sums)
    file.with_name(f".{file.name}.crc").write_bytes(beside)


def listing(*paths, batch) -> str:
    """Return a listing of source files as Spark writes it."""
    entries = [{"path": p, "timestamp": 1, "batchId": batch} for p in paths]
    return "\n".join(["v1", *map(json.dumps, entries)])


@pytest.fixture
def folder(tmp_path):
    """A checkpoint with two batches of a directory, of which one is committed."""
    write(tmp_path, "metadata", '{"id":"a-b-c"}')
    for batch in range(2):
        write(tmp_path, f"offsets/{batch}", OFFSETS.format(batch))
        path = f"file:///in/f%20{batch}.txt"
        write(tmp_path, f"sources/0/{batch}", listing(path, batch=batch))
    write(tmp_path, "commits/0", COMMIT)
    (tmp_path / STREAM_FILE).write_text(json.dumps({"stream": "0" * 32}))
    return tmp_path


def refused(folder) -> str:
    """Return the text of the error that a checkpoint is refused with."""

    def begin() -> None:
        checkpoint = Checkpoint.at(str(folder))
        checkpoint.stream()
        checkpoint.refuse_damage()

    with pytest.raises(RevocationRefused) as caught:
        begin()
    assert caught.value.code == "E603"
    return str(caught.value)


def test_a_whole_checkpoint_is_accepted(folder):
    """Its stream, its batches and the files of the one that was begun are known."""
    checkpoint = Checkpoint.at(f"file://{folder}")

    checkpoint.refuse_damage()

    assert checkpoint.stream() == "0" * 32
    assert (checkpoint.newest_commit(), checkpoint.begun()) == (0, 1)
    assert checkpoint.files_of(1) == ["file:///in/f%201.txt"]


def test_a_new_checkpoint_gets_one_id(tmp_path):
    """Written before Spark starts, and the same at every later start."""
    checkpoint = Checkpoint.at(str(tmp_path / "new" / "one"))
    other = Checkpoint.at(str(tmp_path / "other"))

    checkpoint.refuse_damage()

    assert checkpoint.stream() == checkpoint.stream() != other.stream()
    assert (checkpoint.newest_commit(), checkpoint.begun()) == (None, None)


@pytest.mark.parametrize(
    "name", ["metadata", "offsets/1", "offsets/0", "commits/0", "sources/0/1"]
)
def test_an_empty_file_is_refused(folder, name):
    """The newest of each; the message names the file, or what it lists."""
    write(folder, name, "")

    assert name in refused(folder)


@pytest.mark.parametrize("name", ["metadata", "sources/0/1", STREAM_FILE])
def test_a_missing_file_is_refused(folder, name):
    """Spark 3.5 would go on without `metadata`, under another id."""
    (folder / name).unlink()

    assert name in refused(folder)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("offsets/1", OFFSETS.format("1 rubbish")),
        ("offsets/1", "v1\n{}"),
        ("offsets/1", 'v1\n{"logOffset":1}'),
        ("commits/0", "v1"),
        ("commits/0", "rubbish\n{}"),
        ("metadata", '{"id":5}'),
        ("metadata", "[]"),
    ],
)
def test_a_file_of_another_form_is_refused(folder, name, text):
    """Spark takes a commit that is a version alone for a whole one."""
    write(folder, name, text)

    assert f"{name} is not what Spark writes" in refused(folder)


def test_an_edited_file_is_refused(folder):
    """Spark does not look at the checksum that it wrote itself."""
    file = folder / "offsets" / "1"
    file.write_text(file.read_text().replace('"logOffset":1', '"logOffset":7'))

    assert "checksum" in refused(folder)


def test_lost_batches_are_refused(folder):
    """A commit without its offsets, or a batch before the newest without a commit."""
    (folder / "offsets" / "1").unlink()
    (folder / "offsets" / "0").unlink()
    assert "without offsets/0" in refused(folder)

    write(folder, "offsets/2", OFFSETS.format(1))
    assert "commits/1 is missing" in refused(folder)


def test_a_lost_commit_is_no_damage(folder):
    """Spark does the batch again, and the tables have it already."""
    (folder / "commits" / "0").unlink()
    for name in ("offsets/1", "sources/0/1"):
        (folder / name).unlink()

    Checkpoint.at(str(folder)).refuse_damage()

    assert Checkpoint.at(str(folder)).begun() == 0


def test_compacted_listings_are_read(folder):
    """Spark gathers ten listings in one file; only the batch's own entries count."""
    (folder / "sources" / "0" / "1").unlink()
    entries = listing("file:///old", batch=0) + listing("file:///new", batch=1)[2:]
    write(folder, "sources/0/1.compact", entries)

    checkpoint = Checkpoint.at(str(folder))
    checkpoint.refuse_damage()

    assert checkpoint.files_of(1) == ["file:///new"]


def test_sources_without_files_have_none(folder):
    """Offsets of Kafka or Delta, and of a source that has given nothing yet."""
    kafka = '{"consent":{"0":7}}'
    write(folder, "offsets/1", f'v1\n{{"batchWatermarkMs":0}}\n{kafka}\n-')

    checkpoint = Checkpoint.at(str(folder))
    checkpoint.refuse_damage()

    assert checkpoint.files_of(1) == []


@pytest.mark.parametrize(
    "path",
    ["abfss://c@a.dfs.core.windows.net/x", "s3://b/x", "dbfs:/x", "", "file://h/x"],
)
def test_places_that_python_cannot_write_are_refused(path):
    """With the path of a volume as what to do."""
    with pytest.raises(RevocationRefused, match="/Volumes/") as caught:
        Checkpoint.at(path)

    assert caught.value.code == "E602"


def test_a_file_is_no_checkpoint(tmp_path):
    """Nor is a folder that cannot be made."""
    (tmp_path / "file").write_text("")

    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(RevocationRefused, match="E602"):
            Checkpoint.at(str(path))


@pytest.mark.parametrize("text", ["", "{}", '{"stream": 5}', '{"stream": "x"}', "[1]"])
def test_an_id_of_another_form_is_refused(folder, text):
    """A made-up id could be that of another stream."""
    (folder / STREAM_FILE).write_text(text)

    assert STREAM_FILE in refused(folder)


def test_checksums_of_another_form_say_nothing(tmp_path):
    """None beside the file, a short one, and one that is not Hadoop's."""
    file = tmp_path / "0"
    file.write_bytes(b"text" * 300)
    beside = tmp_path / ".0.crc"

    assert not has_stale_checksum(file)
    for content in (b"", b"crc\0", b"abcd" + bytes(8), b"crc\0" + bytes(8)):
        beside.write_bytes(content)
        assert not has_stale_checksum(file)
    write(tmp_path, "0", "text" * 300)
    assert not has_stale_checksum(file)
    file.write_bytes(b"text" * 299 + b"texx")
    assert has_stale_checksum(file)


def test_a_run_ends_well_only_while_the_checkpoint_is_its_own(folder):
    """And once no batch is left that was begun."""
    run = Checkpoint.at(str(folder)).claim()
    with pytest.raises(RevocationRefused, match=r"E606.*stopped in a batch"):
        Checkpoint.at(str(folder)).refuse_unfinished(run)
    write(folder, "commits/1", COMMIT)

    Checkpoint.at(str(folder)).refuse_unfinished(run)

    Checkpoint.at(str(folder)).claim()
    with pytest.raises(RevocationRefused, match=r"E606.*another run"):
        Checkpoint.at(str(folder)).refuse_unfinished(run)
