"""
What an owner learns about its own table before it shares it: counts, and warnings.

No row and no Spark may come in: Spark counts (`spark.party.data_counts`), these modules
say what the counts mean for the contract.  The counts are exact, so none of this may
leave the owner's own workspace.
"""

from __future__ import annotations

from cleanroom_join.data_profile.bound_ladder import BoundLadder
from cleanroom_join.data_profile.column_facts import (
    DimensionFacts,
    FrequentValue,
    MeasureFacts,
    RepeatedSubjects,
    TableFacts,
)
from cleanroom_join.data_profile.contract_lines import ContractLine
from cleanroom_join.data_profile.data_warning import DataWarning, Effect
from cleanroom_join.data_profile.fact_texts import describe_facts
from cleanroom_join.data_profile.table_warnings import find_warnings

__all__ = [
    "BoundLadder",
    "ContractLine",
    "DataWarning",
    "DimensionFacts",
    "Effect",
    "FrequentValue",
    "MeasureFacts",
    "RepeatedSubjects",
    "TableFacts",
    "describe_facts",
    "find_warnings",
]
