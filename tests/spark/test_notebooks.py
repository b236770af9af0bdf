"""Each notebook, executed with a small fake dbutils against real Spark and Delta."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.errors import RevocationRefused, WriteFailed
from cleanroom_join.room import CleanRoom
from cleanroom_join.tokens.doctor import read_manifest
from tests.spark.support import anchor, secret, state, token
from tests.support.frames import local_frame

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PAGE = Path(__file__).parents[2] / "docs" / "howto" / "run-notebooks-locally.md"
FRAUD = Path(__file__).parents[2] / "examples" / "fraud" / "collaboration.toml"
KEY = base64.b64encode(hashlib.sha256(b"a key of this test").digest()).decode()


def page_blocks():
    """Return the code of the page on local runs, by the first name that it defines."""
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE.read_text())
    defines = re.compile(r"(?m)^(?:def )?(\w+)(?:\(| = )")
    return {defines.search(block)[1]: block for block in blocks}


@pytest.fixture
def page(spark, monkeypatch):
    """What the page defines, in the session of these tests."""
    monkeypatch.chdir(PAGE.parents[2])
    names = {"spark": spark, "Path": Path}
    blocks = page_blocks()
    assert list(blocks) == ["spark", "NOTEBOOKS", "release", "continue_ledger"]
    for block in list(blocks.values())[1:]:
        exec(block, names)
    return SimpleNamespace(**names)


def common():
    """Return the arguments that every notebook has."""
    return {"contract": str(FRAUD), "contract_sha256": Contract.load(FRAUD).digest}


def test_a_party_tokenises(spark, page, capsys):
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
        "consent_state": "",
    }

    page.run("tokenise_party.py", arguments, KEY)
    page.run("tokenise_party.py", arguments, KEY)  # replaces the rows, not the table

    gold = spark.table("notebook_party.gold")
    assert "card_number" not in gold.columns
    assert sorted(str(r["card_token"])[:3] for r in gold.collect()) == ["Non", "k1:"]
    history = spark.sql("DESCRIBE HISTORY notebook_party.gold").collect()
    assert sum("CREATE" in row["operation"] for row in history) == 1
    printed = capsys.readouterr().out
    assert "card_token" in printed
    assert KEY not in printed
    spark.sql("DROP SCHEMA notebook_party CASCADE")


CONFIRMED = 'secret = "cleanroom.secret"\nreveal = "confirmed"'


@pytest.fixture
def shared(spark, tmp_path):
    """The tables of a room under the names that the page gives them, and contracts."""
    signals = [
        (token(f"c{i}"), "5411", i % 2 == 0, i % 50, i % 7 == 0) for i in range(800)
    ]
    accounts = [(token(f"c{i}"), "24m+") for i in range(800)]
    later = tmp_path / "confirmed.toml"
    text = FRAUD.read_text().replace('secret = "cleanroom.secret"', CONFIRMED)
    later.write_text(text)
    agreed = [Contract.load(path) for path in (FRAUD, later)]
    ledger = agreed[0].terms.ledger.path
    both = " ".join(contract.digest for contract in agreed)
    tables = {
        "acme_signal_features.transaction_signals": local_frame(
            spark,
            signals,
            "card_token string, merchant_category_code string, cross_border_flag boolean, txn_count_1h int, confirmed_fraud_flag boolean",
        ),
        "globex_risk_features.account_behavior": local_frame(
            spark, accounts, "card_token string, account_age_band string"
        ),
        "acme_cleanroom.ledger": state(spark)["(ledger)"],
        "globex_cleanroom.anchor": anchor(spark, agreed[0], contract=both),
        "acme_cleanroom.secret": secret(spark, "acme", ledger),
        "globex_cleanroom.secret": secret(spark, "globex", ledger),
    }
    schemas = sorted({name.split(".")[0] for name in tables})
    for schema in schemas:
        spark.sql(f"CREATE SCHEMA {schema}")
    for name, frame in tables.items():
        frame.write.format("delta").saveAsTable(name)
    yield later
    for schema in (*schemas, "room_1", "room_2", "room_3"):
        spark.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def test_the_room_releases(spark, page, shared, capsys):
    """At once, and then what was prepared and confirmed, as the page runs them."""
    saved = page.release(str(FRAUD), "segment_signals", "room_1")
    printed = capsys.readouterr().out
    page.continue_ledger(saved.ledger.table)
    spark.sql("CREATE SCHEMA room_2")
    prepared = page.run(
        "prepare_signals.py",
        {
            "contract": str(shared),
            "output": "segment_signals",
            "cr_output_catalog": "spark_catalog",
            "cr_output_schema": "room_2",
        },
    )["prepared"]
    page.continue_ledger("spark_catalog.room_2.ledger_run_2")
    later = page.release(str(shared), "segment_signals", "room_3")

    rows = spark.table("room_1.segment_signals").collect()
    assert {r["cohort_size"] for r in rows} == {400}
    assert printed.startswith("PENDING  segment_signals")
    assert "\nAPPROVED  segment_signals" in printed
    assert "PREPARED  segment_signals" in (told := capsys.readouterr().out)
    assert f"run 2, head {later.ledger.head}" in told
    assert (later.ledger.run, later.ledger.table) == (2, None)
    assert sorted(later.rows) == sorted(saved.rows)
    assert spark.table("room_3.segment_signals").count() == len(rows)
    assert repr(prepared) == "DeferredRelease('segment_signals')"


def test_by_default_a_party_is_a_catalog():
    """As Databricks names shared tables in a clean room; quoted."""
    contract = Contract.load(FRAUD)
    asset = contract.terms.assets["account_behavior"]

    named = CleanRoom._CleanRoom__shared_table(asset)

    assert named == "`globex`.`risk_features`.`account_behavior`"


def test_a_party_makes_a_token_manifest(spark, page, tmp_path, capsys):
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

    page.run("token_manifest.py", arguments, KEY)
    with pytest.raises(WriteFailed, match="E502"):
        page.run("token_manifest.py", arguments, KEY)

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


SECTION = """[revocation]
max_age_hours = 24
tables = { acme = "consent.consent_state", globex = "consent.consent_state" }

