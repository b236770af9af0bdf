"""
A local Spark session with Delta, in one call: for rehearsals and for tests.

Not for Databricks, which has a session already.  This module and
`cleanroom_join.spark` are the only ones that import PySpark, and this is the only
one that configures anything.
"""

from __future__ import annotations

import os
import sys
import warnings
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

__all__ = ["local_session"]

_DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": (
        "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    ),
    # The default of 50 is for logs of thousands of files.
    "spark.databricks.delta.snapshotPartitions": "2",
}
_STRICT = {
    "spark.sql.ansi.enabled": "true",  # what serverless compute runs
    "spark.sql.session.timeZone": "UTC",
}
_SMALL = {
    # Files that every task of a shuffle writes; the default of 200 is for clusters.
    "spark.sql.shuffle.partitions": "16",
}
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Which line of Python made a column: for messages, which are withheld anyway.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.sql.debug.maxToStringFields": "1000",  # else it warns of wide plans
}

_HARMLESS = (
    "Failed to set spark",  # static settings, which a Connect server has from its start
    "Attempted to automatically find the Spark Connect jars",  # PySpark 3.5: they come
    "'PYARROW_IGNORE_TIMEZONE'",  # of pandas-on-Spark, which nobody uses here
)
"""What PySpark warns of when a Connect session starts, to no purpose."""


def local_session(
    *,
    connect: bool = False,
    master: str = "local[2]",
    memory: str = "2g",
    warehouse: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> SparkSession:
    """
    Start, or get, a local session that reads and writes Delta.

    UTC, ANSI on, quiet, and with the running interpreter for Python workers.
    Delta's jars come through Spark's package resolution the first time, and from
    ``~/.cache/cleanroom_join`` (or ``$XDG_CACHE_HOME``) later, without a network.

    Args:
        connect: Whether to talk to it through Spark Connect, as Databricks does.
        master: Spark master; two cores by default.
        memory: Driver memory; executors of a local master live in the driver.
        warehouse: Folder of managed tables; a fresh temporary one by default.
        settings: Further Spark settings, which win over the ones made here.

    Raises:
        MissingExtra: If PySpark or delta-spark is not installed.
    """
    try:
        delta = metadata.version("delta-spark")
        import pyspark  # noqa: PLC0415 - optional, and slow to import
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise MissingExtra.of("local", "a local session") from None
    # Workers of another Python than the driver's refuse to run.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    # Spark asks DNS for its own host name, which a laptop off line cannot answer.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if connect:
        os.environ["SPARK_TESTING"] = "1"  # an ephemeral port, so runs do not collide
    jars = _Jars(pyspark.__version__, delta)
    logging = resources.files("cleanroom_join") / "local_log4j2.properties"
    options = {
        **_DELTA,
        **_STRICT,
        **_SMALL,
        **_QUIET,
        **jars.settings(),
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{logging}",
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
        session = builder.getOrCreate()
    jars.resolved()
    return session


class _Jars:
    """Delta's jars: resolved by Spark once, read from a folder afterwards."""

    def __init__(self, spark: str, delta: str) -> None:
        """Choose the artifacts for these versions."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._folder = cache / "cleanroom_join" / f"spark-{spark}-delta-{delta}"
        self._done = self._folder / "resolved"
        major, minor, *_ = spark.split(".")
        if int(major) >= 4:  # noqa: PLR2004 - Spark 4 is Scala 2.13 and has Connect inside
            self._packages = [f"io.delta:delta-spark_{major}.{minor}_2.13:{delta}"]
        else:
            self._packages = [
                f"io.delta:delta-spark_2.12:{delta}",
                f"org.apache.spark:spark-connect_2.12:{spark}",
            ]

    def settings(self) -> dict[str, str]:
        """Return the settings that put the jars on the class path."""
        if self._done.exists():
            jars = sorted(str(jar) for jar in (self._folder / "jars").glob("*.jar"))
            return {"spark.jars": ",".join(jars)}
        return {
            "spark.jars.packages": ",".join(self._packages),
            "spark.jars.ivy": str(self._folder),
        }

    def resolved(self) -> None:
        """Remember, after a session has started, that every jar is there."""
        if any((self._folder / "jars").glob("*.jar")):
            self._done.touch()
