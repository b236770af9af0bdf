"""
The Spark shell: it reads tables, counts, and writes what the pure core decides.

No decision may come in.  Only this folder and `local` import PySpark;
`cleanroom_join.party` and `cleanroom_join.room` are what users import.
"""

from __future__ import annotations
