# Databricks notebook source
# MAGIC %md
# MAGIC # Prepare one registered output
# MAGIC Runs in the clean room, for contracts that say `reveal = "confirmed"`. It answers
# MAGIC the query and shows nothing: what leaves is an encrypted entry of the ledger, which
# MAGIC the other party confirms before `fraud_signals` can show what is in it.

# COMMAND ----------

from cleanroom_join import Contract
from cleanroom_join.room import CleanRoom

for name, default in (
    ("contract", ""),  # path of collaboration.toml in a volume of the room
    ("contract_sha256", ""),  # the digest both parties agreed on
    ("output", "segment_signals"),
    ("cr_output_catalog", ""),  # given by the clean room
    ("cr_output_schema", ""),
):
    dbutils.widgets.text(name, default)
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"), sha256=arg("contract_sha256"))
prepared = CleanRoom(spark, contract).prepare(arg("output"))
prepared.save(arg("cr_output_catalog"), arg("cr_output_schema"))
print(prepared.summary())  # run and head, for the other party
