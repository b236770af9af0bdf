"""Lines of TOML that an owner can paste into the contract instead of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleanroom_join.contract import DimensionType, MeasureType
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from cleanroom_join.contract import Asset, Dimension, MeasureColumn

__all__ = ["ContractLine", "domain_line", "measure_line", "number_text"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractLine:
    """A line to paste, and the table of the contract that it stands in."""

    table: str
    """Such as ``[assets.claims.columns]``."""
    line: str


def measure_line(
    asset: Asset, measure: MeasureColumn, minimum: Decimal, maximum: Decimal
) -> ContractLine:
    """Return the declaration of a measure column with other bounds."""
    other = replace(measure, minimum=minimum, maximum=maximum)
    keys = [
        f'measure = "{other.type.value}"',
        f"min = {_number(other.minimum)}",
        f"max = {_number(other.maximum)}",
    ]
    if other.type is MeasureType.DECIMAL and other.scale:
        keys.append(f"scale = {other.scale}")
    return ContractLine(
        table=f"[assets.{asset.name}.columns]",
        line=f"{other.name} = {{ {', '.join(keys)} }}",
    )


def domain_line(
    asset: Asset, dimension: Dimension, values: Sequence[str]
) -> ContractLine:
    """Return the key of a dimension with another domain; its other keys stay."""
    if dimension.type is DimensionType.STRING:
        # A JSON string is a TOML string, as long as all its characters are visible.
        items = [json.dumps(value, ensure_ascii=False) for value in values]
    elif dimension.type is DimensionType.INT:
        items = list(values)
    elif dimension.type is DimensionType.BOOLEAN:
        items = []
    else:
        assert_never(dimension.type)
    return ContractLine(
        table=f"[assets.{asset.name}.columns.{dimension.name}]",
        line=f"dimension = [{', '.join(items)}]",
    )


def number_text(number: Decimal) -> str:
    """
    Return a number as people write it.

    Examples:
        >>> from decimal import Decimal
        >>> [number_text(Decimal(n)) for n in ("1E+4", "-0.50", "0")]
        ['10,000', '-0.5', '0']
    """
    return f"{number.normalize() + 0:,f}"


def _number(number: Decimal) -> str:
    """Return a number as TOML has it."""
    return number_text(number).replace(",", "")
