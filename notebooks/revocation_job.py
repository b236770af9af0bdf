# Databricks notebook source
# MAGIC %md
# MAGIC # Apply opt-outs
# MAGIC Runs in a party's own workspace, as a job: daily, or as often as the contract's
# MAGIC `max_age_hours` asks for. It applies every consent event that is at its source now,
# MAGIC deletes the excluded subjects from Gold, and ends. Killed at any moment, it is simply
# MAGIC run again.
# MAGIC
# MAGIC Give the job a time limit, no retries on timeout, and at most one run at a time. It
# MAGIC fails, so that the job's own alert goes out, if a limit is breached or near, or if
# MAGIC lines are in quarantine.

# COMMAND ----------

from cleanroom_join import Contract
from cleanroom_join.party import (
    ConsentStore,
    RevocationJob,
    consent_status,
    folder_lines,
    refuse_alerts,
)

for name in (
    "contract",  # path of collaboration.toml
    "contract_sha256",  # the digest both parties agreed on
    "party",  # whose consent platform sends the events
    "schema",  # of the consent tables, such as catalog.consent
    "gold",  # asset=catalog.schema.table, with blanks between several
    "checkpoint",  # folder in a volume, for this source alone
    "events",  # folder in a volume, with one event per line
):
    dbutils.widgets.text(name, "")
arg = dbutils.widgets.get

# COMMAND ----------

contract = Contract.load(arg("contract"), sha256=arg("contract_sha256"))
store = ConsentStore.in_schema(spark, arg("schema"))
store.create()
job = RevocationJob(
    store=store,
    contract=contract,
    party=arg("party"),
    gold=dict(pair.split("=") for pair in arg("gold").split()),
    checkpoint=arg("checkpoint"),
)
# From Kafka: kafka_lines(spark, "broker:9092", "topic"), see docs/howto/kafka.md.
job.run_available(folder_lines(spark, arg("events")))

# COMMAND ----------

# For the privacy officer: docs/howto/revoke.md says what to do about each sentence.
# displayHTML(render_revocation(status, contract=contract.terms.id, days=1)) of
# cleanroom_join.report shows a page; for the party alone, never for the partner.
status = consent_status(store, contract, arg("party"), days=1)
refuse_alerts(status)
print("all opt-outs are in time")
