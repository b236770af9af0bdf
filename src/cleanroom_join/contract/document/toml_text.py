"""TOML text in, terms out; every fault is collected, none raised here."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract.document.contract_fields import CONTRACT
from cleanroom_join.contract.document.node import Node
from cleanroom_join.contract.terms.limits import is_short
from cleanroom_join.errors import Problem, printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.document.contract_fields import ContractDocument

__all__ = ["parse_toml", "read_document"]

_MAX_TEXT = 1_000_000
"""Longest contract, in characters; far more than anyone signs."""


def parse_toml(
    text: str, name: str = "contract"
) -> tuple[Mapping[str, object], list[Problem]]:
    """Parse TOML with exact decimals; a syntax error becomes a problem of *name*."""
    if len(text) > _MAX_TEXT:
        return {}, [Problem(name, "is longer than 1,000,000 characters", "E112")]
    try:
        return tomllib.loads(text, parse_float=_number), []
    except (ValueError, ArithmeticError, RecursionError) as error:
        return {}, [Problem(name, f"is not TOML: {printable(str(error))}", "E119")]


def _number(text: str) -> int | Decimal:
    """Return a number exactly; 1.0 means what 1 means, as in JSON Schema."""
    number = Decimal(text)
    return int(number) if is_short(number) and number == int(number) else number


def read_document(
    document: Mapping[str, object], problems: list[Problem]
) -> ContractDocument:
    """Return what a parsed document says; add what is wrong with it to *problems*."""
    return CONTRACT.read(Node(document, "", problems))
