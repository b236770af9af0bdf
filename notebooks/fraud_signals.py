# Databricks notebook source
# MAGIC %md
# MAGIC # Release one registered output
# MAGIC Runs in the clean room. Both parties approve this notebook once; what it may release
# MAGIC is in the contract, whose digest it is given. Where the contract says
# MAGIC `reveal = "confirmed"`, run `prepare_signals` first, and this once the other party
# MAGIC has confirmed the entry.

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
release = CleanRoom(spark, contract).release(arg("output"))
print(release.summary())  # the verdict, and why

# COMMAND ----------

saved = release.save(arg("cr_output_catalog"), arg("cr_output_schema"))
print(saved.summary())  # what may be told once it is in the ledger
