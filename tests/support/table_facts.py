"""Facts of a table, counted in plain Python from rows that a test writes down."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal

from cleanroom_join.contract import DimensionType, MeasureType
from cleanroom_join.data_profile import BoundLadder, DimensionFacts, MeasureFacts

__all__ = ["dimension_facts", "measure_facts", "shown_facts"]


def measure_facts(measure, values) -> MeasureFacts:
    """Return the facts of a measure column that has these values."""
    numbers = [v for v in values if v is not None and math.isfinite(v)]
    if measure.type is MeasureType.BOOLEAN:
        rungs = Counter([0] * len(numbers))
    else:
        ladder = BoundLadder.of(measure)
        rungs = Counter(ladder.rung(Decimal(v), measure) for v in numbers)
    return MeasureFacts(
        column=measure,
        nulls=sum(v is None for v in values),
        not_finite=sum(v is not None and not math.isfinite(v) for v in values),
        inside=rungs[0],
        above={rung: n for rung, n in rungs.items() if rung > 0},
        below={-rung: n for rung, n in rungs.items() if rung < 0},
    )


def dimension_facts(dimension, values) -> DimensionFacts:
    """Return the facts of a dimension that has these values, without frequent ones."""
    boolean = dimension.type is DimensionType.BOOLEAN
    texts = Counter(
        v if v is None else str(v).lower() if boolean else str(v) for v in values
    )
    nulls = texts.pop(None, 0)
    counts = tuple(texts.pop(value, 0) for value in dimension.values)
    return DimensionFacts(
        column=dimension, nulls=nulls, counts=counts, others=sum(texts.values())
    )


def shown_facts(facts) -> tuple:
    """Return everything that a column's facts hold, so that a test can compare them."""
    return tuple(
        dict(value) if hasattr(value, "items") else value
        for value in (getattr(facts, name) for name in facts.__slots__)
        if not (isinstance(value, tuple) and value and hasattr(value[0], "text"))
    )
