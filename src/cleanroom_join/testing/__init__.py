"""
Helpers for users' own tests: keys, contracts and an assertion.

No real key and no data may come in, and nothing of this in production: the keys are in
the source, so they are no secret; their names begin with ``TEST_``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cleanroom_join.contract import COHORT_SIZE, Contract
from cleanroom_join.contract.template import fill_template
from cleanroom_join.tokens import SecretKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "TEST_KEY",
    "TEST_OTHER_KEY",
    "assert_k_anonymous",
    "contract",
    "contract_toml",
]

TEST_KEY = SecretKey.from_bytes(hashlib.sha256(b"cleanroom_join test key").digest())
"""A key that is no secret."""

TEST_OTHER_KEY = SecretKey.from_bytes(
    hashlib.sha256(b"cleanroom_join other test key").digest()
)
"""Another key that is no secret, for tests of what does not match."""

_SUBJECTS = """\
[subjects.card]
kind = "pan"
{subjects}"""

_ASSETS = """\
[assets.payments]
party = "acme"
table = "signals.payments"
[assets.payments.columns]
card_token = {{ subject = "card", source = "card_number" }}
region = {{ dimension = ["north", "south"] }}
fraud = {{ measure = "boolean" }}
amount = {{ measure = "decimal", min = 0, max = 1000, scale = 2 }}
{payments}

[assets.accounts]
party = "globex"
table = "risk.accounts"
one_row_per = "card"
[assets.accounts.columns]
card_token = {{ subject = "card", source = "card_number" }}
age_band = {{ dimension = ["young", "old"] }}
{accounts}
"""

_OUTPUT = """\
[outputs.segments]
join = ["payments", "accounts"]
on = "card"
group_by = [{group_by}]
{totals}
[outputs.segments.measures]
{measures}
"""

_MEASURES = """\
record_count = { function = "count" }
fraud_rate = { function = "rate", column = "fraud" }
mean_amount = { function = "mean", column = "amount" }
"""


def contract_toml(
    *,
    policy: str = "",
    subjects: str = "",
    payments: str = "",
    accounts: str = "",
    group_by: Iterable[str] = ("region", "age_band"),
    measures: str = _MEASURES,
    totals: str = "",
) -> str:
    """
    Return the text of a small valid contract.

    `cleanroom_join.contract.template.fill_template` makes one of other tables.

    Args:
        policy: Lines for ``[policy]``.
        subjects: Further subject tables.
        payments: Further columns of acme's table of payments.
        accounts: Further columns of globex's table of accounts.
        group_by: Dimensions of the output ``segments``.
        measures: Its measures.
        totals: The value of its ``totals`` as TOML, ``"all"`` in quotes for instance.
    """
    return fill_template(
        name="test-collaboration",
        purpose="tests",
        parties=("acme", "globex"),
        policy=policy,
        subjects=_SUBJECTS.format(subjects=subjects),
        assets=_ASSETS.format(payments=payments, accounts=accounts),
        outputs=_OUTPUT.format(
            group_by=", ".join(f'"{name}"' for name in group_by),
            totals=f"totals = {totals}" if totals else "",
            measures=measures,
        ),
    )


def contract(text: str | None = None) -> Contract:
    """Return a contract, by default `contract_toml`'s, pinned to its own digest."""
    toml = contract_toml() if text is None else text
    return Contract.from_toml(toml, sha256=Contract.from_toml(toml).digest)


def assert_k_anonymous(rows: Iterable[Mapping[str, object]], k: int) -> None:
    """
    Raise `AssertionError` unless every row is about at least *k* subjects.

    Args:
        rows: Rows of a released table, by column name.
        k: The least cohort size; no message quotes a smaller one.
    """
    for number, row in enumerate(rows):
        size = row.get(COHORT_SIZE)
        if not isinstance(size, int) or isinstance(size, bool) or size < k:
            message = f"row {number} is not about at least {k} subjects"
            raise AssertionError(message)
