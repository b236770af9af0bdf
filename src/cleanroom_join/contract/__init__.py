"""What both companies sign: model, strict TOML in, digest, strictest policy."""

from __future__ import annotations

from cleanroom_join.contract.check import COHORT_SIZE, check_output, possible_cells
from cleanroom_join.contract.contract import AssetTerms, Contract
from cleanroom_join.contract.identifier import (
    PARTS_ONLY,
    DateFormat,
    Identifier,
    TokenKind,
)
from cleanroom_join.contract.levels import CellKey, Level
from cleanroom_join.contract.model import (
    ALL,
    OTHER,
    Asset,
    Column,
    ContractTerms,
    Dimension,
    DimensionType,
    Function,
    Key,
    KeyState,
    Measure,
    MeasureColumn,
    MeasureType,
    Output,
    Party,
    Role,
    Subject,
    SubjectColumn,
    TokenSettings,
)
from cleanroom_join.contract.policy import (
    COHORT_FLOOR,
    DifferencingAction,
    Policy,
    PolicyOverrides,
    Protection,
    strictest,
)
from cleanroom_join.contract.question import (
    CountedSubject,
    OutputColumn,
    OutputType,
    Question,
    resolve,
)

__all__ = [
    "ALL",
    "COHORT_FLOOR",
    "COHORT_SIZE",
    "OTHER",
    "PARTS_ONLY",
    "Asset",
    "AssetTerms",
    "CellKey",
    "Column",
    "Contract",
    "ContractTerms",
    "CountedSubject",
    "DateFormat",
    "DifferencingAction",
    "Dimension",
    "DimensionType",
    "Function",
    "Identifier",
    "Key",
    "KeyState",
    "Level",
    "Measure",
    "MeasureColumn",
    "MeasureType",
    "Output",
    "OutputColumn",
    "OutputType",
    "Party",
    "Policy",
    "PolicyOverrides",
    "Protection",
    "Question",
    "Role",
    "Subject",
    "SubjectColumn",
    "TokenKind",
    "TokenSettings",
    "check_output",
    "possible_cells",
    "resolve",
    "strictest",
]
