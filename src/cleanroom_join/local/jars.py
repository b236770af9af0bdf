"""
The jars of a local session: Delta's, and Connect's where PySpark does not bring it.

Spark's own resolver fetches them once, into a cache of this library.
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

__all__ = ["fill_once", "jar_settings", "packages", "refuse_unfitting"]

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
    if int(major) >= 4:  # noqa: PLR2004 - Spark 4 is Scala 2.13 and has Connect inside
        return [f"io.delta:delta-spark_{major}.{minor}_2.13:{delta}"] if delta else []
    connect = f"org.apache.spark:spark-connect_2.12:{spark}"
    return [f"io.delta:delta-spark_2.12:{delta}", connect] if delta else [connect]


def jar_settings(
    spark: str, delta: str | None, settings: Mapping[str, str]
) -> dict[str, str]:
    """Return the setting that puts the packages' jars on the class path."""
    wanted = packages(spark, delta)
    if not wanted:
        return {}
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"spark-{spark}" + (f"-delta-{delta}" if delta else "")
    folder = cache / "cleanroom_join" / "jars" / name
    if not folder.is_dir():
        fill_once(folder, lambda target: _resolve(wanted, target, settings))
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


def _resolve(wanted: Sequence[str], target: Path, settings: Mapping[str, str]) -> None:
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