[assets.transaction_signals]
"""


@pytest.fixture
def consent(spark, tmp_path):
    """The arguments of a job whose source has one opt-out, and Gold of two subjects."""
    path = tmp_path / "revocation.toml"
    text = FRAUD.read_text()
    if "[revocation]" not in text:
        text = text.replace("[assets.transaction_signals]\n", SECTION, 1)
    path.write_text(text)
    events = tmp_path / "events"
    events.mkdir()
    fields = {"schema_version": 1, "event_id": "e1", "token": token("c1")}
    fields |= {"action": "OPT_OUT", "event_time": "2026-01-05T10:00:00Z"}
    (events / "day_1.json").write_text(json.dumps(fields) + "\n")
    spark.sql("CREATE SCHEMA notebook_consent")
    rows = [(token(name), "24m+") for name in ("c1", "c2")]
    gold = local_frame(spark, rows, "card_token string, account_age_band string")
    gold.write.format("delta").saveAsTable("notebook_consent.gold")
    yield {
        "contract": str(path),
        "contract_sha256": Contract.load(path).digest,
        "party": "globex",
        "schema": "notebook_consent",
        "gold": "account_behavior=notebook_consent.gold",
        "checkpoint": str(tmp_path / "checkpoint"),
        "events": str(events),
    }
    spark.sql("DROP SCHEMA notebook_consent CASCADE")


def test_a_party_applies_opt_outs(spark, page, consent, capsys):
    """The subject is out of Gold; a faulty line later fails the job, with a sentence."""
    page.run("revocation_job.py", consent)
    printed = capsys.readouterr().out
    faulty = Path(consent["events"]) / "day_2.json"
    faulty.write_text("rubbish\n")
    with pytest.raises(RevocationRefused, match=r"E633.*QUARANTINE: lines are faulty"):
        page.run("revocation_job.py", consent)

    left = [row["card_token"] for row in spark.table("notebook_consent.gold").collect()]
    assert left == [token("c2")]
    assert printed == "all opt-outs are in time\n"
    assert token("c1") not in capsys.readouterr().out
