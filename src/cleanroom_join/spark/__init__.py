"""
The Spark shell: it reads tables, counts, and writes what the pure core decides.

No decision may come in.  Only this folder and `local` import PySpark;
`cleanroom_join.party` and `cleanroom_join.room` are what users import.  Whatever is
imported from here begins with this file, which says what to install without PySpark.
"""

from __future__ import annotations

from importlib.util import find_spec

from cleanroom_join.errors import MissingExtra

if find_spec("pyspark") is None:
    raise MissingExtra.of("local", "what runs on Spark")
