"""Each notebook, executed with a small fake dbutils against real Spark and Delta."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.errors import WriteFailed
from cleanroom_join.tokens.doctor import read_manifest
from tests.spark.support import anchor, secret, state, token
from tests.support.frames import local_frame

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FRAUD = Path(__file__).parents[2] / "examples" / "fraud" / "collaboration.toml"
KEY = base64.b64encode(hashlib.sha256(b"a key of this test").digest()).decode()


def run(name, spark, arguments):
    """Execute a notebook as Databricks does: with `spark` and `dbutils` given."""
    widgets = SimpleNamespace(text=lambda *_: None, get=lambda key: arguments[key])
    secrets = SimpleNamespace(
        get=lambda scope, key: {("scope", "key"): KEY}[scope, key]
    )
    source = (NOTEBOOKS / name).read_text()
    names = {
        "spark": spark,
        "dbutils": SimpleNamespace(widgets=widgets, secrets=secrets),
    }
    exec(compile(source, name, "exec"), names)
    return names


def common():
    """Return the arguments that every notebook has."""
    return {"contract": str(FRAUD), "contract_sha256": Contract.load(FRAUD).digest}


def room_tables(spark, agreed):
    """Return the tables beside the shared ones, by name; both parties agreed on *agreed*."""
    return {
        "ledger": state(spark)["(ledger)"],
        "anchor": anchor(spark, agreed),
        **{
            f"{party}_secret": secret(spark, party, agreed.terms.ledger.path)
            for party in ("acme", "globex")
        },
    }


def test_a_party_tokenises(spark, capsys):
    """The Gold table has tokens and declared columns; the key is not printed."""
    rows = [
        ("4111 1111 1111 1111", "5411", True, 3, False),
        ("", None, None, None, None),
    ]
    raw = local_frame(
        spark,
        rows,
        "card_number string, merchant_category_code string, cross_border_flag boolean, txn_count_1h int, confirmed_fraud_flag boolean",
    )
    spark.sql("CREATE SCHEMA notebook_party")
    raw.write.format("delta").saveAsTable("notebook_party.raw")

    arguments = {
        **common(),
        "asset": "transaction_signals",
        "raw_table": "notebook_party.raw",
        "gold_table": "notebook_party.gold",
        "secret_scope": "scope",
        "secrets": "k1=key",
    }

    run("tokenise_party.py", spark, arguments)
    run("tokenise_party.py", spark, arguments)  # replaces the rows, not the table

    gold = spark.table("notebook_party.gold")
    assert "card_number" not in gold.columns
    assert sorted(str(r["card_token"])[:3] for r in gold.collect()) == ["Non", "k1:"]
    history = spark.sql("DESCRIBE HISTORY notebook_party.gold").collect()
    assert sum("CREATE" in row["operation"] for row in history) == 1
    printed = capsys.readouterr().out
    assert "card_token" in printed
    assert KEY not in printed
    spark.sql("DROP SCHEMA notebook_party CASCADE")


def test_the_room_releases(spark, capsys, monkeypatch):
    """The approved output lies in the schema that the room gives."""
    from cleanroom_join.spark.room import clean_room as room
    from cleanroom_join.sql import qualified

    signals = [
        (token(f"c{i}"), "5411", i % 2 == 0, i % 50, i % 7 == 0) for i in range(800)
    ]
    accounts = [(token(f"c{i}"), "24m+") for i in range(800)]
    schemas = {
        "transaction_signals": "card_token string, merchant_category_code string, cross_border_flag boolean, txn_count_1h int, confirmed_fraud_flag boolean",
        "account_behavior": "card_token string, account_age_band string",
    }
    spark.sql("CREATE SCHEMA notebook_room")
    for name, rows in (
        ("transaction_signals", signals),
        ("account_behavior", accounts),
    ):
        local_frame(spark, rows, schemas[name]).write.format("delta").saveAsTable(
            f"notebook_room.{name}"
        )

    for name, frame in room_tables(spark, Contract.load(FRAUD)).items():
        frame.write.format("delta").saveAsTable(f"notebook_room.{name}")

    # Only Databricks has a catalog per party; here all tables are in one schema.
    def local(*parts):
        if parts[0] not in ("acme", "globex"):
            return qualified(*parts)
        own = f"{parts[0]}_" if parts[-1] == "secret" else ""
        return f"notebook_room.{own}{parts[-1]}"

    monkeypatch.setattr(room, "qualified", local)

    run(
        "fraud_signals.py",
        spark,
        {
            "contract": str(FRAUD),
            "output": "segment_signals",
            "cr_output_catalog": "spark_catalog",
            "cr_output_schema": "notebook_room",
        },
    )

    rows = spark.table("notebook_room.segment_signals").collect()
    assert {r["cohort_size"] for r in rows} == {400}
    printed = capsys.readouterr().out
    assert printed.startswith("PENDING  segment_signals")
    assert "\nAPPROVED  segment_signals" in printed
    spark.sql("DROP SCHEMA notebook_room CASCADE")


def test_a_party_makes_a_token_manifest(spark, tmp_path, capsys):
    """A file that the doctor reads; a second run does not overwrite it."""
    raw = local_frame(
        spark,
        [(f"4{i:015}", "5411", True, 3, False) for i in range(300)],
        "card_number string, merchant_category_code string, cross_border_flag boolean, txn_count_1h int, confirmed_fraud_flag boolean",
    )
    spark.sql("CREATE SCHEMA notebook_manifest")
    raw.write.format("delta").saveAsTable("notebook_manifest.raw")
    arguments = {
        **common(),
        "asset": "transaction_signals",
        "raw_table": "notebook_manifest.raw",
        "shared_table": "",
        "secret_scope": "scope",
        "secret_name": "key",
        "manifest_file": str(tmp_path / "manifest.json"),
    }

    run("token_manifest.py", spark, arguments)
    with pytest.raises(WriteFailed, match="E502"):
        run("token_manifest.py", spark, arguments)

    manifest = read_manifest((tmp_path / "manifest.json").read_bytes())
    assert manifest.columns[0].subjects == 300
    assert KEY not in capsys.readouterr().out
    spark.sql("DROP SCHEMA notebook_manifest CASCADE")


@pytest.mark.parametrize("name", ["fraud_signals.py", "prepare_signals.py"])
def test_the_runner_of_a_room_notebook_brings_no_digest(name):
    """What pins the contract is the other party's; what pins the wheel is in the text."""
    text = (NOTEBOOKS / name).read_text()
    prose = " ".join(text.replace("# MAGIC", "").split())

    assert "contract_sha256" not in text
    assert "sha256=" not in text.split("# COMMAND ----------", 2)[2]
    (install,) = re.findall(r"(?m)^# MAGIC %pip install (.*)$", text)
    assert {"--require-hashes", "--force-reinstall", "--no-index"} <= {*install.split()}
    assert re.search(r'\.whl#sha256=\w+"$', install)
    assert "fills in two parameters" in prose
    assert "The other party's anchor row names the digest" in prose


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.py")), ids=lambda p: p.name)
def test_notebooks_are_thin(path):
    """Databricks source format, under 40 lines of code, library calls only."""
    lines = path.read_text().splitlines()
    code = [s for s in lines if s.strip() and not s.lstrip().startswith("#")]

    assert lines[0] == "# Databricks notebook source"
    assert len(code) < 40
    imports = [
        s.split()[1].split(".")[0] for s in code if s.startswith(("from ", "import "))
    ]
    assert set(imports) == {"cleanroom_join"}
    assert not [
        s for s in code if s.lstrip().startswith(("def ", "class ", "if ", "while "))
    ]
