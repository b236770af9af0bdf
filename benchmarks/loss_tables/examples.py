"""Both examples of the library, joined in plain Python, with all totals asked for."""

from __future__ import annotations

import importlib.util
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.loss_tables.table import LossTable

if TYPE_CHECKING:
    from types import ModuleType

    from cleanroom_join.attacks.game import Row

__all__ = ["FLIGHTS", "FRAUD"]

EXAMPLES = Path(__file__).parents[2] / "examples"

TRANSACTIONS, CARDS = 100_000, 20_000
"""Size of the fraud example: its own default."""

DIGITS_OF_A_CARD = 16


@lru_cache
def _generator(example: str) -> ModuleType:
    """Return the module that makes the data of an example."""
    path = EXAMPLES / example / "make_data.py"
    spec = importlib.util.spec_from_file_location(f"{example}_data", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _contract(example: str, group_by: str) -> str:
    """Return the contract of an example, with all totals in one of its outputs."""
    text = (EXAMPLES / example / "collaboration.toml").read_text()
    line = f"group_by = {group_by}\n"
    assert text.count(line) == 1
    return text.replace(line, f'{line}totals = "all"\n')


def _flights(_: int) -> list[Row]:
    """Return every flight of a registered aircraft; the data are real: no seed."""
    data = _generator("flights")
    seats = {
        row["tail_number"].strip(): row["seats"]
        if isinstance(row["seats"], str)
        else None
        for row in data.aircraft().to_dict("records")
    }
    rows: list[Row] = []
    for row in data.flights().to_dict("records"):
        tail = row["tail_number"]
        if isinstance(tail, str) and tail.strip() in seats:
            rows.append(
                {
                    "aircraft_token": tail.strip(),
                    "destination": row["destination"],
                    "origin": row["origin"],
                    "late": row["late"] == "true"
                    if isinstance(row["late"], str)
                    else None,
                    "seats": seats[tail.strip()],
                }
            )
    return rows


def _card(number: str | None) -> str | None:
    """Return a card number as plain digits; None if some are missing."""
    if number is None:
        return None
    plain = unicodedata.normalize("NFKC", number)
    digits = "".join(c for c in plain if c.isdigit())
    whole = len(digits) == DIGITS_OF_A_CARD and "X" not in plain
    return digits if whole else None


def _fraud(seed: int) -> list[Row]:
    """Return the transactions of cards that the bank knows and that consent."""
    data, draws = _generator("fraud"), np.random.default_rng(seed)
    made = [t.to_pylist() for t in data.transactions(TRANSACTIONS, CARDS, draws)]
    known = [t.to_pylist() for t in data.accounts(CARDS, draws)]
    ages = {
        card: account["account_age_band"]
        for chunk in known
        for account in chunk
        if account["consented"] and (card := _card(account["card_number"]))
    }
    rows: list[Row] = []
    for chunk in made:
        for row in chunk:
            card = _card(row.pop("card_number"))
            if card in ages:
                rows.append({**row, "card_token": card, "account_age_band": ages[card]})
    return rows


FLIGHTS = LossTable(
    name="flights",
    about="real: 104 airports in three steps of a hierarchy, by 3 origins",
    contract=_contract("flights", '["destination", "origin"]'),
    output="delays_by_destination",
    rows=_flights,
)

FRAUD = LossTable(
    name="fraud",
    about="12 merchants in three steps of a hierarchy, by age and a flag; NULLs",
    contract=_contract(
        "fraud", '["merchant_category_code", "account_age_band", "cross_border_flag"]'
    ),
    output="segment_signals",
    rows=_fraud,
    seed=1,
)
