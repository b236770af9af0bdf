"""
A checkpoint of Spark's Structured Streaming, looked at before Spark goes on with it.

Spark refuses some damage with errors of several classes, and goes on in spite of some:
with an edited file of offsets, or with source files that are not there any more.  What
lies in a checkpoint is in Spark's guide, "Recovering from Failures with Checkpointing",
and in its classes ``OffsetSeqLog``, ``CommitLog`` and ``FileStreamSourceLog``.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.hadoop_checksum import has_stale_checksum

__all__ = ["STREAM_FILE", "Checkpoint", "local_file"]

STREAM_FILE = "consent_stream.json"
"""Our file beside Spark's: the id of the stream that the checkpoint is of."""

_RUN_FILE = "consent_run.json"
"""Our file with the id of the run that used the checkpoint last."""

_STREAM = re.compile("[0-9a-f]{32}")
_NO_OFFSET = "-"
"""What Spark writes for a source that has given nothing yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The folder of a checkpoint, on a file system that Python reaches."""

    folder: Path

    @classmethod
    def at(cls, path: str) -> Checkpoint:
        """
        Return the checkpoint in a folder, which is made if it is not there.

        Args:
            path: A local path or one of a Databricks volume; ``file:`` and
                ``dbfs:/Volumes`` may precede it.

        Raises:
            RevocationRefused: If Python cannot write there (E602).
        """
        plain = _local_path(path)
        if plain is None:
            raise RevocationRefused.unreachable_checkpoint(path)
        folder = Path(plain)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            is_there = folder.is_dir()
        except OSError:
            is_there = False
        if not is_there:
            raise RevocationRefused.unreachable_checkpoint(path)
        return cls(folder=folder)

    def stream(self) -> str:
        """
        Return the id of the stream; a new checkpoint gets one before Spark starts.

        Batches of a new checkpoint begin at 0 again.  The id tells them from those of
        another, which they would else be taken for.

        Raises:
            RevocationRefused: If there are batches and no id (E603), or if the id
                cannot be written (E602).
        """
        file = self.folder / STREAM_FILE
        if file.exists():
            found = _json_of(_text(file)).get("stream")
            if not isinstance(found, str) or not _STREAM.fullmatch(found):
                raise _damaged(f"{STREAM_FILE} has no id of a stream")
            return found
        if self._numbers("offsets") or self._numbers("commits"):
            fault = f"it has batches and no {STREAM_FILE}: another job made it"
            raise _damaged(fault)
        stream = uuid.uuid4().hex
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(json.dumps({"stream": stream}) + "\n")
        except OSError:
            stream = ""
        if not stream:
            raise RevocationRefused.unreachable_checkpoint(str(self.folder))
        return stream

    def claim(self) -> str:
        """
        Return the id of a new run, which uses the checkpoint from now on.

        Spark stops a run without an error when another one starts on its checkpoint.

        Raises:
            RevocationRefused: If it cannot be written (E602).
        """
        run = uuid.uuid4().hex
        text = json.dumps({"run": run}) + "\n"
        try:
            (self.folder / _RUN_FILE).write_text(text, encoding="utf-8")
        except OSError:
            run = ""
        if not run:
            raise RevocationRefused.unreachable_checkpoint(str(self.folder))
        return run

    def refuse_unfinished(self, run: str) -> None:
        """
        Refuse a run whose query ended without an error, and before its end.

        Args:
            run: What `claim` returned.

        Raises:
            RevocationRefused: If it was stopped in a batch, or by another run (E606).
        """
        if _json_of(_text(self.folder / _RUN_FILE)).get("run") != run:
            raise RevocationRefused.stopped_stream(
                "another run uses the same checkpoint"
            )
        if self.begun() is not None:
            raise RevocationRefused.stopped_stream("it was stopped in a batch")

    def newest_commit(self) -> int | None:
        """Return the number of the newest batch that Spark committed."""
        return max(self._numbers("commits"), default=None)

    def has_metadata(self) -> bool:
        """Return whether Spark used this folder: it writes the file at the start."""
        return (self.folder / "metadata").exists()

    def begun(self) -> int | None:
        """Return the number of the batch that was begun and not committed."""
        newest = max(self._numbers("offsets"), default=None)
        return None if newest == self.newest_commit() else newest

    def refuse_damage(self) -> None:
        """
        Refuse a checkpoint from which Spark would not go on where it ended.

        Raises:
            RevocationRefused: Naming a file and its fault, never its content (E603).
        """
        offsets, commits = self._numbers("offsets"), self._numbers("commits")
        newest = max(offsets, default=-1)
        committed = max(commits, default=-1)
        if committed > newest:
            raise _damaged(f"commits/{committed} is there without offsets/{committed}")
        if newest > committed + 1:
            raise _damaged(f"commits/{newest - 1} is missing")
        metadata = self.folder / "metadata"
        if offsets or metadata.exists():
            self._refuse_file("metadata", is_right=_is_metadata(_text(metadata)))
        for number in {newest, committed} & offsets:
            name = f"offsets/{number}"
            self._refuse_file(name, is_right=_is_offsets(_text(self.folder / name)))
        if commits:
            name = f"commits/{committed}"
            self._refuse_file(name, is_right=_is_commit(_text(self.folder / name)))
        for source, position in self._file_positions(newest).items():
            if self._listing(source, position) is None:
                raise _damaged(f"sources/{source}/{position} is missing")

    def files_of(self, batch: int) -> list[str]:
        """
        Return the source files of a batch: paths as Spark writes them.

        Empty if its sources are no folders of files.
        """
        files: list[str] = []
        before = self._file_positions(batch - 1)
        for source, position in self._file_positions(batch).items():
            for number in range(before.get(source, -1) + 1, position + 1):
                for entry in self._listing(source, number) or []:
                    path, of = entry.get("path"), entry.get("batchId")
                    if isinstance(path, str) and of == number:
                        files.append(path)
        return files

    def _numbers(self, folder: str) -> set[int]:
        """Return the numbers of the batches in a folder of the checkpoint."""
        there = self.folder / folder
        names = [path.name for path in there.iterdir()] if there.is_dir() else []
        return {int(name) for name in names if name.isascii() and name.isdecimal()}

    def _refuse_file(self, name: str, *, is_right: bool) -> None:
        """Raise unless a file is there, whole and unchanged since Spark wrote it."""
        file = self.folder / name
        if not file.is_file():
            raise _damaged(f"{name} is missing")
        if file.stat().st_size == 0:
            raise _damaged(f"{name} is empty")
        if has_stale_checksum(file):
            raise _damaged(f"{name} is not what Spark wrote: its checksum differs")
        if not is_right:
            raise _damaged(f"{name} is not what Spark writes")

    def _file_positions(self, batch: int) -> dict[int, int]:
        """Return up to which listing each source of files is in a batch."""
        lines = _text(self.folder / "offsets" / str(batch)).splitlines()[2:]
        found = {}
        for source, line in enumerate(lines):
            offset = _json_of(line)
            position = offset.get("logOffset")
            if len(offset) == 1 and isinstance(position, int) and position >= 0:
                found[source] = position
        return found

    def _listing(self, source: int, number: int) -> list[dict[str, object]] | None:
        """Return the entries of a listing of files; None if it is missing or empty."""
        folder = self.folder / "sources" / str(source)
        for name in (f"{number}", f"{number}.compact"):
            version, *lines = _text(folder / name).splitlines() or [""]
            if _is_version(version):
                return [_json_of(line) for line in lines]
        return None


