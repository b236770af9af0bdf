"""Generated joined tables whose cells lie on both sides of every rule."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.testing import contract_toml

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
QUESTION = resolve(CONTRACT, CONTRACT.output("segments"))
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
    for row in rows:  # so many cards have nothing
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
