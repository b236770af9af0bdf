"""Four made-up tables, each with one thing that makes suppression hard."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.loss_tables.table import LossTable, dimension, two_registers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.attacks.game import Row

__all__ = ["CROSSED"]

COUNT = 'n = { function = "count" }'


def _values(prefix: str, count: int) -> list[str]:
    """Return so many labels that begin alike."""
    return [f"{prefix}{i + 1}" for i in range(count)]


def _zipf(draws: random.Random, values: Sequence[str], exponent: float) -> str:
    """Return a value; the first is the most frequent, by Zipf's law."""
    weights = [1 / (i + 1) ** exponent for i in range(len(values))]
    return draws.choices(values, weights)[0]


def _records(draws: random.Random, people: int, mean: float) -> Iterator[str]:
    """Yield a person for each record; how many one has is exponential."""
    for person in range(people):
        for _ in range(1 + int(draws.expovariate(1 / mean))):
            yield f"{person}"


REGIONS, PRODUCTS, CHANNELS = _values("r", 4), _values("p", 5), _values("c", 3)


def _rare_null(seed: int) -> list[Row]:
    """Return purchases; the region of one person in 200 is NULL."""
    draws = random.Random(seed)
    homes = [
        None if draws.random() < 0.005 else _zipf(draws, REGIONS, 0.5)
        for _ in range(30_000)
    ]
    return [
        {
            "person": person,
            "region": homes[int(person)],
            "product": _zipf(draws, PRODUCTS, 0.8),
            "channel": _zipf(draws, CHANNELS, 1),
            "returned": draws.random() < 0.1,
        }
        for person in _records(draws, len(homes), 1.2)
    ]


TRADES, TOWNS = _values("t", 10), _values("w", 6)


def _two_rates(seed: int) -> list[Row]:
    """Return cases; one flag is frequent, the other true of one case in 80."""
    draws = random.Random(seed)
    homes = [_zipf(draws, TOWNS, 0.7) for _ in range(40_000)]
    return [
        {
            "person": person,
            "trade": _zipf(draws, TRADES, 0.9),
            "town": homes[int(person)],
            "late": draws.random() < 0.12,
            "lost": draws.random() < 1 / 80,
        }
        for person in _records(draws, len(homes), 0.8)
    ]


MODELS, SHOPS = _values("m", 15), _values("s", 12)


def _sparse(seed: int) -> list[Row]:
    """Return sales; most of the 180 leaves have few people or none."""
    draws = random.Random(seed)
    return [
        {
            "person": f"{person}",
            "model": _zipf(draws, MODELS, 1.6),
            "shop": _zipf(draws, SHOPS, 1.4),
            "price": round(draws.uniform(5, 200)),
        }
        for person in range(12_000)
    ]


FIELDS, DISTRICTS = _values("f", 6), _values("d", 5)


def _two_kinds(seed: int) -> list[Row]:
    """Return visits: a patient of a district sees a doctor of a field."""
    draws = random.Random(seed)
    doctors: dict[str, list[str]] = {field: [] for field in FIELDS}
    for number in range(1200):
        doctors[_zipf(draws, FIELDS, 0.8)].append(f"doctor{number}")
    homes = [_zipf(draws, DISTRICTS, 1) for _ in range(15_000)]
    rows: list[Row] = []
    for person in _records(draws, len(homes), 1.5):
        field = _zipf(draws, FIELDS, 1)
        rows.append(
            {
                "person": person,
                "doctor": draws.choice(doctors[field]),
                "field": field,
                "district": homes[int(person)],
                "urgent": draws.random() < 0.2,
            }
        )
    return rows


CROSSED = (
    LossTable(
        name="rare_null",
        about="4 x 5 x 3, region NULL for one person in 200",
        contract=two_registers(
            name="rare-null",
            records=[
                dimension("product", PRODUCTS),
                dimension("channel", CHANNELS),
                'returned = { measure = "boolean" }',
            ],
            people=[dimension("region", REGIONS)],
            group_by=["region", "product", "channel"],
            measures=[COUNT, 'returns = { function = "rate", column = "returned" }'],
        ),
        output="answer",
        rows=_rare_null,
    ),
    LossTable(
        name="two_rates",
        about="10 x 6 with coarser towns, one frequent and one rare flag",
        contract=two_registers(
            name="two-rates",
            records=[
                dimension("trade", TRADES),
                'late = { measure = "boolean" }',
                'lost = { measure = "boolean" }',
            ],
            people=[
                dimension(
                    "town",
                    TOWNS,
                    {town: f"area{i // 2 + 1}" for i, town in enumerate(TOWNS)},
                )
            ],
            group_by=["trade", "town"],
            measures=[
                COUNT,
                'late_rate = { function = "rate", column = "late" }',
                'lost_rate = { function = "rate", column = "lost" }',
            ],
        ),
        output="answer",
        rows=_two_rates,
    ),
    LossTable(
        name="sparse",
        about="15 x 12 leaves for 12,000 people: most have few or none",
        contract=two_registers(
            name="sparse",
            records=['price = { measure = "int", min = 0, max = 200 }'],
            people=[dimension("model", MODELS), dimension("shop", SHOPS)],
            group_by=["model", "shop"],
            measures=[COUNT, 'price_mean = { function = "mean", column = "price" }'],
            one_record_each=True,
        ),
        output="answer",
        rows=_sparse,
    ),
    LossTable(
        name="two_subjects",
        about="6 x 5, and every figure needs 100 doctors beside 100 patients",
        contract=two_registers(
            name="two-subjects",
            records=[
                'doctor = { subject = "doctor", source = "doctor_id" }',
                dimension("field", FIELDS),
                'urgent = { measure = "boolean" }',
            ],
            people=[dimension("district", DISTRICTS)],
            group_by=["field", "district"],
            measures=[
                COUNT,
                'doctors = { function = "count_distinct", column = "doctor" }',
                'urgent_rate = { function = "rate", column = "urgent" }',
            ],
            other_subjects='[subjects.doctor]\nkind = "account"\n',
        ),
        output="answer",
        rows=_two_kinds,
    ),
)
