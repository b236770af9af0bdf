"""
The jars of a local session: Delta's, and Connect's where PySpark does not bring it.

Those of the Kafka source are an extra.  Spark's own resolver fetches each set once,
into a folder of its own in the cache of this library.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from cleanroom_join.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "fill_once",
    "jar_settings",
    "kafka_packages",
    "packages",
    "refuse_unfitting",
]

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

_SCALA_2_13 = 4
"""First major version of Spark whose jars are of Scala 2.13."""

_PYSPARK_HAS = (
    "at.yawk.lz4:lz4-java",
    "com.google.code.findbugs:jsr305",
    "commons-logging:commons-logging",
    "org.apache.hadoop:hadoop-client-api",
    "org.apache.hadoop:hadoop-client-runtime",
    "org.lz4:lz4-java",
    "org.scala-lang.modules:scala-parallel-collections_2.13",
    "org.slf4j:slf4j-api",
    "org.spark-project.spark:unused",
    "org.xerial.snappy:snappy-java",
)
"""
What the Kafka source depends on and PySpark brings, or what holds no class.

Without these 55 MB four jars are left: the source, its delegation tokens, Kafka's
client and the pool of its consumers.
"""


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


def packages(spark: str, delta: str | None) -> list[str]:
    """Return the Maven packages that PySpark does not bring itself."""
    major, minor, *_ = spark.split(".")
    if int(major) >= _SCALA_2_13:  # it has Connect inside, too
        return [f"io.delta:delta-spark_{major}.{minor}_2.13:{delta}"] if delta else []
    connect = f"org.apache.spark:spark-connect_2.12:{spark}"
    return [f"io.delta:delta-spark_2.12:{delta}", connect] if delta else [connect]


def kafka_packages(spark: str) -> list[str]:
    """Return the Maven package of the Kafka source, which no PySpark brings."""
    scala = "2.13" if int(spark.split(".", maxsplit=1)[0]) >= _SCALA_2_13 else "2.12"
    return [f"org.apache.spark:spark-sql-kafka-0-10_{scala}:{spark}"]


def jar_settings(
    spark: str,
    delta: str | None,
    settings: Mapping[str, str],
    *,
    kafka: bool = False,
) -> dict[str, str]:
    """Return the setting that puts the packages' jars on the class path."""
    name = f"spark-{spark}" + (f"-delta-{delta}" if delta else "")
    jars = _cached(name, packages(spark, delta), settings)
    if kafka:
        jars += _cached(
            f"spark-{spark}-kafka", kafka_packages(spark), settings, _PYSPARK_HAS
        )
    return {"spark.jars": ",".join(sorted(jars))} if jars else {}


def _cached(
    name: str,
    wanted: Sequence[str],
    settings: Mapping[str, str],
    excluded: Sequence[str] = (),
) -> list[str]:
    """Return the jars of Maven packages, fetched if the cache has no such folder."""
    if not wanted:
        return []
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "cleanroom_join" / "jars" / name
    if not folder.is_dir():
        fill_once(folder, lambda target: _resolve(wanted, target, settings, excluded))
    return [str(jar) for jar in folder.glob("*.jar")]


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
    wanted: Sequence[str],
    target: Path,
    settings: Mapping[str, str],
    excluded: Sequence[str] = (),
) -> None:
    """
    Let Spark resolve Maven packages into *target*, by submitting an empty program.

    The caller's settings about jars, such as another repository, hold here too.
    Without a caller's ``spark.jars.ivySettings``, Spark asks no local cache of Maven or
    Ivy: such a cache may hold a package's description without its jar, and then the
    resolution fails although the repository has the jar.

    Raises:
        MissingExtra: If Spark cannot; the error names the log.
    """
    import pyspark  # noqa: PLC0415 - optional, and slow to import

    home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
    submit = "spark-submit.cmd" if os.name == "nt" else "spark-submit"
    ivy, program = target.with_name("ivy"), target.with_name("empty.py")
    log = target.parents[1] / f"resolution-{os.getpid()}.log"
    program.write_text("")
    resolvers = target.with_name("ivysettings.xml")
    resolvers.write_text(_central_alone(), encoding="utf-8")
    options = {
        "spark.jars.ivySettings": str(resolvers),
        **({"spark.jars.excludes": ",".join(excluded)} if excluded else {}),
        **{n: v for n, v in settings.items() if n.startswith("spark.jars.")},
        "spark.jars.packages": ",".join(wanted),
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
        raise MissingExtra.jars(wanted, str(log))
    (ivy / "jars").rename(target)
    log.unlink(missing_ok=True)


def _central_alone() -> str:
    """
    Return settings of Ivy with Maven Central, or what stands for it, and no cache.

    ``DEFAULT_ARTIFACT_REPOSITORY`` is Spark's own variable for another repository in
    the place of Maven Central (Spark, "Submitting Applications").
    """
    instead = os.environ.get("DEFAULT_ARTIFACT_REPOSITORY")
    root = f" root={quoteattr(instead)}" if instead else ""
    return (
        '<ivysettings><settings defaultResolver="central"/><resolvers>'
        f'<ibiblio name="central" m2compatible="true"{root}/>'
        "</resolvers></ivysettings>"
    )
