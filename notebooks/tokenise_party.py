# Databricks notebook source
# MAGIC %md
# MAGIC # Tokenise one asset
# MAGIC Runs in a party's own workspace. Reads the raw table, writes the Gold table that is
# MAGIC shared into the clean room: tokens and declared columns, nothing else.

# COMMAND ----------

from cleanroom_join import Contract, SecretKey
from cleanroom_join.spark import tokenise

for name in (
    "contract",  # path of collaboration.toml
    "contract_sha256",  # the digest both parties agreed on
    "asset",  # which of its assets to write
    "raw_table",
    "gold_table",
    "secret_scope",  # where the partnership's key is, by reference
    "secret_name",
):
    dbutils.widgets.text(name, "")
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"), sha256=arg("contract_sha256"))
key = SecretKey.from_base64(
    dbutils.secrets.get(arg("secret_scope"), arg("secret_name"))
)
gold = tokenise(spark.table(arg("raw_table")), contract.asset(arg("asset")), key=key)

# COMMAND ----------

gold.save(arg("gold_table"))
for profile in gold.profile():
    print("\n".join(profile.describe()))
