"""
Two tables with the shapes of well-known examples of cell suppression.

Shapes only: the numbers are made up, with enough people for a threshold of 100.

- sdcTable's vignette crosses a region with sub-regions, a sex and a variable of six
  values (https://cran.r-project.org/package=sdcTable, vignette "sdcTable").
- The test data of tau-ARGUS cross regions of four parts of a country with size classes
  of enterprises (https://github.com/sdcTools/tauargus, data/region2.hrc).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.loss_tables.table import LossTable, dimension, two_registers

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row

__all__ = ["INDUSTRY", "REGIONS"]

RESIDENTS = 20_000
REGION_WEIGHTS = {"A": 30, "Ba": 5, "Bb": 8, "Bc": 12, "C": 25, "D": 20}
SUBREGIONS = {"Ba": "B", "Bb": "B", "Bc": "B"}
SEX_WEIGHTS = {"m": 47, "w": 53}
GROUP_WEIGHTS = {"a": 30, "b": 25, "c": 20, "d": 12, "e": 8, "f": 5}

ENTERPRISES = 40_000
PROVINCES = {
    "north": ("n1", "n2", "n3"),
    "east": ("e1", "e2", "e3"),
    "west": ("w1", "w2", "w3", "w4"),
    "south": ("s1", "s2"),
}
PROVINCE_WEIGHTS = (3, 2, 2, 5, 9, 2, 6, 14, 19, 3, 12, 7)
SIZES = {"1": 60, "2-4": 22, "5-9": 9, "10-49": 6, "50-99": 2, "100+": 1}
"""Persons employed, with how many enterprises of 100 have so many."""
GIANTS = (("w2", "2-4"), ("s1", "5-9"))
"""Cells of which one enterprise has nearly all turnover."""
GIANT_TURNOVER, MOST_TURNOVER = 10_000_000, 20_000_000
"""Of such an enterprise, and the declared bound; in thousands."""


def _drawn(draws: random.Random, weights: dict[str, int]) -> str:
    """Return one value, drawn by its weight."""
    return draws.choices(list(weights), list(weights.values()))[0]


def _residents(seed: int) -> list[Row]:
    """Return people with a region, a sex, a group and an amount."""
    draws = random.Random(seed)
    return [
        {
            "person": f"{number}",
            "region": _drawn(draws, REGION_WEIGHTS),
            "sex": _drawn(draws, SEX_WEIGHTS),
            "group": _drawn(draws, GROUP_WEIGHTS),
            "amount": draws.randint(0, 1000),
        }
        for number in range(RESIDENTS)
    ]


def _enterprises(seed: int) -> list[Row]:
    """Return enterprises with province, size and turnover; large ones have most."""
    draws = random.Random(seed)
    provinces = [province for part in PROVINCES.values() for province in part]
    rows: list[Row] = []
    for number in range(ENTERPRISES):
        size = _drawn(draws, SIZES)
        scale = 4 + 1.1 * list(SIZES).index(size)
        rows.append(
            {
                "person": f"{number}",
                "region": draws.choices(provinces, PROVINCE_WEIGHTS)[0],
                "size": size,
                "turnover": int(draws.lognormvariate(scale, 1.4)),
            }
        )
    for cell in GIANTS:
        first = next(row for row in rows if (row["region"], row["size"]) == cell)
        first["turnover"] = GIANT_TURNOVER
    return rows


REGIONS = LossTable(
    name="sdctable",
    about="the shape of sdcTable's vignette: region and sub-regions x sex x six groups",
    contract=two_registers(
        name="regions",
        records=['amount = { measure = "int", min = 0, max = 1000 }'],
        people=[
            dimension("region", list(REGION_WEIGHTS), SUBREGIONS),
            dimension("sex", list(SEX_WEIGHTS)),
            dimension("group", list(GROUP_WEIGHTS)),
        ],
        group_by=["region", "sex", "group"],
        measures=[
            'n = { function = "count" }',
            'amount_sum = { function = "sum", column = "amount" }',
        ],
        one_record_each=True,
    ),
    output="answer",
    rows=_residents,
)

INDUSTRY = LossTable(
    name="tau_argus",
    about="the shape of tau-ARGUS's test data: 12 provinces x 6 sizes, skewed turnover",
    contract=two_registers(
        name="enterprises",
        records=[
            f'turnover = {{ measure = "int", min = 0, max = {MOST_TURNOVER} }}',
        ],
        people=[
            dimension(
                "region",
                [province for part in PROVINCES.values() for province in part],
                {p: part for part, provinces in PROVINCES.items() for p in provinces},
            ),
            dimension("size", list(SIZES)),
        ],
        group_by=["region", "size"],
        measures=[
            'n = { function = "count" }',
            'turnover_sum = { function = "sum", column = "turnover" }',
        ],
        one_record_each=True,
    ),
    output="answer",
    rows=_enterprises,
)
