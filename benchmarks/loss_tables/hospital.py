"""
A hospital and an insurer: readmissions by diagnosis, region and plan.

Of 60,000 members, 95 % consent; region is NULL for 1 % of them.  200,000 claims are
about 55,000 patients, few of whom have most of the claims.  With seed 7, 39,141 people
are in both tables.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.loss_tables.table import LossTable, dimension
from cleanroom_join.contract.template import fill_template

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row

__all__ = ["HOSPITAL"]

DIAGNOSES = {
    "I10": (30, "circulatory"),
    "I21": (8, "circulatory"),
    "I50": (10, "circulatory"),
    "J18": (14, "respiratory"),
    "J44": (9, "respiratory"),
    "E11": (22, "metabolic"),
    "E78": (18, "metabolic"),
    "C34": (2, "cancer"),
    "C50": (3, "cancer"),
    "K35": (5, "other diagnosis"),
    "S72": (6, "other diagnosis"),
    "F32": (12, "other diagnosis"),
}
"""ICD-10 codes with how often each occurs, and the group it belongs to."""

REGIONS = {
    "N1": (20, "north"),
    "N2": (12, "north"),
    "N3": (5, "north"),
    "S1": (18, "south"),
    "S2": (9, "south"),
    "S3": (3, "south"),
    "E1": (14, "east"),
    "E2": (6, "east"),
}
"""Regions with how many live there, and the part of the country."""

PLANS = {
    "basic": (60, "standard"),
    "plus": (30, "standard"),
    "premium": (10, "private"),
}
"""Plans with how many have them, and the coarser plan."""

PEOPLE, MEMBERS, FIRST_PATIENT, CLAIMS = 70_000, 60_000, 15_000, 200_000
"""People in all; the first are members, the last are patients; claims."""

CLAIMS_FALL_OVER = 20_000
"""Mean of the exponential distribution by which patients have claims."""


def _column(name: str, values: dict[str, tuple[int, str]]) -> str:
    """Return a dimension with its coarser labels."""
    return dimension(
        name, list(values), {v: parent for v, (_, parent) in values.items()}
    )


_ASSETS = f"""\
[assets.claims]
party = "hospital"
table = "shared.claims"
[assets.claims.columns]
patient = {{ subject = "patient", source = "insurance_no" }}
readmitted = {{ measure = "boolean" }}
high_cost = {{ measure = "boolean" }}
{_column("diagnosis", DIAGNOSES)}

[assets.members]
party = "insurer"
table = "shared.members"
one_row_per = "patient"
consent = "consented"
[assets.members.columns]
patient = {{ subject = "patient", source = "member_id" }}
{_column("plan", PLANS)}
{_column("region", REGIONS)}
"""

_OUTPUTS = """\
[outputs.readmissions]
join = ["claims", "members"]
on = "patient"
group_by = ["diagnosis", "region", "plan"]
totals = "all"
[outputs.readmissions.measures]
claims = { function = "count" }
readmission_rate = { function = "rate", column = "readmitted" }
high_cost_rate = { function = "rate", column = "high_cost" }
"""


def _drawn(draws: random.Random, values: dict[str, tuple[int, str]]) -> str:
    """Return one value, drawn by its weight."""
    return draws.choices(list(values), [weight for weight, _ in values.values()])[0]


def _rows(seed: int) -> list[Row]:
    """Return the claims of members who consent, with region and plan."""
    draws = random.Random(seed)
    numbers = [f"{n:010d}" for n in draws.sample(range(10**9), PEOPLE)]
    members: dict[str, tuple[str | None, str]] = {}
    for number in numbers[:MEMBERS]:
        region = _drawn(draws, REGIONS) if draws.random() > 0.01 else None
        plan = _drawn(draws, PLANS)
        if draws.random() < 0.95:
            members[number] = region, plan
    rows: list[Row] = []
    patients = numbers[FIRST_PATIENT:]
    codes = list(DIAGNOSES)
    for _ in range(CLAIMS):
        rank = int(draws.expovariate(1 / CLAIMS_FALL_OVER))
        patient = patients[min(rank, len(patients) - 1)]
        diagnosis = _drawn(draws, DIAGNOSES)
        draws.random()  # how the hospital writes the number
        readmitted = draws.random() < 0.08 + 0.01 * codes.index(diagnosis)
        high_cost = draws.random() < 0.15
        draws.randint(1, 12), draws.randint(1, 28)  # the day of the claim
        if patient in members:
            region, plan = members[patient]
            rows.append(
                {
                    "patient": patient,
                    "diagnosis": diagnosis,
                    "region": region,
                    "plan": plan,
                    "readmitted": readmitted,
                    "high_cost": high_cost,
                }
            )
    return rows


HOSPITAL = LossTable(
    name="hospital",
    about="an ordinary query: 12 x 8 x 3, coarser labels, all totals, two rates",
    contract=fill_template(
        name="hospital-insurer-readmissions",
        purpose="readmission and high-cost rates by diagnosis group, plan and region",
        parties=("hospital", "insurer"),
        subjects='[subjects.patient]\nkind = "account"\n',
        assets=_ASSETS,
        outputs=_OUTPUTS,
        policy='protection = "perturbed"',
    ),
    output="readmissions",
    rows=_rows,
)
