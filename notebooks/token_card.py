# Databricks notebook source
# MAGIC %md
# MAGIC # Make a token card
# MAGIC Runs in a party's own workspace. Writes one small file to hand to the other party:
# MAGIC digests, and counts of at least k people. `cleanroom-join doctor` compares two.

# COMMAND ----------

from cleanroom_join import Contract, SecretKey
from cleanroom_join.party import token_manifest
from cleanroom_join.tokens.doctor import save_manifest

for name in (
    "contract",  # path of collaboration.toml
    "contract_sha256",  # the digest both parties agreed on
    "asset",  # which of its assets
    "raw_table",
    "shared_table",  # only if another pipeline made its tokens
    "secret_scope",  # where the partnership's key is, by reference
    "secret_name",
    "card_file",  # in a volume
):
    dbutils.widgets.text(name, "")
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"), sha256=arg("contract_sha256"))
key = SecretKey.from_base64(
    dbutils.secrets.get(arg("secret_scope"), arg("secret_name"))
)
shared = spark.table(arg("shared_table")) if arg("shared_table") else None
card = token_manifest(
    spark.table(arg("raw_table")), contract.asset(arg("asset")), key=key, shared=shared
)

# COMMAND ----------

save_manifest(card, arg("card_file"))
