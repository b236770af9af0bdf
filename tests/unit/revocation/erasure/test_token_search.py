"""The search finds a token in every form, wherever it lies, and only erased ones."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
from pathlib import PurePath

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.errors import InternalError
from cleanroom_join.revocation.erasure import (
    ErasedSubjects,
    FileFinding,
    StorageKind,
    parquet_values,
)
from cleanroom_join.revocation.erasure.character_runs import BASE64, HEX, runs
from cleanroom_join.revocation.erasure.compressed import Encoding, encoding_of
from cleanroom_join.revocation.erasure.file_search import Unread, search_file
from cleanroom_join.revocation.erasure.streams import any_piece
from cleanroom_join.revocation.erasure.token_forms import (
    LONGEST_FORM,
    holds_bytes,
    holds_text,
    holds_token_text,
)


def token(name: str, key_id: str = "k1") -> str:
    """Return a token of a made-up subject."""
    return f"{key_id}:{hashlib.sha256(name.encode()).hexdigest()}"


def erased(*tokens: str) -> ErasedSubjects:
    """Return the subjects of tokens, as the consent tables have them."""
    return ErasedSubjects.of(
        (text.partition(":")[0], hashlib.sha256(text.encode()).hexdigest())
        for text in tokens
    )


def lines_of_76(text: bytes, end: bytes) -> bytes:
    """Return base64 in lines, as Spark's `base64` writes it."""
    return end.join(text[at : at + 76] for at in range(0, len(text), 76))


TEXTS = {
    "token": lambda text: text.encode(),
    "digits": lambda text: text.partition(":")[2].encode(),
    "upper case": lambda text: text.upper().encode(),
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: text.encode("utf-16-be"),
    "digits in UTF-16": lambda text: text.partition(":")[2].encode("utf-16-be"),
}
BYTES = {"bytes": lambda text: bytes.fromhex(text.partition(":")[2])}


def around(encode):
    """Return base64 of bytes at each of the three alignments."""
    return {
        f"at {shift}": lambda data, shift=shift: encode(b"x" * shift + data + b"yz")
        for shift in range(3)
    }


ENCODINGS = {
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "hex in UTF-16": lambda data: data.hex().encode("utf-16-le"),
    "base64": base64.b64encode,
    "without padding": lambda data: base64.b64encode(data).rstrip(b"="),
    "CRLF": lambda data: lines_of_76(base64.b64encode(data), b"\r\n"),
    "escaped": lambda data: lines_of_76(base64.b64encode(data), b"\\r\\n").replace(
        b"/", b"\\/"
    ),
    "in UTF-16": lambda data: base64.b64encode(data).decode().encode("utf-16-le"),
    **{f"standard {n}": f for n, f in around(base64.b64encode).items()},
    **{f"URL-safe {n}": f for n, f in around(base64.urlsafe_b64encode).items()},
}
FORMS = {
    **TEXTS,
    **{
        f"{outer} of {inner}": lambda text, e=encode, w=write: e(w(text))
        for outer, encode in ENCODINGS.items()
        for inner, write in {**TEXTS, **BYTES}.items()
    },
}
"""Every form that the statement claims, and their combinations."""

GIVEN, OTHER = token("given"), token("other")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found(form):
    """Between other bytes, of other tokens also; the token of another subject is not."""
    write = FORMS[form]
    around_it = write(OTHER)

    assert holds_text(around_it + b"|\0" + write(GIVEN) + b"\xff\0", erased(GIVEN))
    assert not holds_text(around_it, erased(GIVEN))
    assert len(write(GIVEN)) <= LONGEST_FORM


@given(
    form=st.sampled_from(sorted(FORMS)),
    name=st.text(max_size=3),
    key_id=st.from_regex(r"\A[a-z0-9]{1,16}\Z"),
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
    piece=st.integers(20, 700),
)
def test_no_border_of_pieces_hides_a_token(form, name, key_id, before, after, piece):
    """Whatever is around it, and wherever the stream is cut."""
    subject = token(name, key_id)
    data = before + b"\0|" + FORMS[form](subject) + b"|\0" + after

    def holds(part):
        return holds_text(part, erased(subject))

    assert any_piece(io.BytesIO(data), holds, piece=piece)
    assert any_piece(io.BytesIO(data[5:]), holds, begun_with=data[:5], piece=piece)


@given(
    before=st.binary(max_size=40), name=st.text(max_size=3), piece=st.integers(9, 50)
)
def test_the_bytes_of_a_token_are_found_anywhere(before, name, piece):
    """Unless they are UTF-8 themselves, which those of no token of the world are."""
    subject = token(name)
    data = b"\xff" + before + BYTES["bytes"](subject) + b"tail"

    assert any_piece(
        io.BytesIO(data), lambda part: holds_bytes(part, erased(subject)), piece=piece
    )
    assert not holds_bytes(data, erased(token(name + "!")))


@given(st.binary(max_size=300))
def test_other_bytes_hold_no_token(data):
    """What is no token of theirs is never reported."""
    assert not holds_text(data, erased(GIVEN))
    assert not holds_bytes(data, erased(GIVEN))


@given(st.binary(max_size=60), st.sampled_from((HEX, BASE64)), st.integers(1, 6))
def test_runs_are_the_longest_ones(data, table, least):
    """As a step for every byte finds them."""
    expected, run = [], b""
    for byte in data:
        if table[byte] == ord("1"):
            run += bytes([byte])
            continue
        expected.append(run)
        run = b""
    expected.append(run)

    assert list(runs(data, table, least)) == [r for r in expected if len(r) >= least]