def local_file(path: str) -> Path | None:
    """Return a source file as a path of this machine; None if it is elsewhere."""
    plain = _local_path(path)
    return None if plain is None else Path(plain)


def _local_path(path: str) -> str | None:
    """Return a path without its scheme, decoded if it has one; None if it is remote."""
    parts = urlsplit(path)
    if not parts.scheme:
        return path or None
    is_volume = parts.scheme == "dbfs" and parts.path.startswith("/Volumes/")
    is_local = (parts.scheme == "file" or is_volume) and not parts.netloc
    return unquote(parts.path) or None if is_local else None


def _damaged(fault: str) -> RevocationRefused:
    """Return the error for a checkpoint with a fault."""
    return RevocationRefused.damaged_checkpoint(fault)


def _text(file: Path) -> str:
    """Return what a file holds; nothing if it is no readable text."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _json_of(text: str) -> dict[str, object]:
    """Return a JSON object; an empty one if the text is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_version(line: str) -> bool:
    """Return whether a line is the version that begins each of Spark's logs."""
    return re.fullmatch("v[0-9]+", line) is not None


def _is_metadata(text: str) -> bool:
    """Return whether a text has the id of a query."""
    return isinstance(_json_of(text).get("id"), str)


def _is_offsets(text: str) -> bool:
    """Return whether a text has the offsets of at least one source."""
    version, *lines = text.splitlines() or [""]
    if not _is_version(version) or len(lines) < 2:  # noqa: PLR2004 - metadata, offset
        return False
    metadata, *offsets = lines
    readable = [o == _NO_OFFSET or _is_json(o) for o in offsets]
    return bool(_json_of(metadata)) and all(readable)


def _is_commit(text: str) -> bool:
    """Return whether a text commits a batch; a version alone does not."""
    version, *lines = text.splitlines() or [""]
    return _is_version(version) and any(
        line.startswith("{") and _is_json(line) for line in lines
    )


def _is_json(text: str) -> bool:
    """Return whether a text is JSON, a bare number included."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
