# Databricks notebook source
# MAGIC %md
# MAGIC # Make a token manifest
# MAGIC Runs in a party's own workspace. Writes one small file for the other party: digests,
# MAGIC and counts of at least k people. `cleanroom-join doctor` compares two of them.

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
    "secret_scope",  # where the active key is, by reference
    "secret_name",
    "manifest_file",  # in a volume
):
    dbutils.widgets.text(name, "")
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"), sha256=arg("contract_sha256"))
key = SecretKey.from_base64(
    dbutils.secrets.get(arg("secret_scope"), arg("secret_name"))
)
shared = spark.table(arg("shared_table")) if arg("shared_table") else None
manifest = token_manifest(
    spark.table(arg("raw_table")), contract.asset(arg("asset")), key=key, shared=shared
)

# COMMAND ----------

save_manifest(manifest, arg("manifest_file"))
