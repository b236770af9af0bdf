# Databricks notebook source
# MAGIC %md
# MAGIC # Tokenise one asset
# MAGIC Runs in a party's own workspace. Reads the raw table, writes the Gold table that is
# MAGIC shared into the clean room: tokens and declared columns, nothing else. Subjects who
# MAGIC opted out are left out, by the name of the party's consent state.

# COMMAND ----------

from cleanroom_join import Contract, SecretKey
from cleanroom_join.party import KeyRing, tokenise

for name in (
    "contract",  # path of collaboration.toml
    "contract_sha256",  # the digest both parties agreed on
    "asset",  # which of its assets to write
    "raw_table",
    "gold_table",
    "secret_scope",  # where the partnership's keys are, by reference
    "consent_state",  # of the revocation job; nothing if the contract names none
    "secrets",  # name of each key's secret: "k1=name", and "k2=other" while it changes
):
    dbutils.widgets.text(name, "")
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"), sha256=arg("contract_sha256"))
terms = contract.asset(arg("asset"))
keys = {
    key_id: SecretKey.from_base64(dbutils.secrets.get(arg("secret_scope"), name))
    for key_id, name in (pair.split("=") for pair in arg("secrets").split())
}
gold = tokenise(
    spark.table(arg("raw_table")),
    terms,
    key=KeyRing(keys),
    consent_state=arg("consent_state") or None,
)

# COMMAND ----------

# Read the warnings before the table is shared: each names the line of the contract to
# change.
print("\n".join(gold.profile().describe()))

# COMMAND ----------

gold.save(arg("gold_table"))
