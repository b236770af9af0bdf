"""
The contract as JSON Schema, draft 2020-12, with which editors complete it.

A schema cannot tell a date from a date in quotes, counts no digits, knows no classes of
characters, and compares no two keys: what it accepts, `Contract.load` still judges.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cleanroom_join.contract.document.contract_fields import CONTRACT

if TYPE_CHECKING:
    from cleanroom_join.contract.document.scalars import Schema

__all__ = ["contract_schema", "schema_text"]


def contract_schema() -> Schema:
    """Return the schema of the whole document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contract of a clean room",
        "description": "What two companies agree on before they join their tables.",
        **CONTRACT.schema(),
    }


def schema_text() -> str:
    """Return the schema as JSON text: keys sorted, the same bytes everywhere."""
    return json.dumps(contract_schema(), indent=2, sort_keys=True) + "\n"
