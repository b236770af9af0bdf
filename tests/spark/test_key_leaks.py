"""No key, subkey or pad, raw, hexadecimal or base64, in anything Spark leaves behind."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from cleanroom_join.testing import contract
from cleanroom_join.tokens import Subkey, subkey_bytes

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).with_name("key_leaks.py")
ROOT = Path(__file__).parents[2]


def secrets(root: bytes) -> dict[str, bytes]:
    """Return the key and everything that gives it away."""
    terms = contract().asset("payments")
    subkey = subkey_bytes(
        root, label="pan", partnership=terms.partnership, key_id=terms.key_id
    )
    inner, outer = Subkey.from_bytes(subkey).hmac_pads()
    return {"key": root, "subkey": subkey, "ipad": inner[:32], "opad": outer[:32]}


def forms(material: bytes) -> list[bytes]:
    """Return how bytes could be written down."""
    encodings = [base64.b64encode, base64.urlsafe_b64encode]
    # Inside a longer base64 text the digits depend on the offset.
    shifted = [
        encode(bytes(offset) + material)[4:-4]
        for encode in encodings
        for offset in range(3)
    ]
    signed = ", ".join(str(b - 256 if b > 127 else b) for b in material)
    texts = [
        material.hex(),
        material.hex().upper(),
        str(list(material))[1:-1],
        signed,
        signed.replace(" ", ""),
        material.hex(" ").upper(),
        repr(material)[2:-1],
    ]
    return [material, *shifted, *(text.encode() for text in texts)]


def places(folder: Path, output: bytes) -> dict[str, bytes]:
    """Return everything that was left behind, archives unpacked."""
    found = {"output": output}
    for path in folder.rglob("*"):
        if path.is_file() and "jars" not in path.parts:
            data = path.read_bytes()
            found[str(path.relative_to(folder))] = data
            if data[:2] == b"\x1f\x8b":
                found[f"{path.name} unpacked"] = zlib.decompress(data, 31)
    return found


@pytest.fixture(scope="module")
def left_behind(request, tmp_path_factory):
    """Run everything once, in the mode of this test run."""
    folder = tmp_path_factory.mktemp("leaks")
    for name in ("events", "local", "tmp"):
        (folder / name).mkdir()
    root = os.urandom(32)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mode = request.config.getoption("--spark")
    without = request.config.getoption("--without-delta")
    table = "parquet" if without else "delta"
    done = subprocess.run(
        [sys.executable, PROGRAM, folder, mode, str(port), table],
        input=root.hex().encode() + b"\n",
        capture_output=True,
        check=False,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "TMPDIR": str(folder / "tmp"),
            "JDK_JAVA_OPTIONS": f"-Djava.io.tmpdir={folder / 'tmp'}",
        },
    )
    assert done.returncode == 0, done.stderr[-3000:].decode("utf-8", "replace")
    return root, places(folder, done.stdout + done.stderr)


def test_there_is_something_to_look_at(left_behind):
    """Plans, event log, pages and files, with what they should hold."""
    _, found = left_behind
    events = b"".join(data for name, data in found.items() if "events" in name)
    pages = json.loads(found["ui.json"])

    # The server's own function if it has one; the doctor hashes without a key too.
    function = "hmac" if "hmac(" in pages["sql"] else "sha2"
    assert function.encode() in found["output"]
    assert b"SparkListenerSQLExecutionStart" in events
    assert sum(function in text for name, text in pages.items() if "page" in name) > 0
    assert any(name.startswith("gold") for name in found)


def test_a_leak_would_be_found(left_behind):
    """The search finds a key in every form, so that finding none means something."""
    root, _ = left_behind
    digest = hashlib.sha256(root).digest()

    for form in forms(digest):
        assert any(other in b"xx" + form + b"yy" for other in forms(digest))


def test_no_secret_is_in_any_of_it(left_behind):
    """Every secret, in every form, in every place."""
    root, found = left_behind

    leaks = [
        (secret, place)
        for secret, material in secrets(root).items()
        for form in forms(material)
        for place, data in found.items()
        if form in data
    ]

    assert leaks == []