def test_the_first_characters_of_a_token_are_found_in_statistics():
    """Delta keeps 32 of them, which identify a subject as well as all do."""
    statistics = b'{"minValues":{"card_token":"%s"}}' % OTHER[:32].encode()

    assert holds_token_text(statistics, erased(GIVEN))
    assert not holds_text(statistics, erased(GIVEN))
    assert not holds_token_text(b'{"minValues":{"bucket":3}}', erased(GIVEN))
    assert not holds_token_text(b"k2:" + OTHER[3:32].encode(), erased(GIVEN))
    assert not holds_token_text(statistics, erased())


@pytest.mark.parametrize(
    "row",
    [
        ("", "0" * 64),
        ("K1", "0" * 64),
        (None, "0" * 64),
        ("k1", "0" * 63),
        ("k1", None),
    ],
)
def test_a_subject_that_cannot_be_looked_up_is_refused(row):
    """Else it would be found nowhere."""
    with pytest.raises(InternalError):
        ErasedSubjects.of([row])


def test_no_text_of_the_subjects_tells_anything():
    """Neither a digest nor their number."""
    assert repr(erased(GIVEN)) == repr(erased(GIVEN, OTHER)) == "ErasedSubjects(…)"


def in_parquet(value, kind) -> bytes:
    """Return a Parquet file with a value in a column of a type."""
    file = io.BytesIO()
    pq.write_table(pa.table({"c": pa.array([None, value, value], type=kind)}), file)
    return file.getvalue()


NESTED = pa.list_(pa.struct([("a", pa.map_(pa.string(), pa.large_string()))]))
RAW = bytes.fromhex(GIVEN[3:])
CONTENTS = {
    "a.json": GIVEN.encode(),
    "a.json.gz": gzip.compress(GIVEN.encode()),
    "two members.gz": gzip.compress(b"x" * 99) + gzip.compress(GIVEN.encode()),
    "a.bz2": bz2.compress(GIVEN.encode()),
    "a.xz": lzma.compress(GIVEN.encode()),
    "a.zst": zstandard.compress(b"y" * 999) + zstandard.compress(GIVEN.encode()),
    "raw.bin": b"\xff" + RAW,
    "raw.gz": gzip.compress(b"\xff" + RAW),
    "text.parquet": in_parquet(GIVEN, pa.string()),
    "inside.parquet": in_parquet(f'{{"token":"{GIVEN}"}}', pa.string()),
    "binary.parquet": in_parquet(RAW, pa.binary()),
    "fixed.parquet": in_parquet(RAW, pa.binary(32)),
    "nested.parquet": in_parquet(
        [{"a": [(GIVEN, None)]}, {"a": [("x", GIVEN)]}], NESTED
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_encoded_content_is_decoded(name, tmp_path):
    """Parquet at any depth, and every compression that is read."""
    path = tmp_path / name
    path.write_bytes(CONTENTS[name])

    assert search_file(path, StorageKind.DATA, erased(GIVEN)) is FileFinding.TOKEN
    assert search_file(path, StorageKind.DATA, erased(OTHER)) is FileFinding.NOTHING


def test_bytes_of_a_parquet_file_alone_would_hide_a_token(tmp_path):
    """Which is why its values are decoded: an inverse test."""
    path = tmp_path / "a.parquet"
    texts = [token(str(number)) for number in range(2000)]
    pq.write_table(
        pa.table({"t": texts}), path, compression="zstd", write_statistics=False,
        column_encoding={"t": "DELTA_BYTE_ARRAY"}, use_dictionary=False,
    )  # fmt: skip
    subject = erased(texts[700])

    assert not holds_text(path.read_bytes(), subject)
    assert search_file(path, StorageKind.DATA, subject) is FileFinding.TOKEN


UNREAD = {
    "cut.parquet": (in_parquet("x", pa.string())[:-9], "files are damaged, encrypted or not decoded"),
    "cut.gz": (gzip.compress(b"x" * 9999)[:-9], "files are damaged, encrypted or not decoded"),
    "a.zip": (b"PK\x03\x04...", "the search does not read files of another compression here"),
    "a.snappy": (b"any", "the search does not read files of another compression here"),
    "twice.gz": (gzip.compress(gzip.compress(b"x")), "files are compressed or encoded twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_decoded_is_said(name, tmp_path):
    """A file that nobody read to its end is never said to hold nothing."""
    content, why = UNREAD[name]
    path = tmp_path / name
    path.write_bytes(content)

    found = search_file(path, StorageKind.DATA, erased(GIVEN))

    assert isinstance(found, Unread)
    assert found.why == why or (
        name == "cut.gz" and found.why == "files cannot be read"
    )


def test_without_pyarrow_parquet_is_not_searched(tmp_path, monkeypatch):
    """And the statement says why."""
    path = tmp_path / "a.parquet"
    path.write_bytes(in_parquet("x", pa.string()))
    monkeypatch.setattr(
        "cleanroom_join.revocation.erasure.file_search.can_decode", lambda: False
    )

    found = search_file(path, StorageKind.DATA, erased(GIVEN))

    assert parquet_values.can_decode()
    assert found == Unread("PyArrow, which decodes Parquet, is not installed")


def test_an_empty_file_holds_nothing(tmp_path):
    """It is plain, whatever its name says."""
    path = tmp_path / "a.parquet"
    path.touch()

    assert search_file(path, StorageKind.DATA, erased(GIVEN)) is FileFinding.NOTHING
    assert encoding_of("a", b"") is Encoding.PLAIN


def test_a_file_that_vanished_is_not_said_to_hold_nothing(tmp_path):
    """A stream may have moved it to a kind that was searched before."""
    found = search_file(tmp_path / PurePath("gone"), StorageKind.LANDING, erased(GIVEN))

    assert found == Unread("files vanished while they were searched")
