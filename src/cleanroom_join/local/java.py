"""
The Java runtime that a local session would start, and whether Spark runs on it.

Spark takes ``$JAVA_HOME/bin/java``, or else ``java`` from the path.  Without this look
a missing or old Java is a traceback of PySpark's gateway, which names neither.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from cleanroom_join.errors import MissingExtra

__all__ = ["require_java"]

_OLDEST_FOR = {"3": 8, "4": 17}
"""The oldest major version of Java by that of Spark (Spark, "Overview")."""

_PATIENCE = 60
"""Seconds after which a Java that does not answer counts as broken."""


def require_java(spark: str) -> None:
    """
    Refuse to go on without a Java runtime that this version of Spark runs on.

    Raises:
        MissingExtra: With the version found, the oldest that fits, and what to do.
    """
    needed = _OLDEST_FOR.get(spark.split(".", maxsplit=1)[0], max(_OLDEST_FOR.values()))
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else "java"
    if shutil.which(program) is None:
        raise MissingExtra.java(needed, None, has_home=bool(home))
    found = _major_version(program)
    if found is None or found < needed:
        raise MissingExtra.java(needed, found, has_home=bool(home))


def _major_version(program: str) -> int | None:
    """Return the major version of a Java runtime; None if it does not say."""
    try:
        done = subprocess.run(  # noqa: S603 - the Java that Spark would start
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Before Java 9 the major version was the second number: "1.8.0_402".
    said = re.search(rb'version "(?:1[.])?([0-9]+)', done.stdout)
    return int(said[1]) if said and not done.returncode else None
