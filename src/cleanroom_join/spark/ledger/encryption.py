"""
Encryption of the ledger's chunks.

Spark encrypts with AES-256-GCM (NIST SP 800-38D) under the joint key, which reaches the
executors as a one-row frame.  The associated data binds a chunk to its run and index,
so that a chunk moved elsewhere fails to decrypt.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure.ledger.chain import EncryptedEntry
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.spark.ledger.joint_key import JointKey

__all__ = ["decrypt_entries", "encrypt_chunks"]

_PLAIN_SCHEMA = (
    "run bigint, chunk int, chunks int, head string, iv binary, plain binary"
)
_NONCE_BYTES = 12
"""NIST SP 800-38D, 8.2.2: a random nonce of 96 bits, new for every chunk."""

_CHUNKS_AT_ONCE = 512
"""Chunks per Spark job: about 6 MB, well below any message limit."""


def decrypt_entries(
    spark: SparkSession, frame: DataFrame, key: JointKey
) -> list[EncryptedEntry]:
    """
    Return every entry of a ledger table; a chunk that does not decrypt is None.

    Raises:
        SparkFailure: If the table cannot be read; Spark's own text is not shown.
    """
    decrypted = frame.crossJoin(F.broadcast(key.encryption_key_row(spark))).select(
        "run",
        "chunk",
        "chunks",
        "head",
        _aes("try_aes_decrypt", "ciphertext", _bound()).alias("plain"),
    )
    rows = without_spark_text("decrypting the ledger", decrypted.collect)
    by_run: dict[int, list[object]] = {}
    for row in rows:
        by_run.setdefault(row["run"] or 0, []).append(row)
    return [_entry(run, found) for run, found in by_run.items()]


def _entry(run: int, rows: Sequence[object]) -> EncryptedEntry:
    """Order the chunks of a run; a gap or a repetition counts as a missing chunk."""
    fields = [row.asDict() for row in rows]  # type: ignore[attr-defined] # Spark rows
    ordered = sorted(fields, key=lambda row: row["chunk"] or 0)
    indices = [row["chunk"] for row in ordered]
    is_complete = indices == list(range(len(ordered))) and all(
        row["chunks"] == len(ordered) and row["head"] == ordered[0]["head"]
        for row in ordered
    )
    chunks = [None if row["plain"] is None else bytes(row["plain"]) for row in ordered]
    return EncryptedEntry(
        run=run,
        head=str(ordered[0]["head"]),
        chunks=chunks if is_complete else [*chunks, None],
    )


def encrypt_chunks(
    spark: SparkSession,
    key: JointKey,
    run: int,
    head: str,
    chunks: Sequence[bytes],
) -> list[tuple[object, ...]]:
    """
    Return the rows of an entry, ready to be written.

    Raises:
        SparkFailure: If Spark fails; its own text is not shown.
    """
    rows = [
        (
            run,
            i,
            len(chunks),
            head,
            bytearray(os.urandom(_NONCE_BYTES)),
            bytearray(chunk),
        )
        for i, chunk in enumerate(chunks)
    ]
    encrypted: list[tuple[object, ...]] = []
    for start in range(0, len(rows), _CHUNKS_AT_ONCE):
        frame = spark.createDataFrame(
            rows[start : start + _CHUNKS_AT_ONCE], _PLAIN_SCHEMA
        )
        chosen = frame.crossJoin(F.broadcast(key.encryption_key_row(spark))).select(
            "run",
            "chunk",
            "chunks",
            "head",
            _aes("aes_encrypt", "plain", _bound(), "iv").alias("ciphertext"),
        )
        encrypted += [
            tuple(row)
            for row in without_spark_text("encrypting the ledger", chosen.collect)
        ]
    return encrypted


def _aes(name: str, data: str, bound: Column, *nonce: str) -> Column:
    """Return AES-256-GCM of a column, with the key in the row beside it."""
    mode, padding = F.lit("GCM"), F.lit("DEFAULT")
    return F.call_function(
        name,
        F.col(data),
        F.col("encryption_key"),
        mode,
        padding,
        *map(F.col, nonce),
        bound,
    )


def _bound() -> Column:
    """Return a chunk's associated data: run, index, number of chunks."""
    return F.concat_ws(
        "|",
        *(F.col(c).cast("string") for c in ("run", "chunk", "chunks")),
    ).cast("binary")
