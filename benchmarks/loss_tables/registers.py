"""Registers of 5,000 people: one by state with a bound that is too low, one crossed."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.loss_tables.table import LossTable, dimension, two_registers

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row

__all__ = ["FEBRL", "SMALL_DIMENSIONS"]

PEOPLE = 5000
"""As many as FEBRL4 has originals."""

STATES = {
    "nsw": 335,
    "vic": 250,
    "qld": 190,
    "wa": 95,
    "sa": 75,
    "tas": 26,
    "act": 14,
    "nt": 8,
    None: 7,
}
"""Australian states; weights of the same shape as in FEBRL's data sets."""

COASTS = {
    "nsw": "east",
    "vic": "east",
    "qld": "east",
    "act": "east",
    "tas": "east",
    "wa": "west and centre",
    "sa": "west and centre",
    "nt": "west and centre",
}

HIGHEST_NUMBER = 500
"""The declared bound of a street number; 2 % of the numbers are above it."""

DIMENSIONS = {
    "sex": (["f", "m"], [52, 48], None),
    "age": (
        ["18-34", "35-49", "50-64", "65+"],
        [30, 28, 24, 18],
        {"18-34": "under 50", "35-49": "under 50", "50-64": "50+", "65+": "50+"},
    ),
    "area": (
        ["city", "suburb", "town", "village", "farm"],
        [40, 30, 18, 9, 3],
        {
            "city": "urban",
            "suburb": "urban",
            "town": "rural",
            "village": "rural",
            "farm": "rural",
        },
    ),
    "smoker": (["yes", "no"], [20, 80], None),
    "insured": (["yes", "no"], [88, 12], None),
}
"""Values, weights and coarser labels of each small dimension."""


def _by_state(seed: int) -> list[Row]:
    """Return people with a state and a street number."""
    draws = random.Random(seed)
    states, weights = list(STATES), list(STATES.values())
    seen: Counter[str | None] = Counter()
    rows: list[Row] = []
    for number in range(PEOPLE):
        state = draws.choices(states, weights)[0]
        street = min(int(draws.paretovariate(0.9)), HIGHEST_NUMBER)
        if seen[state] % 50 == 0:  # 2 % in every state
            street = draws.randint(HIGHEST_NUMBER + 1, 9999)
        seen[state] += 1
        rows.append({"person": f"{number}", "state": state, "street_number": street})
    return rows


def _crossed(seed: int) -> list[Row]:
    """Return people with a value of each small dimension, drawn independently."""
    draws = random.Random(seed)
    rows: list[Row] = []
    for number in range(PEOPLE):
        row: Row = {"person": f"{number}"}
        for name, (values, weights, _) in DIMENSIONS.items():
            row[name] = draws.choices(values, weights)[0]
        row["ill"] = draws.random() < (0.3 if row["smoker"] == "yes" else 0.15)
        rows.append(row)
    return rows


FEBRL = LossTable(
    name="febrl",
    about="5,000 people by state; 2 % of one measure are above its declared bound",
    contract=two_registers(
        name="febrl-by-state",
        records=[
            f'street_number = {{ measure = "int", min = 0, max = {HIGHEST_NUMBER} }}'
        ],
        people=[dimension("state", [s for s in STATES if s], COASTS)],
        group_by=["state"],
        measures=[
            'n = { function = "count" }',
            'mean_number = { function = "mean", column = "street_number" }',
        ],
        one_record_each=True,
    ),
    output="answer",
    rows=_by_state,
)

SMALL_DIMENSIONS = LossTable(
    name="small_dimensions",
    about="5,000 people in 160 leaves of five dimensions, 31 kinds of totals",
    contract=two_registers(
        name="small-dimensions",
        records=['ill = { measure = "boolean" }'],
        people=[
            dimension(name, values, parents)
            for name, (values, _, parents) in DIMENSIONS.items()
        ],
        group_by=list(DIMENSIONS),
        measures=[
            'n = { function = "count" }',
            'ill_rate = { function = "rate", column = "ill" }',
        ],
        one_record_each=True,
    ),
    output="answer",
    rows=_crossed,
)
