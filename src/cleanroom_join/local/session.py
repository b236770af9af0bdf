"""
A local Spark session with Delta, in one call: for rehearsals and for tests.

Not for Databricks, which has a session already.  This package and
`cleanroom_join.spark` are the only ones that import PySpark, and this module is the
only one that configures anything.
"""

from __future__ import annotations

import os
import sys
import warnings
from importlib import metadata, resources
from typing import TYPE_CHECKING

from cleanroom_join.errors import MissingExtra
from cleanroom_join.local.jars import jar_settings, refuse_unfitting
from cleanroom_join.local.java import require_java

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession

__all__ = ["local_session"]

_DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": (
        "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    ),
    # The default of 50 is for logs of thousands of files.
    "spark.databricks.delta.snapshotPartitions": "2",
    # Hadoop's local file system forks two processes for every link that it reads, and
    # Delta writes a checksum after every commit: Java's own files instead, and none.
    "spark.delta.logStore.file.impl": "io.delta.storage.LocalLogStore",
    "spark.databricks.delta.writeChecksumFile.enabled": "false",
}
_STRICT = {
    "spark.sql.ansi.enabled": "true",  # what serverless compute runs
    "spark.sql.session.timeZone": "UTC",
}
_SMALL = {
    # Files that every task of a shuffle writes; the default of 200 is for clusters.
    "spark.sql.shuffle.partitions": "16",
    # VACUUM lists a table that has sub-folders with so many tasks; default: 10,000.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "16",
}
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Which line of Python made a column: for messages, which are replaced anyway.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.sql.debug.maxToStringFields": "1000",  # else it warns of wide plans
}

_SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m -XX:+UseSerialGC"
"""
A JVM that compiles quickly rather than well, and keeps what it has compiled.

Every query is code of its own, which runs once or twice: with the defaults, compiling
it took two fifths of the processor time of a rehearsal.
"""

_HARMLESS = (
    "Failed to set spark",  # static settings, which a Connect server has from its start
    "Attempted to automatically find the Spark Connect jars",  # PySpark 3.5: they come
    "'PYARROW_IGNORE_TIMEZONE'",  # of pandas-on-Spark, which is not used here
)
"""Beginnings of PySpark's warnings when a Connect session starts; all are harmless."""


def local_session(
    *,
    connect: bool = False,
    delta: bool = True,
    kafka: bool = False,
    master: str = "local[2]",
    memory: str = "2g",
    warehouse: Path | None = None,
    settings: Mapping[str, str] | None = None,
    short_lived: bool = False,
) -> SparkSession:
    """
    Start, or get, a local session that reads and writes Delta.

    UTC, ANSI on, quiet, and with the running interpreter for Python workers.  Spark
    resolves Delta's jars the first time; later sessions take them from
    ``~/.cache/cleanroom_join`` (or ``$XDG_CACHE_HOME``) and need no network.

    Args:
        connect: Whether to talk to it through Spark Connect, as Databricks does.
        delta: Whether it has Delta; without, it may be of a Spark that Delta has no
            jars for, and can tokenise but not release.
        kafka: Whether it reads Kafka topics: four more jars, in a folder of their own.
        master: Spark master; two cores by default.
        memory: Driver memory; executors of a local master live in the driver.
        warehouse: Folder of managed tables; a fresh temporary one by default.
        settings: Further Spark settings, which win over the ones made here.
        short_lived: Whether the JVM compiles quickly rather than well.  It saves two
            fifths of the processor time of a session of minutes, such as a rehearsal,
            and costs time where millions of rows go through one query.

    Raises:
        MissingExtra: If PySpark or delta-spark is not installed, if the two versions do
            not fit, if there is no Java that Spark runs on, or if the jars cannot be
            fetched.
    """
    try:
        delta_version = metadata.version("delta-spark") if delta else None
        import pyspark  # noqa: PLC0415 - optional, and slow to import
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise MissingExtra.of("local", "a local session") from None
    if delta_version is not None:
        refuse_unfitting(pyspark.__version__, delta_version)
    require_java(pyspark.__version__)
    _set_environment(connect=connect)
    logging = resources.files("cleanroom_join.local") / "log4j2.properties"
    java = [f"-Dlog4j2.configurationFile=file:{logging}", _SHORT_LIVED * short_lived]
    options = {
        **(_DELTA if delta else {}),
        **_STRICT,
        **_SMALL,
        **_QUIET,
        **jar_settings(pyspark.__version__, delta_version, settings or {}, kafka=kafka),
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": " ".join(java).strip(),
        **({"spark.sql.warehouse.dir": str(warehouse)} if warehouse else {}),
        **(settings or {}),
    }
    builder = SparkSession.builder.appName("cleanroom-join")
    builder = builder.remote(master) if connect else builder.master(master)
    for name, value in options.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        for harmless in _HARMLESS:
            warnings.filterwarnings("ignore", message=harmless)
        return builder.getOrCreate()


def _set_environment(*, connect: bool) -> None:
    """Set the variables that Spark reads when it starts."""
    # Workers of another Python than the driver's refuse to run.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    # Spark asks DNS for its own host name, which a laptop off line cannot answer.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if connect:
        os.environ["SPARK_TESTING"] = "1"  # an ephemeral port, so runs do not collide
