"""The key of a rehearsal with opt-outs: contract and files choose who opts out."""

from __future__ import annotations

import pytest

pytest.importorskip("pyspark")

from cleanroom_join.contract import Contract
from cleanroom_join.spark.rehearsal.series import key_of
from cleanroom_join.testing import contract_toml


@pytest.fixture
def data(tmp_path):
    """A file of CSV, and a folder of Parquet as Spark writes it."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "payments.csv").write_text("a\n1\n")
    parts = tmp_path / "globex" / "accounts.parquet"
    parts.mkdir(parents=True)
    (parts / "part-0.parquet").write_bytes(b"0")
    return tmp_path


def test_the_same_contract_and_files_have_the_same_key(data):
    """So the same tokens, in whose order people opt out."""
    contract = Contract.from_toml(contract_toml())

    assert key_of(contract, data) == key_of(contract, data)


@pytest.mark.parametrize("change", ["contract", "file", "part"])
def test_another_contract_or_file_has_another_key(data, change):
    """Whatever changes."""
    text = contract_toml()
    before = key_of(Contract.from_toml(text), data)

    if change == "contract":
        text = text.replace("revision = 1", "revision = 2")
    elif change == "file":
        (data / "acme" / "payments.csv").write_text("a\n2\n")
    else:
        (data / "globex" / "accounts.parquet" / "part-1.parquet").write_bytes(b"1")

    assert key_of(Contract.from_toml(text), data) != before
