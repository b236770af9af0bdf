"""5,202 leaves and 954 totals with two rates: the table of `benchmarks/audit.py`."""

from __future__ import annotations

import random
from itertools import accumulate
from typing import TYPE_CHECKING

from benchmarks.loss_tables.table import LossTable, dimension, two_registers

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row

__all__ = ["LARGE"]

DIMENSIONS = {
    name: [f"{name}{i}" for i in range(size)]
    for name, size in {"a": 17, "b": 17, "c": 18}.items()
}

PEOPLE = 300_000
EXPONENT = 0.8
"""Of Zipf's law, in each dimension."""


def _rows(seed: int) -> list[Row]:
    """Return people with a value of each dimension and two flags."""
    draws = random.Random(seed)
    columns = {
        name: draws.choices(
            values,
            cum_weights=list(
                accumulate(1 / (i + 1) ** EXPONENT for i in range(len(values)))
            ),
            k=PEOPLE,
        )
        for name, values in DIMENSIONS.items()
    }
    return [
        {
            "person": person,
            "a": a,
            "b": b,
            "c": c,
            "fraud": draws.random() < 0.1,
            "ill": draws.random() < 0.1,
        }
        for person, (a, b, c) in enumerate(zip(*columns.values(), strict=True))
    ]


LARGE = LossTable(
    name="large",
    about="17 x 17 x 18 leaves with all totals and two rates",
    contract=two_registers(
        name="large",
        records=['fraud = { measure = "boolean" }', 'ill = { measure = "boolean" }'],
        people=[dimension(name, values) for name, values in DIMENSIONS.items()],
        group_by=list(DIMENSIONS),
        measures=[
            'n = { function = "count" }',
            'fraud_rate = { function = "rate", column = "fraud" }',
            'ill_rate = { function = "rate", column = "ill" }',
        ],
        one_record_each=True,
        policy="max_cells = 20000",
    ),
    output="answer",
    rows=_rows,
)
