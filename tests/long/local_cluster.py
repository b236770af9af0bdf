"""
Make releases in a session of a given master, and write down every byte of them.

Run by test_local_cluster.py in a process of its own: ``local_cluster.py MASTER FOLDER``.
Under each protection two releases follow one another; before the second some people
leave, and it reads the ledger that the first has saved.  What is told of each is written
to ``FOLDER/told``, what each executor did to ``FOLDER/executors.json``.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

from cleanroom_join.contract import Protection
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure.ledger.encoding import write_entry
from cleanroom_join.local import local_session
from cleanroom_join.room import CleanRoom
from cleanroom_join.spark.ledger.tables import open_ledger
from cleanroom_join.spark.room import clean_room as room_module
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import anchor, secret, state, token, told

SETTINGS = {
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.adaptive.enabled": "false",
    # Rows of every table cross from one executor to the other.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # Work begins when both executors are there, and goes to whichever is free.
    "spark.cores.max": "2",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.locality.wait": "0s",
    # It knows what each executor did.
    "spark.ui.enabled": "true",
    "spark.ui.port": "0",
}
CARDS, LEAVING = 4000, 250
FILES = 5
"""Files of each shared table, so that they are read in more than one task."""

SCHEMAS = {
    "payments": "card_token string, shop_token string, region string,"
    " fraud boolean, amount double",
    "accounts": "card_token string, age_band string, sector string",
    "homes": "card_token string, area string",
}
_HOMES = """
[assets.homes]
party = "globex"
table = "risk.homes"
one_row_per = "card"
[assets.homes.columns]
card_token = { subject = "card", source = "card_number" }
area = { dimension = ["town", "country"] }
"""


def agreed(protection: Protection):
    """Return a contract: a join of three tables, two kinds of subjects, all totals."""
    text = contract_toml(
        policy=f'protection = "{protection.value}"',
        subjects='[subjects.shop]\nkind = "account"',
        payments='shop_token = { subject = "shop" }',
        accounts='sector = { dimension = ["5411", "5412", "5732"],'
        ' parents = { "5411" = "grocery", "5412" = "grocery", "5732" = "retail" } }',
        group_by=("region", "sector", "area"),
        totals='"all"',
    )
    pair = 'join = ["payments", "accounts"]'
    return contract(text.replace(pair, pair[:-1] + ', "homes"]') + _HOMES)


def rows() -> dict[str, list[tuple]]:
    """Return the rows of every table: some cells are too small, one card pays often."""
    rng = random.Random(7)
    tables = {name: [] for name in SCHEMAS}
    for card in range(CARDS):
        who = token(f"card{card}")
        (sector,) = rng.choices(["5411", "5412", "5732", "9999"], [40, 8, 30, 22])
        tables["accounts"].append((who, "old", sector))
        tables["homes"].append((who, rng.choice(["town", "country"])))
        for _ in range(40 if card == LEAVING else rng.randint(1, 4)):
            shop, region = rng.randrange(500), rng.choice(["north", "south", None])
            amount = rng.randint(-100, 100_200) / 100
            fraud = rng.random() < 0.3
            tables["payments"].append(
                (who, token(f"shop{shop}"), region, fraud, amount)
            )
    return tables


def share(spark, tables: dict[str, list[tuple]], folder: Path) -> dict:
    """Write tables as Delta tables and return them as they are read."""
    frames = {}
    for name, schema in SCHEMAS.items():
        frame = spark.createDataFrame(tables[name], schema).repartition(FILES)
        frame.write.format("delta").save(str(folder / name))
        frames[name] = spark.read.format("delta").load(str(folder / name))
    return frames


def saved(spark, table: str, folder: Path) -> dict[str, bytes]:
    """Return every page of a saved release's data file, and what its commit says."""
    (path,) = folder.glob("*.parquet")
    data = path.read_bytes()
    # The footer lists each column's encodings in the order of a Java hash set, another
    # one in every process: its length and a magic word are the last eight bytes.
    footer = int.from_bytes(data[-8:-4], "little") + 8
    said = spark.sql(f"DESCRIBE HISTORY {table}").first()["userMetadata"]
    return {"pages.parquet": data[:-footer], "commit.json": said.encode()}


def shown(release) -> dict[str, bytes]:
    """Return what a release shows."""
    document = {
        "columns": [f"{column.name} {column.type.value}" for column in release.columns],
        "rows": [[repr(value) for value in row] for row in release._rows],
        "digest": release._digest,
    }
    return {
        "rows.json": canonical_bytes(document),
        # All but where the ledger ends: a head is another in every run.
        "summary.txt": told(release).split("\nledger")[0].encode(),
    }


def entered(spark, agreement, source) -> dict[str, bytes]:
    """Return the last entry of the ledger, opened: nonces are new in every run."""
    ledger = open_ledger(spark, agreement, source)
    entry = replace(ledger.entries[-1], nonce="", previous="")
    return {"entry.jsonl": b"\n".join(write_entry(entry))}


def releases(spark, protection: Protection, shared: list[dict], folder: Path) -> None:
    """Release, save and write down one answer after another."""
    agreement, tables = agreed(protection), state(spark)
    tables["(anchor)"] = anchor(spark, agreement)

    def source(asset):
        if asset.name == "(secret)":
            return secret(spark, asset.party)
        return tables[asset.name]

    ledger = tables["(ledger)"]
    for run, frames in enumerate(shared, 1):
        tables |= frames
        release = CleanRoom(spark, agreement, source=source).release("segments")
        schema = f"{protection.value}_{run}"
        spark.sql(f"CREATE SCHEMA {schema}")
        table = release.save("spark_catalog", schema).table_name
        ledger = ledger.unionByName(spark.table(f"{schema}.ledger_run_{run}"))
        head = release._entry.end.head
        tables["(anchor)"] = anchor(spark, agreement, run, head)
        tables["(ledger)"] = ledger
        found = {
            **shown(release),
            **saved(spark, table, folder / "warehouse" / f"{schema}.db" / "segments"),
            **entered(spark, agreement, source),
        }
        for name, data in found.items():
            path = folder / "told" / schema / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def executors(spark) -> bytes:
    """Return what Spark's own interface says of every executor."""
    context = spark.sparkContext
    port = urlsplit(context.uiWebUrl).port
    place = f"api/v1/applications/{context.applicationId}/allexecutors"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{place}", timeout=30) as page:
        return page.read()


def main() -> None:
    """Release everything under both protections."""
    master, folder = sys.argv[1], Path(sys.argv[2])
    # The day of a run stands in the ledger, and midnight is between some two processes.
    noon = dt.datetime(2026, 1, 5, 12, tzinfo=dt.timezone.utc)
    room_module.dt = SimpleNamespace(
        datetime=SimpleNamespace(now=noon.astimezone), timezone=dt.timezone
    )
    spark = local_session(
        master=master, warehouse=folder / "warehouse", settings=SETTINGS
    )
    everybody = rows()
    gone = {token(f"card{card}") for card in range(LEAVING)}
    staying = {
        name: [row for row in table if row[0] not in gone]
        for name, table in everybody.items()
    }
    shared = [
        share(spark, tables, folder / "shared" / str(number))
        for number, tables in enumerate([everybody, staying])
    ]
    for protection in Protection:
        releases(spark, protection, shared, folder)
    (folder / "executors.json").write_bytes(executors(spark))
    spark.stop()


if __name__ == "__main__":
    main()
