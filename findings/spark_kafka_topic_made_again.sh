#!/usr/bin/env bash
# Spark's Kafka source skips messages of a topic that was deleted and made again.
#
# Versions: pyspark 4.2.0, spark-sql-kafka-0-10 4.2.0, broker Kafka 4.4.0 (kafka_2.13),
# confluent-kafka 2.16.1; Python 3.11, Java 17.
#
# The checkpoint of a stream knows a topic by its name and by the next offset of each
# partition.  Kafka gives a topic that is made again another id and begins its offsets at
# 0.  Spark does not compare the ids.  A run of three messages ends, the topic is deleted
# and made again, and a run with the same checkpoint follows, with the default
# failOnDataLoss=true.
#
# Two new messages: the run fails; its error names a topic made again as a possible cause.
# Three new messages: the run succeeds and reads none of them.
# Five new messages: the run succeeds and reads the last two; no later run reads the others.
#
# So the option finds the change only while the new topic is shorter than what was read.
#
# Output:
#> t2, first run reads: old0 old1 old2, no error
#> t2, made again, its id: another
#> t2, next run reads: nothing, error: Partition t2-0 offset was changed from 3 to 2.
#> t2, one more run reads: nothing, error: Partition t2-0 offset was changed from 3 to 2.
#> t2, it holds: new0 new1
#> t3, first run reads: old0 old1 old2, no error
#> t3, made again, its id: another
#> t3, next run reads: nothing, no error
#> t3, one more run reads: nothing, no error
#> t3, it holds: new0 new1 new2
#> t5, first run reads: old0 old1 old2, no error
#> t5, made again, its id: another
#> t5, next run reads: new3 new4, no error
#> t5, one more run reads: nothing, no error
#> t5, it holds: new0 new1 new2 new3 new4
set -euo pipefail

command -v java > /dev/null || { echo "Spark and Kafka need Java 17." >&2; exit 2; }
script=$(realpath "$0")
work=$(mktemp -d)
broker=
finish() {
  if [[ -n $broker ]]; then
    kill "$broker" 2> /dev/null || true
    wait "$broker" || true
  fi
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  pyspark==4.2.0 confluent-kafka==2.16.1

# The broker's jars.  Ivy is among PySpark's.
if ! java -jar venv/lib/python3*/site-packages/pyspark/jars/ivy-*.jar -cache ivy-broker \
  -dependency org.apache.kafka kafka_2.13 4.4.0 -confs default \
  -retrieve 'broker/[organisation]_[artifact]-[revision](-[classifier]).[ext]' \
  > log.txt 2>&1; then
  cat log.txt >&2
  exit 1
fi

read -r port controller < <(python3 - <<'PY'
import socket

sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in sockets))
PY
)
cat > broker.properties <<CONF
node.id=1
process.roles=broker,controller
listeners=CLIENTS://127.0.0.1:$port,QUORUM://127.0.0.1:$controller
listener.security.protocol.map=CLIENTS:PLAINTEXT,QUORUM:PLAINTEXT
inter.broker.listener.name=CLIENTS
controller.listener.names=QUORUM
controller.quorum.voters=1@127.0.0.1:$controller
log.dirs=$work/messages
offsets.topic.replication.factor=1
auto.create.topics.enable=false
CONF
kafka() { java -Xmx256m -cp 'broker/*' "$@"; }
kafka kafka.tools.StorageTool format --config broker.properties \
  --cluster-id "$(kafka kafka.tools.StorageTool random-uuid 2> /dev/null)" \
  > log.txt 2>&1 || { cat log.txt >&2; exit 1; }
java -Xmx256m -cp 'broker/*' kafka.Kafka broker.properties > broker.txt 2>&1 &
broker=$!

cat > probe.py <<'PY'
import os
import re
import sys
import time
from pathlib import Path

from confluent_kafka import Producer, TopicCollection
from confluent_kafka.admin import AdminClient, NewTopic
from pyspark.sql import SparkSession

servers = {"bootstrap.servers": sys.argv[1]}
admin = AdminClient(servers)
admin.list_topics(timeout=120)  # waits for the broker

os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.jars.packages", "org.apache.spark:spark-sql-kafka-0-10_2.13:4.2.0")
    .config("spark.jars.ivy", str(Path("ivy").absolute()))
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .getOrCreate()
)


def wait_until(topic, *, there):
    """Wait until the broker lists the topic, or no longer does."""
    for _ in range(1200):
        if (topic in admin.list_topics(timeout=60).topics) is there:
            return
        time.sleep(0.1)
    raise TimeoutError(topic)


def make(topic, values):
    """Make a topic of one partition that holds the values; return its id."""
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(60)
    wait_until(topic, there=True)
    producer = Producer(servers)
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(60) == 0
    described = admin.describe_topics(TopicCollection([topic]))[topic].result(60)
    return str(described.topic_id)


def delete(topic):
    admin.delete_topics([topic])[topic].result(60)
    wait_until(topic, there=False)


def options(topic):
    return {
        "kafka.bootstrap.servers": sys.argv[1],
        "subscribe": topic,
        "startingOffsets": "earliest",
    }


def values_of(frame):
    rows = frame.selectExpr("CAST(value AS STRING) AS v", "offset").collect()
    return [row["v"] for row in sorted(rows, key=lambda row: row["offset"])]


def run(topic):
    """Read what the checkpoint has not; return the values, and the error if any."""
    values, end = [], "no error"
    query = (
        spark.readStream.format("kafka")
        .options(**options(topic))
        .load()
        .writeStream.foreachBatch(lambda frame, _: values.extend(values_of(frame)))
        .option("checkpointLocation", str(Path(f"checkpoint-{topic}").absolute()))
        .trigger(availableNow=True)
        .start()
    )
    try:
        query.awaitTermination()
    except Exception as error:
        found = re.search(r"Reason: (.*)", str(error))
        end = f"error: {found.group(1) if found else error}"
    return f"{' '.join(values) or 'nothing'}, {end}"


for count in (2, 3, 5):
    topic = f"t{count}"
    old = make(topic, ["old0", "old1", "old2"])
    print(f"{topic}, first run reads: {run(topic)}")
    delete(topic)
    new = make(topic, [f"new{i}" for i in range(count)])
    print(f"{topic}, made again, its id: {'the same' if new == old else 'another'}")
    print(f"{topic}, next run reads: {run(topic)}")
    print(f"{topic}, one more run reads: {run(topic)}")
    batch = spark.read.format("kafka").options(**options(topic)).load()
    print(f"{topic}, it holds: {' '.join(values_of(batch))}")
PY

if ! venv/bin/python probe.py "127.0.0.1:$port" > seen.txt 2> log.txt; then
  cat log.txt broker.txt >&2
  echo "The run failed; it did not before." >&2
  exit 1
fi

sed -n 's/^#> //p' "$script" > expected.txt
if ! diff -u --label "seen before" --label "seen now" expected.txt seen.txt; then
  echo "Changed: the lines with + are new, those with - are gone." >&2
  exit 1
fi
echo "As before."
