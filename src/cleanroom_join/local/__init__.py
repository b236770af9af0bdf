"""
Local Spark sessions with Delta, for rehearsals and for tests.

No table, no contract and no decision; nothing here runs on Databricks.
"""

from __future__ import annotations

from cleanroom_join.local.session import local_session

__all__ = ["local_session"]
