"""
What both companies sign: its terms, read strictly, with one digest and one policy.

No data, no Spark and no key may come in; whatever is here, either company may see.
"""

from __future__ import annotations

from cleanroom_join.contract.check.outputs import check_output, count_possible_cells
from cleanroom_join.contract.contract import AssetTerms, Contract
from cleanroom_join.contract.resolve import resolve
from cleanroom_join.contract.terms.columns import (
    ALL,
    OTHER,
    Column,
    Dimension,
    DimensionType,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
    labels_above,
)
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import (
    Argument,
    Function,
    OutputFunction,
    OutputType,
    Quantities,
)
from cleanroom_join.contract.terms.hierarchy_levels import CellLabels, Level
from cleanroom_join.contract.terms.identifier import (
    DateFormat,
    Holds,
    Identifier,
    TokenKind,
)
from cleanroom_join.contract.terms.model import (
    ENTRY_TABLE,
    Asset,
    ContractTerms,
    Key,
    KeyState,
    LedgerTerms,
    Measure,
    Membership,
    Output,
    Party,
    Reveal,
    Role,
    Subject,
    TokenSettings,
)
from cleanroom_join.contract.terms.policy import (
    DifferencingAction,
    Policy,
    PolicyOverrides,
    Protection,
    strictest,
)
from cleanroom_join.contract.terms.query import (
    COHORT_SIZE,
    UNREGISTERED,
    CountedSubject,
    OutputColumn,
    Query,
)
from cleanroom_join.contract.terms.revocation import (
    OnSuspension,
    RevocationTerms,
    state_name,
)
from cleanroom_join.contract.terms.settings import COHORT_FLOOR
from cleanroom_join.contract.terms.value_facet import ValueFacet

__all__ = [
    "ALL",
    "COHORT_FLOOR",
    "COHORT_SIZE",
    "ENTRY_TABLE",
    "FUNCTIONS",
    "OTHER",
    "UNREGISTERED",
    "Argument",
    "Asset",
    "AssetTerms",
    "CellLabels",
    "Column",
    "Contract",
    "ContractTerms",
    "CountedSubject",
    "DateFormat",
    "DifferencingAction",
    "Dimension",
    "DimensionType",
    "Function",
    "Holds",
    "Identifier",
    "Key",
    "KeyState",
    "LedgerTerms",
    "Level",
    "Measure",
    "MeasureColumn",
    "MeasureType",
    "Membership",
    "OnSuspension",
    "Output",
    "OutputColumn",
    "OutputFunction",
    "OutputType",
    "Party",
    "Policy",
    "PolicyOverrides",
    "Protection",
    "Quantities",
    "Query",
    "Reveal",
    "RevocationTerms",
    "Role",
    "Subject",
    "SubjectColumn",
    "TokenKind",
    "TokenSettings",
    "ValueFacet",
    "check_output",
    "count_possible_cells",
    "labels_above",
    "resolve",
    "state_name",
    "strictest",
]
