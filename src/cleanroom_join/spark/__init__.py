"""
The Spark shell; beside it only the front doors and `local` import PySpark.

`cleanroom_join.party` and `cleanroom_join.room` are what users import.
"""

from __future__ import annotations
