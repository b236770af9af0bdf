"""
How fast tokenising is, against a plain hash and against pandas UDFs, in one run.

Every contender reads the same Parquet files and writes to nowhere; the order is
shuffled in every round, and the best round counts, so that a busy machine disturbs
all of them alike.  Ratios are what counts: seconds are this machine's.  Tokeniser
and UDFs make the same tokens of the same rows, and of one in a hundred none; that
is checked before anything is timed.  "HMAC alone" is what remains of tokenising
where nothing is left to normalise or refuse.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pyspark.sql import functions as F
from pyspark.sql.types import StringType
from rich.console import Console
from rich.table import Table

from cleanroom_join import Contract, SecretKey
from cleanroom_join.contract.template import fill_template
from cleanroom_join.local import local_session
from cleanroom_join.party import tokenise
from cleanroom_join.spark.party.hmac_columns import hmac_sha256_hex
from cleanroom_join.tokens.tables import INVISIBLE, WHITESPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import Column, DataFrame, SparkSession

KEY = hashlib.sha256(b"benchmark").digest()
TOKENISE = "tokenise, raw"
STRAIGHTFORWARD = "pandas UDF, straightforward"
SUBJECTS = """\
[subjects.card]
kind = "pan"
[subjects.mail]
kind = "email"
"""
ASSETS = """\
[assets.pan]
party = "acme"
table = "s.pan"
columns.token = { subject = "card", source = "raw" }
[assets.email]
party = "acme"
table = "s.email"
columns.token = { subject = "mail", source = "raw" }
[assets.other]
party = "globex"
table = "s.other"
one_row_per = "card"
columns.token = { subject = "card", source = "raw" }
columns.group = { dimension = "boolean" }
"""
UNUSED = """\
[outputs.unused]
join = ["pan", "other"]
on = "card"
group_by = ["group"]
measures = { n = { function = "count" } }
"""
CONTRACT = fill_template(
    name="benchmark",
    purpose="benchmark",
    parties=("acme", "globex"),
    subjects=SUBJECTS,
    assets=ASSETS,
    outputs=UNUSED,
)


def write_data(spark: SparkSession, kind: str, rows: int, folder: Path) -> None:
    """Write *rows* messy identifiers ``raw`` and what they normalise to, ``clean``."""
    ids = spark.range(rows, numPartitions=8)
    mixed = F.conv(F.substring(F.sha2(F.col("id").cast("string"), 256), 1, 12), 16, 10)
    digits = F.lpad(mixed, 15, "0")
    if kind == "pan":
        clean = F.concat(F.lit("4"), digits)
        groups = [F.substring(clean, i, 4) for i in (1, 5, 9, 13)]
        shapes = [
            *[clean] * 4,
            *[F.concat_ws(" ", *groups)] * 2,
            *[F.concat_ws("-", *groups)] * 2,
            F.concat(clean, F.lit("    ")),
            # One in ten has what nobody sees, of two kinds.
            F.when(F.col("id") % 20 < 10, F.concat_ws("\xa0", *groups)).otherwise(
                F.concat(F.lit("\ufeff"), clean, F.lit("\u200b"))
            ),
        ]
    else:
        clean = F.concat(F.lit("jane."), digits, F.lit("@mail.example.com"))
        shapes = [
            *[clean] * 5,
            *[F.initcap(clean)] * 2,
            F.upper(clean),
            F.concat(F.lit("  "), clean),
            F.when(
                F.col("id") % 20 < 10, F.concat(F.lit("<"), clean, F.lit(">"))
            ).otherwise(F.concat(clean, F.lit("\u200b\r"))),
        ]
    raw: Column = shapes[0]
    for number, shape in enumerate(shapes):
        raw = F.when(F.col("id") % len(shapes) == number, shape).otherwise(raw)
    # One in a hundred is no identifier: masked, or cut off.
    raw = (
        F.when(F.col("id") % 200 == 7, F.lit("XXXX-1234"))
        .when(F.col("id") % 200 == 107, F.substring(clean, 1, 9))
        .otherwise(raw)
    )
    frame = ids.select(raw.alias("raw"), clean.alias("clean"))
    frame.write.mode("overwrite").parquet(str(folder))


_VALID = {
    "pan": re.compile(r"(?!(\d)\1*$)\d{12,19}", re.ASCII),
    "email": re.compile(
        r"[a-z0-9._+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,3}[a-z]{2,12}", re.ASCII
    ),
}
_SPACE = re.compile(r"[\s\u200b\ufeff\u00a0-]+")
_GONE = dict.fromkeys(map(ord, WHITESPACE.characters + INVISIBLE.characters + "-"))


def straightforward(kind: str, key: bytes) -> Callable[[Column], Column]:
    """Return a pandas UDF as one writes it first."""
    valid = _VALID[kind]

    @F.pandas_udf(StringType())
    def token(values: pd.Series) -> pd.Series:
        def one(value: str | None) -> str | None:
            if value is None:
                return None
            text = _SPACE.sub("", value) if kind == "pan" else value.strip().lower()
            if kind == "email":
                text = text.strip("<>\u200b\r ")
            if not valid.fullmatch(text):
                return None
            return "k1:" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

        return values.apply(one)

    return token


def tuned(kind: str, key: bytes) -> Callable[[Column], Column]:
    """Return a pandas UDF without anything that can be saved."""
    valid = _VALID[kind].fullmatch

    @F.pandas_udf(StringType())
    def token(values: pd.Series) -> pd.Series:
        digest, gone = hmac.digest, _GONE
        if kind == "pan":
            texts = [v.translate(gone) for v in values]
        else:
            texts = [v.strip("<>\u200b\r ").lower() for v in values]
        return pd.Series(
            [
                "k1:" + digest(key, t.encode(), "sha256").hex() if valid(t) else None
                for t in texts
            ]
        )

    return token


def contenders(frame: DataFrame, kind: str) -> dict[str, DataFrame]:
    """Return what is measured, by name; the first is what ratios are of."""
    terms = Contract.from_toml(CONTRACT).asset(kind)
    key = SecretKey.from_bytes(KEY)
    subkey = key.subkey(label=kind, partnership=terms.partnership, key_id=terms.key_id)
    inner, outer = (bytearray(pad) for pad in subkey.hmac_pads())
    pads = frame.sparkSession.createDataFrame([(inner, outer)], "ki binary, ko binary")
    mac = hmac_sha256_hex(F.col("clean"), F.col("ki"), F.col("ko"))
    salted = F.concat(F.lit("salt"), F.col("clean"))
    return {
        "plain sha2, normalised": frame.select(F.sha2(salted, 256)),
        "HMAC alone, normalised": frame.crossJoin(F.broadcast(pads)).select(mac),
        TOKENISE: tokenise(frame, terms, key=key).frame,
        STRAIGHTFORWARD: frame.select(
            straightforward(kind, subkey.native())("raw").alias("token")
        ),
        "pandas UDF, tuned": frame.select(
            tuned(kind, subkey.native())("raw").alias("token")
        ),
    }


def refuse_other_tokens(frames: dict[str, DataFrame]) -> None:
    """Raise unless tokeniser and UDFs make the same tokens."""
    digest = F.sum(F.xxhash64("token").cast("decimal(38, 0)"))
    made = {
        name: tuple(frame.agg(F.count("token"), digest).first())
        for name, frame in frames.items()
        if frame.columns == ["token"]
    }
    assert len(made) == 3
    assert len(set(made.values())) == 1, made


def measure(frame: DataFrame) -> float:
    """Return the seconds that computing every row takes."""
    start = time.perf_counter()
    frame.write.format("noop").mode("overwrite").save()
    return time.perf_counter() - start


def run(spark: SparkSession, kind: str, rows: int, rounds: int) -> dict[str, float]:
    """Return the best time of each contender."""
    with tempfile.TemporaryDirectory() as folder:
        write_data(spark, kind, rows, Path(folder) / kind)
        frame = spark.read.parquet(str(Path(folder) / kind))
        frames = contenders(frame, kind)
        refuse_other_tokens(frames)
        best = dict.fromkeys(frames, float("inf"))
        order = list(frames)
        for number in range(rounds + 1):
            random.Random(number).shuffle(order)
            for name in order:
                seconds = measure(frames[name])
                if number:  # the first round compiles
                    best[name] = min(best[name], seconds)
    return best


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="2g")
    given = parser.parse_args()
    spark = local_session(memory=given.memory)
    console = Console(width=None if sys.stdout.isatty() else 110)
    for kind in ("pan", "email"):
        best = run(spark, kind, given.rows, given.rounds)
        table = Table("", "seconds", "M rows/s", "x plain sha2", "faster than the UDF")
        plain = best["plain sha2, normalised"]
        slow = best[STRAIGHTFORWARD]
        for name, seconds in best.items():
            table.add_row(
                name,
                f"{seconds:.2f}",
                f"{given.rows / seconds / 1e6:.2f}",
                f"{seconds / plain:.2f}",
                f"{slow / seconds:.2f}",
            )
        console.print(f"{given.rows:,} messy identifiers: {kind}")
        console.print(table)
    spark.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
