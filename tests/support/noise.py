"""Policies with noise, and the tables that the tests of noisy figures publish."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, Policy, Protection, resolve
from cleanroom_join.disclosure import protect
from cleanroom_join.disclosure.perturbation.draw import Draw, Noise
from cleanroom_join.testing import contract_toml
from tests.reference.perturbed_reference import cell_key_of, rows_by_cell
from tests.support.counting import cells_of
from tests.support.row_tables import KINDS_OF_SUBJECT, QUERY, REFERENCE_QUERY

KEY = hashlib.sha256(b"key of the noise").digest()
KEYS = 2**32
PERTURBED = Policy(protection=Protection.PERTURBED)
EXACT = Policy(count_base=1, rate_digits=6)
"""It rounds as little as a policy may."""


def noise_of(policy=PERTURBED, key=KEY):
    """Return the noise of a policy."""
    return Noise.of(policy, key)


def perturbed_policies():
    """Return a strategy of perturbed policies of every variance, bound, k and base."""
    return st.builds(
        Policy,
        protection=st.just(Protection.PERTURBED),
        perturbation_variance=st.decimals(1, 36, places=2),
        max_noise=st.integers(10, 16),
        min_cohort=st.integers(100, 112),
        count_base=st.sampled_from([1, 2, 5, 7, 10]),
    )


def keyed_cells(rows):
    """Return the cells of generated rows, with the cell keys of their cards."""
    by_labels = rows_by_cell(
        rows, REFERENCE_QUERY["group_by"], REFERENCE_QUERY["domains"]
    )
    return [
        replace(cell, cell_key=cell_key_of(r["card"] for r in by_labels[cell.labels]))
        for cell in cells_of(rows, QUERY, KINDS_OF_SUBJECT)
    ]


def guard(rows, policy=PERTURBED, key=KEY):
    """Return what the guard publishes of generated rows."""
    return protect(keyed_cells(rows), QUERY, policy, noise_key=key)


# --- contributions that are bounded -------------------------------------------------

_BALANCE = 'balance = { measure = "int", min = -50, max = 20 }'
_MEASURES = """
record_count = { function = "count" }
cards = { function = "count_distinct", column = "card" }
fraud_rate = { function = "rate", column = "fraud" }
mean_amount = { function = "mean", column = "amount" }
total_balance = { function = "sum", column = "balance" }
mean_balance = { function = "mean", column = "balance" }
"""


def payments_query(**more):
    """Return a query over payments with balances."""
    contract = Contract.from_toml(
        contract_toml(payments=_BALANCE, measures=_MEASURES, **more)
    )
    return resolve(contract, contract.output("segments"))


FLAT = payments_query(group_by=("region",))
"""For cells of many subjects, with no cell above them."""


def bounded_policy(rows=3, **more):
    """Return a policy that bounds contributions."""
    return Policy(protection=Protection.PERTURBED, contribution_rows=rows, **more)


def payments(size=300, rows=2, name="c", **facts):
    """Return so many cards with so many payments each, in one cell."""
    ordinary = {"region": "north", "age_band": "old", "balance": 5}
    return [
        ordinary
        | {
            "card_token": f"{name}{i}",
            "fraud": (i + j) % 3 == 0,
            "amount": Decimal(i % 90),
        }
        | facts
        for i in range(size)
        for j in range(rows)
    ]


def one_cell(rows, policy, cell_key=1):
    """Return the guarded figures of the only cell, or the rule that suppresses it."""
    return _guarded(count(rows, FLAT, b"key", policy), policy, cell_key)


def figures_of(rows, policy, cell_keys):
    """Return the figures of the only cell, or its rule, with each of some keys."""
    cells = count(rows, FLAT, b"key", policy)
    return [_guarded(cells, policy, cell_key) for cell_key in cell_keys]


def _guarded(cells, policy, cell_key):
    """Return what the guard makes of the only cell, with another cell key."""
    (cell,) = (replace(cell, cell_key=cell_key) for cell in cells)
    table = protect([cell], FLAT, policy, None, KEY)
    return table.published[0].figures if table.published else table.suppressed[0].rule


def bounded_distribution(noise, step):
    """Return the probability of each noise of a quantity, over all draws."""
    found = Counter()
    start = 0
    for _, weight in noise.table.weights(noise.table.floor + noise.table.bound):
        for part in range(step if weight else 0):
            within = ceil(Fraction(part * 2**64, step))
            draw = Draw(noise=start, rounding=0, within=within)
            found[noise.perturb_bounded(0, step, draw)] += Fraction(
                weight, 2**32 * step
            )
        start += weight
    return found
