"""
A local Spark session with Delta, in one call: for rehearsals and for tests.

Not for Databricks, which has a session already.  This module and
`cleanroom_join.spark` are the only ones that import PySpark, and this is the only
one that configures anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyspark.sql import SparkSession

__all__ = ["local_session"]

_DELTA_FOR = {
    "3.5": ("3.3.3", "3.3.2"),
    "4.0": ("4.4.0",),
    "4.1": ("4.4.0",),
    "4.2": ("4.4.0",),
}
"""
Versions of delta-spark that fit each minor version of PySpark, the newest first.

Delta publishes its jars per minor version of Spark; for other pairs there are none, or
nobody has tried them.
"""
_NEWEST = "4.2"

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
    # Which line of Python made a column: for messages, which are replaced anyway.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.sql.debug.maxToStringFields": "1000",  # else it warns of wide plans
}

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
    master: str = "local[2]",
    memory: str = "2g",
    warehouse: Path | None = None,
    settings: Mapping[str, str] | None = None,
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
        master: Spark master; two cores by default.
        memory: Driver memory; executors of a local master live in the driver.
        warehouse: Folder of managed tables; a fresh temporary one by default.
        settings: Further Spark settings, which win over the ones made here.

    Raises:
        MissingExtra: If PySpark or delta-spark is not installed, if the two versions do
            not fit, or if the jars cannot be fetched.
    """
    try:
        delta_version = metadata.version("delta-spark") if delta else None
        import pyspark  # noqa: PLC0415 - optional, and slow to import
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise MissingExtra.of("local", "a local session") from None
    if delta_version is not None:
        refuse_unfitting(pyspark.__version__, delta_version)
    _set_environment(connect=connect)
    logging = resources.files("cleanroom_join") / "local_log4j2.properties"
    options = {
        **(_DELTA if delta else {}),
        **_STRICT,
        **_SMALL,
        **_QUIET,
        **_jar_settings(pyspark.__version__, delta_version, settings or {}),
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


def refuse_unfitting(spark: str, delta: str) -> None:
    """
    Refuse versions of PySpark and delta-spark without common jars.

    Raises:
        MissingExtra: With a pair that fits, of the same PySpark if possible.
    """
    minor = ".".join(spark.split(".")[:2])
    if delta not in _DELTA_FOR.get(minor, ()):
        fitting = minor if minor in _DELTA_FOR else _NEWEST
        raise MissingExtra.unfitting(
            (spark, delta), (f"{fitting}.*", _DELTA_FOR[fitting][0])
        )


def _packages(spark: str, delta: str | None) -> list[str]:
    """Return the Maven packages that PySpark does not bring itself."""
    major, minor, *_ = spark.split(".")
    if int(major) >= 4:  # noqa: PLR2004 - Spark 4 is Scala 2.13 and has Connect inside
        return [f"io.delta:delta-spark_{major}.{minor}_2.13:{delta}"] if delta else []
    connect = f"org.apache.spark:spark-connect_2.12:{spark}"
    return [f"io.delta:delta-spark_2.12:{delta}", connect] if delta else [connect]


def _jar_settings(
    spark: str, delta: str | None, settings: Mapping[str, str]
) -> dict[str, str]:
    """Return the setting that puts the packages' jars on the class path."""
    packages = _packages(spark, delta)
    if not packages:
        return {}
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"spark-{spark}" + (f"-delta-{delta}" if delta else "")
    folder = cache / "cleanroom_join" / "jars" / name
    if not folder.is_dir():
        fill_once(folder, lambda target: _resolve(packages, target, settings))
    return {"spark.jars": ",".join(sorted(str(jar) for jar in folder.glob("*.jar")))}


def fill_once(folder: Path, fetch: Callable[[Path], None]) -> None:
    """
    Fill a folder of the cache, which other processes may fill at the same time.

    Every process fetches into a folder of its own and then renames it.  A rename on one
    file system is atomic, so *folder* is either complete or not there.  If another
    process was faster, what it fetched stays, and this process uses it.

    Args:
        folder: What to fill.
        fetch: Creates the folder that it is given, and fetches into it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name}-"
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=prefix) as own:
        fetched = Path(own) / "fetched"
        fetch(fetched)
        try:
            fetched.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def _resolve(
    packages: Sequence[str], target: Path, settings: Mapping[str, str]
) -> None:
    """
    Let Spark resolve Maven packages into *target*, by submitting an empty program.

    The caller's settings about jars, such as another repository, hold here too.

    Raises:
        MissingExtra: If Spark cannot; the error names the log.
    """
    import pyspark  # noqa: PLC0415 - optional, and slow to import

    home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
    submit = "spark-submit.cmd" if os.name == "nt" else "spark-submit"
    ivy, program = target.with_name("ivy"), target.with_name("empty.py")
    log = target.parents[1] / f"resolution-{os.getpid()}.log"
    program.write_text("")
    options = {
        **{n: v for n, v in settings.items() if n.startswith("spark.jars.")},
        "spark.jars.packages": ",".join(packages),
        "spark.jars.ivy": str(ivy),
    }
    command = [str(home / "bin" / submit), "--master", "local[1]"]
    for name, value in options.items():
        command += ["--conf", f"{name}={value}"]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603 - PySpark's own program, our arguments
            [*command, str(program)], stdout=output, stderr=output, check=False
        )
    if done.returncode or not (ivy / "jars").is_dir():
        raise MissingExtra.jars(packages, str(log))
    (ivy / "jars").rename(target)
    log.unlink(missing_ok=True)
