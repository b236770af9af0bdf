"""The digest: contracts with one digest give the same output, in the same order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.contract.document.toml_text import parse_toml
from cleanroom_join.disclosure import protect
from cleanroom_join.testing import contract, contract_toml
from tests.support.examples import examples
from tests.support.hostile_texts import toml_string

MEASURES = """\
n = { function = "count" }
mean_rating = { function = "mean", column = "rating" }
fraud_rate = { function = "rate", column = "fraud" }
sum_visits = { function = "sum", column = "visits" }
"""
LABELS = ("low", "mid", "high")
PARENTS = ", ".join(f'a{i} = "{LABELS[(i - 1) // 3]}"' for i in range(1, 10))
TEXT = contract_toml(
    policy="min_cohort = 100\nrounding = { rate_digits = 2 }\ndominance = { n = 1 }",
    payments="visits = { measure = 'int', min = 0, max = 9 }",
    accounts=(
        "rating = { measure = 'int', min = -2, max = 3 }\n"
        f"a = {{ dimension = {[f'a{i}' for i in range(1, 10)]}, parents = {{ {PARENTS} }} }}"
    ),
    group_by=("a", "region"),
    measures=MEASURES,
)
DOCUMENT, _ = parse_toml(TEXT)

SIZES = {
    "north": (60, 90, 95, 85, 90, 80, 99, 75, 85),
    "south": (300, 280, 260, 85, 65, 90, 240, 250, 230),
}
"""Subjects by region and value: the small cells are merged into all three labels."""
ROWS = [
    {
        "card_token": f"c{region}{label}-{i}",
        "region": region,
        "a": f"a{label}",
        "rating": i % 5 - 2,
        "visits": i % 4,
        "fraud": i % 3 == 0,
        "amount": Decimal(i % 7),
    }
    for region, sizes in SIZES.items()
    for label, size in enumerate(sizes, start=1)
    for i in range(size)
]


def toml(value):
    """Return a value as TOML in one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{toml_string(k)} = {toml(v)}" for k, v in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def read(document):
    """Return the contract that a document is."""
    return Contract.from_toml(
        "\n".join(f"{k} = {toml(v)}" for k, v in document.items())
    )


def released(agreed):
    """Return the columns and rows that the guard publishes of the same tables."""
    query = resolve(agreed, agreed.output("segments"))
    cells = count(ROWS, query, b"key" * 11, agreed.policy)
    table = protect(cells, query, agreed.policy)
    return table.columns, table.rows


ORIGINAL = read(DOCUMENT)
RELEASED = released(ORIGINAL)


def permuted(value, random):
    """Return a document with the keys of some tables in another order."""
    if isinstance(value, list):
        return [permuted(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if random.random() < 0.4:
        random.shuffle(keys)
    return {key: permuted(value[key], random) for key in keys}


def test_the_tables_of_these_tests_show_order():
    """Every coarser label is in a published row, beside values and all measures."""
    columns, rows = RELEASED

    assert {"a1", "a9", *LABELS} <= {row[0] for row in rows}
    assert [c.name for c in columns[3:]] == [
        "n",
        "mean_rating",
        "fraud_rate",
        "sum_visits",
    ]


@settings(max_examples=examples(300), deadline=None)
@given(st.integers(0, 2**32))
def test_contracts_with_one_digest_give_one_output_and_others_another(seed):
    """In whatever order their tables are written: columns and rows, to the byte."""
    other = read(permuted(DOCUMENT, Random(seed)))
    same = other.digest == ORIGINAL.digest
    event("one digest" if same else "two digests")

    assert same == (released(other) == RELEASED)


def test_no_other_order_of_keys_reaches_the_query():
    """Of columns, subjects and assets: rules and noise take them in one order."""
    text = contract_toml(
        subjects='[subjects.shop]\nkind = "account"\n[subjects.till]\nkind = "account"',
        payments=(
            'till = { subject = "till" }\nshop = { subject = "shop" }\n'
            "visits = { measure = 'int', min = 0, max = 9 }"
        ),
        accounts="extra = { dimension = ['x', 'y'] }",
        measures='s = { function = "sum", column = "visits" }\n'
        't = { function = "sum", column = "amount" }',
    )
    text += "".join(
        f'[assets.{name}]\nparty = "acme"\ntable = "signals.{name}"\n'
        'columns.card_token = { subject = "card" }\n'
        f'columns.area = {{ dimension = ["{name}"] }}\n'
        for name in ("second", "first")
    )
    document, _ = parse_toml(text)

    for seed in range(50):
        agreed = read(permuted(document, Random(seed)))
        query = resolve(agreed, agreed.output("segments"))
        assert [s.label for s in query.subjects] == [
            *("card", "payments.shop", "payments.till")
        ]
        assert list(query.columns) == ["amount", "visits"]
        assert [f.split()[0] for f in query.facet_columns] == [
            *("keeper.signals.payments.amount", "keeper.signals.payments.visits")
        ]
        assert query.every_dimension["area"].values == ("first",)


def with_measures(names):
    """Return the digest of a contract whose measures come in this order."""
    lines = dict(line.split(" = ", 1) for line in MEASURES.splitlines())
    text = TEXT.replace(MEASURES, "".join(f"{n} = {lines[n]}\n" for n in names))
    return Contract.from_toml(text).digest


def test_the_order_of_measures_counts():
    """It is the order of the columns."""
    orders = [
        ("n", "mean_rating", "fraud_rate", "sum_visits"),
        ("mean_rating", "n", "fraud_rate", "sum_visits"),
        ("fraud_rate", "mean_rating", "n", "sum_visits"),
        ("sum_visits", "n", "mean_rating", "fraud_rate"),
    ]

    assert len({with_measures(names) for names in orders}) == len(orders)
    assert with_measures(orders[0]) == ORIGINAL.digest


def with_parents(parents):
    """Return the digest of a contract whose labels have their parents in this order."""
    return Contract.from_toml(TEXT.replace(PARENTS, ", ".join(parents))).digest


def test_the_order_of_coarser_labels_counts_and_that_of_values_below_does_not():
    """Rows come in the order of labels, whichever value names each first."""
    pairs = PARENTS.split(", ")
    below = [pairs[i] for i in (2, 1, 3, 0, 7, 4, 5, 8, 6)]

    assert with_parents(pairs) == with_parents(below) == ORIGINAL.digest
    assert with_parents([*pairs[3:], *pairs[:3]]) != ORIGINAL.digest
    assert with_parents(pairs[::-1]) != ORIGINAL.digest


def test_an_alphabetical_order_has_the_digest_of_the_plain_document():
    """As canonical JSON has it, so that any program can compute it."""
    import hashlib
    import json

    text = contract_toml(measures='n = { function = "count" }')
    document, _ = parse_toml(text)
    document["expires"] = {"$date": "2099-12-31"}
    plain = json.dumps(document, sort_keys=True, separators=(",", ":"))

    assert contract(text).digest == hashlib.sha256(plain.encode()).hexdigest()


@pytest.mark.parametrize("digits", [20, 28, 29, 40, 300])
def test_every_digit_of_a_number_counts(digits):
    """Two limits that differ are two contracts, however far behind the point."""
    one, other = (
        contract(contract_toml(policy=f"min_match_rate = 0.1{'0' * digits}{last}"))
        for last in (1, 2)
    )

    assert one.policy != other.policy
    assert one.digest != other.digest


def test_zeros_behind_a_number_do_not_count():
    """0.50 is 0.5."""
    one, other = (
        contract(contract_toml(policy=f"min_match_rate = {text}"))
        for text in ("0.5", "0.50")
    )

    assert one.digest == other.digest
