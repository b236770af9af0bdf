"""What both companies sign: model, strict TOML in, digest, strictest policy."""

from __future__ import annotations

from cleanroom_join.contract.check_question import (
    COHORT_SIZE,
    check_output,
    possible_cells,
)
from cleanroom_join.contract.columns import (
    ALL,
    OTHER,
    Column,
    Dimension,
    DimensionType,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.contract.contract import AssetTerms, Contract
from cleanroom_join.contract.identifier import (
    PARTS_ONLY,
    DateFormat,
    Identifier,
    TokenKind,
)
from cleanroom_join.contract.levels import CellKey, Level
from cleanroom_join.contract.model import (
    Asset,
    ContractTerms,
    Function,
    Key,
    KeyState,
    LedgerTerms,
    Measure,
    Output,
    Party,
    Reveal,
    Role,
    Subject,
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
    "LedgerTerms",
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
    "Reveal",
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
