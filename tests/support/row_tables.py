"""Generated joined tables, whose cells lie on both sides of every rule, as rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.testing import contract_toml
from tests.reference.guard_reference import reference_release

MEASURES = """
record_count = { function = "count" }
fraud_rate = { function = "rate", column = "fraud" }
mean_amount = { function = "mean", column = "amount" }
total_amount = { function = "sum", column = "amount" }
shops = { function = "count_distinct", column = "shop" }
"""


def two_subject_contract(policy: str = "") -> Contract:
    """Return a contract that protects cards and shops, with a sensitive dimension."""
    text = contract_toml(
        policy=policy,
        subjects='[subjects.shop]\nkind = "account"',
        payments='shop_token = { subject = "shop" }',
        accounts="illness = { dimension = [1, 2], sensitive = true }",
        group_by=("region", "illness"),
        measures=MEASURES,
    )
    return Contract.from_toml(text, sha256=Contract.from_toml(text).digest)


CONTRACT = two_subject_contract()
QUERY = resolve(CONTRACT, CONTRACT.output("segments"))
KINDS_OF_SUBJECT = ["card", "shop"]


def _mostly(usual, *others):
    """Return a strategy that gives the usual value three times out of four."""
    return st.sampled_from([*[usual] * 3 * len(others), *others])


CELL = st.fixed_dictionaries(
    {
        "cards": _mostly(112, 1, 9, 10, 11, 98, 99, 100, 101),
        "shops": _mostly(120, 1, 99, 100, 101),
        "frauds": _mostly(30, 0, 1, 9, 10, 11, 90, 99),
        "heavy": _mostly(0, 0, 0, 0, 0, 5, 800, 1200),
        "rich": _mostly(0, 900, 1000),
        "outside": _mostly(0, 1, 2, 3),
        "valueless": _mostly(0, 1, 5, 13),
        "nobody": _mostly(0, 0, 0, 1, 200),
        "broken": _mostly(0, 0, 0, 1),
        "flat": _mostly(0, 0, 102, 103, 112),
        "cents": st.integers(0, 99_999),
    }
)
_FURTHER = st.tuples(
    st.sampled_from(["north", "south", "elsewhere", None]),
    st.sampled_from([1, 2, 3, None]),
)
TABLES = st.builds(
    lambda line, further: {("north", 1): line[0], ("north", 2): line[1]} | further,
    st.tuples(CELL, CELL),
    st.dictionaries(_FURTHER, CELL, max_size=1),
)
"""One line of two values of the sensitive dimension, and perhaps another cell."""


def rows_of(table) -> list[dict]:
    """Return the joined rows that a drawn table describes."""
    return [row for key, cell in table.items() for row in _cell_rows(key, cell)]


def _cell_rows(key, cell) -> list[dict]:
    region, illness = key
    tag = f"{region}/{illness}"
    rows = []
    for i in range(max(cell["cards"], cell["shops"])):
        card = i % cell["cards"]
        rows.append(
            {
                "card": f"{tag}/c{card}",
                "shop": f"{tag}/s{i % cell['shops']}",
                "region": region,
                "illness": illness,
                "fraud": None if i < cell["valueless"] else card < cell["frauds"],
                "amount": Decimal((cell["cents"] * (card + 1)) % 50_000 + 100) / 100,
            }
        )
    for row in rows:  # so many cards have an amount of zero
        if int(row["card"].split("/c")[1]) < cell["flat"]:
            row["amount"] = Decimal(0)
    first, last = rows[0], rows[-1]
    last["amount"] = Decimal(cell["rich"]) if cell["rich"] else last["amount"]
    for row in rows[: cell["outside"]]:
        row["amount"] = Decimal("1000.01")
    for row in rows[: cell["valueless"]]:
        row["amount"] = None
    if cell["broken"]:
        last["amount"] = float("nan")
    rows += [dict(first) for _ in range(cell["heavy"])]
    rows += [{**first, "shop": None} for _ in range(cell["nobody"])]
    return rows


AMOUNT = {"column": "amount", "min": 0, "max": 1000, "scale": 2}
REFERENCE_QUERY = {
    "subjects": KINDS_OF_SUBJECT,
    "group_by": ["region", "illness"],
    "domains": {"region": ["north", "south"], "illness": [1, 2]},
    "measures": [
        {"name": "record_count", "function": "count"},
        {"name": "fraud_rate", "function": "rate", "column": "fraud"},
        {"name": "mean_amount", "function": "mean", **AMOUNT},
        {"name": "total_amount", "function": "sum", **AMOUNT},
        {"name": "shops", "function": "count_distinct", "column": "shop"},
    ],
}
"""The query as the references take it."""


def reference(rows, policy):
    """Return what the brute-force guard publishes of rows."""
    settings = {
        "min_cohort": policy.min_cohort,
        "min_opposite": policy.min_opposite,
        "l_diversity": policy.l_diversity,
        "max_clamped_share": policy.max_clamped_share,
        "dominance": {
            "n": policy.dominance_n,
            "share": policy.dominance_share,
            "p_percent": policy.dominance_p,
        },
        "rounding": {"count": policy.count_base, "rate_digits": policy.rate_digits},
        "sensitive": ["illness"],
    }
    return reference_release(rows, policy=settings, **REFERENCE_QUERY)


def answers(table):
    """Return a guarded table in the reference's form."""
    names = [column.name for column in table.columns[2:]]
    published = {
        cell.labels: {n: Fraction(v) for n, v in zip(names, cell.figures, strict=True)}
        for cell in table.published
    }
    return published | {cell.labels: cell.rule.value for cell in table.suppressed}
