"""
A real Kafka broker for tests: one process, on this machine only, from jars alone.

It starts in about four seconds with 150 to 215 MB, and needs Java and Maven Central (the
first time: 43 MB).  Topics are not made by themselves, so no test meets another's.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.local.jars import _central_alone, fill_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Broker", "running_broker"]

PACKAGE = ("org.apache.kafka", "kafka_2.13", "4.4.0")
PATIENCE = 120
"""Seconds until a broker must answer: thirty times what it takes on an idle machine."""
TERMINATED = 143
"""Exit status of a JVM that SIGTERM ended, after its own shutdown."""
FEW_CLASSES = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
log.cleaner.dedupe.buffer.size=2000000
"""


def _java() -> str:
    """Return the Java that Spark starts too."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def _jars() -> Path:
    """
    Return the folder of the broker's jars, fetched once by the Ivy that PySpark brings.

    Not through Spark's own resolution: it leaves out Scala's library, which Spark has
    in one version, not always in Kafka's.
    """
    import pyspark

    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "cleanroom_join" / "jars" / f"kafka-{PACKAGE[-1]}"
    (ivy,) = (Path(pyspark.__file__).parent / "jars").glob("ivy-*.jar")

    def fetch(target: Path) -> None:
        settings = target.with_name("ivysettings.xml")
        settings.write_text(_central_alone(), encoding="utf-8")
        command = [_java(), "-jar", str(ivy), "-settings", str(settings)]
        command += ["-cache", str(target.with_name("ivy")), "-dependency", *PACKAGE]
        command += ["-confs", "default", "-retrieve"]
        pattern = f"{target}/[organisation]_[artifact]-[revision](-[classifier]).[ext]"
        done = subprocess.run(
            [*command, pattern], capture_output=True, text=True, check=False
        )
        assert not done.returncode, done.stdout[-4000:] + done.stderr[-4000:]

    if not folder.is_dir():
        fill_once(folder, fetch)
    return folder


def _free_ports() -> tuple[int, int]:
    """Return two ports of this machine that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@dataclass(frozen=True)
class Broker:
    """A broker that answers; topics and messages go in here."""

    servers: str
    """What clients call ``bootstrap.servers``."""

    def create(self, topic: str, partitions: int = 1) -> None:
        """Make a topic, and wait until it is there."""
        from confluent_kafka.admin import AdminClient, NewTopic

        # Kept in a variable: else it is destroyed before its answer comes.
        admin = AdminClient({"bootstrap.servers": self.servers})
        admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(PATIENCE)
        self._wait_until(admin, topic, there=True)

    def delete(self, topic: str) -> None:
        """Delete a topic, and wait until it is gone."""
        from confluent_kafka.admin import AdminClient

        admin = AdminClient({"bootstrap.servers": self.servers})
        admin.delete_topics([topic])[topic].result(PATIENCE)
        self._wait_until(admin, topic, there=False)

    @staticmethod
    def _wait_until(admin, topic: str, *, there: bool) -> None:
        end = time.monotonic() + PATIENCE
        while (topic in admin.list_topics(timeout=PATIENCE).topics) is not there:
            assert time.monotonic() < end, f"{topic}: there is not {there}"
            time.sleep(0.05)

    def send(
        self,
        topic: str,
        values: Iterable[str | bytes | None],
        *,
        transaction: str | None = None,
        partition: int | None = None,
    ) -> None:
        """
        Send messages, and wait until the broker has them all.

        Args:
            topic: A topic that is there.
            values: Their values; None is a tombstone.
            transaction: ``commit`` or ``abort`` for messages of one transaction.
            partition: Of the topic; by default the client chooses.
        """
        from confluent_kafka import Producer

        settings = {"bootstrap.servers": self.servers, "linger.ms": 5}
        if transaction:
            settings["transactional.id"] = uuid.uuid4().hex
        producer = Producer(settings)
        if transaction:
            producer.init_transactions(PATIENCE)
            producer.begin_transaction()
        where = {} if partition is None else {"partition": partition}
        for number, value in enumerate(values):
            producer.produce(topic, value=value, key=str(number), **where)
            producer.poll(0)
        assert producer.flush(PATIENCE) == 0
        if transaction == "commit":
            producer.commit_transaction(PATIENCE)
        elif transaction == "abort":
            producer.abort_transaction(PATIENCE)


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker]:
    """
    Run a broker with its data and its log in *folder*.

    It ends with SIGTERM; another exit status than that of a JVM ended so is a failure.
    """
    port, controller = _free_ports()
    conf = folder / "server.properties"
    conf.write_text(
        PROPERTIES.format(port=port, controller=controller, data=folder / "data")
    )
    java = [_java(), *FEW_CLASSES, "-cp", f"{_jars()}/*"]
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # One that begins with a minus would be read as an option.
    cluster = "A" + cluster[1:]
    form = ["-Xmx128m", "kafka.tools.StorageTool", "format", "-t", cluster, "-c"]
    subprocess.run([*java, *form, str(conf)], check=True, capture_output=True)
    log = folder / "broker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*java, "-Xmx256m", "kafka.Kafka", str(conf)],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, log)
        yield Broker(f"127.0.0.1:{port}")
    finally:
        process.terminate()
        ended = process.wait(PATIENCE)
    assert ended == TERMINATED, log.read_text()[-4000:]


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the broker listens."""
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, log.read_text()[-4000:]
        assert time.monotonic() < end, "the broker does not listen"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":  # jars alone, to fill the cache
    sys.stdout.write(f"{_jars()}\n")
