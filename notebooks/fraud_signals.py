# Databricks notebook source
# MAGIC %md
# MAGIC # Release one registered output
# MAGIC Runs in the clean room. Both parties approve this text once. Before that, put the path
# MAGIC of the wheel and its SHA-256, which both compared, into the next cell: pip then
# MAGIC installs this wheel and no other.
# MAGIC
# MAGIC The party that runs the notebook fills in two parameters. Neither lets it release
# MAGIC anything that the other party did not agree to:
# MAGIC - `contract`: the path of the contract's file. The other party's anchor row names the
# MAGIC   digest of the contract. Under any other contract the verdict is NEEDS_REVIEW, and
# MAGIC   nothing can be saved.
# MAGIC - `output`: the name of an output, one of those that this contract registers.
# MAGIC
# MAGIC The clean room itself gives `cr_output_catalog` and `cr_output_schema`. Where the
# MAGIC contract says `reveal = "confirmed"`, run `prepare_signals` first, and this once the
# MAGIC other party has confirmed the entry.

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
release = CleanRoom(spark, contract).release(arg("output"))
print(release.summary())  # what contract and ledger allow; nothing of the data

# COMMAND ----------

# Writes the ledger's entry, then the figures.  Raises an error if the run found none: append
# the entry then, too.
saved = release.save(arg("cr_output_catalog"), arg("cr_output_schema"))
print(saved.summary())  # what may be told once it is in the ledger
