# Databricks notebook source
# MAGIC %md
# MAGIC # Prepare one registered output
# MAGIC Runs in the clean room, for contracts that say `reveal = "confirmed"`. It answers
# MAGIC the query and shows nothing: what leaves is an encrypted entry of the ledger, which
# MAGIC the other party confirms before `fraud_signals` can show what is in it. A run that
# MAGIC refuses the tables for what is in them makes such an entry, too.
# MAGIC
# MAGIC Both parties approve this text once. Before that, put the path of the wheel and its
# MAGIC SHA-256, which both compared, into the next cell: pip then installs this wheel and no
# MAGIC other.
# MAGIC
# MAGIC The party that runs the notebook fills in two parameters. Neither lets it prepare
# MAGIC anything that the other party did not agree to:
# MAGIC - `contract`: the path of the contract's file. The other party's anchor row names the
# MAGIC   digest of the contract. Under any other contract nothing is prepared.
# MAGIC - `output`: the name of an output, one of those that this contract registers.
# MAGIC
# MAGIC The clean room itself gives `cr_output_catalog` and `cr_output_schema`.

# COMMAND ----------

# MAGIC %pip install --no-index --no-deps --force-reinstall --require-hashes "file:///Volumes/PATH/cleanroom_join-0.1.0-py3-none-any.whl#sha256=SHA256_OF_THE_WHEEL"

# COMMAND ----------

from cleanroom_join import Contract
from cleanroom_join.room import CleanRoom

for name, default in (
    ("contract", ""),  # path of collaboration.toml in a volume of the room
    ("output", "segment_signals"),
    ("cr_output_catalog", ""),  # given by the clean room
    ("cr_output_schema", ""),
):
    dbutils.widgets.text(name, default)
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"))  # the other party's anchor names its digest
prepared = CleanRoom(spark, contract).prepare(arg("output"))
prepared.save(arg("cr_output_catalog"), arg("cr_output_schema"))
print(prepared.summary())  # run and head, for the other party
