"""
Drafts the first contract of two tables from facts about their columns.

No Spark and no row may come in: facts are shares, counts, and labels of at least k
subjects.  `cleanroom_join.spark.first_contract` collects them on one machine.
"""

from __future__ import annotations
