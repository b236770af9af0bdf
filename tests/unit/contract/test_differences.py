"""In which keys two contracts differ: some, if and only if their digests do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cleanroom_join.cli.app import app
from cleanroom_join.contract import Contract
from cleanroom_join.contract.differences import differences
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples

TEXT = contract_toml(
    policy="min_cohort = 120\ndominance = { share = 0.5 }",
    accounts='tier = { dimension = ["a", "b", "c"], parents = { a = "low", b = "low", c = "high" } }',
    totals='[["region"], []]',
)
RUNNER = CliRunner()

CHANGES = [
    ("revision = 1\n", "revision = 2\n", ("revision", "1", "2")),
    ('"tests"', '"other tests"', ("purpose", '"tests"', '"other tests"')),
    ("2099-12-31", "2098-12-31", ("expires", "2099-12-31", "2098-12-31")),
    ("= 120", "= 150", ("policy.min_cohort", "120", "150")),
    ("min_cohort = 120\n", "", ("policy.min_cohort", "120", "-")),
    ("share = 0.5", "share = 0.75", ("policy.dominance.share", "0.5", "0.75")),
    (
        "dominance = { share = 0.5 }",
        "",
        ("policy.dominance.share", "0.5", "-"),
    ),
    (
        '["north", "south"]',
        '["north", "west"]',
        (
            "assets.payments.columns.region.dimension",
            'only here: "south"',
            'only here: "west"',
        ),
    ),
    (
        '["north", "south"]',
        '["north", "south", "west"]',
        (
            "assets.payments.columns.region.dimension",
            "nothing else",
            'only here: "west"',
        ),
    ),
    (
        '["north", "south"]',
        '["south", "north"]',
        (
            "assets.payments.columns.region.dimension",
            'order: "north", "south"',
            'order: "south", "north"',
        ),
    ),
    (
        '"active" }]',
        '"active" }, { id = "k0", state = "retiring" }]',
        ("tokens.keys[k0].id", "-", '"k0"'),
    ),
    (
        'fraud_rate = { function = "rate", column = "fraud" }\n',
        "",
        ("outputs.segments.measures.fraud_rate.function", '"rate"', "-"),
    ),
    (
        'a = "low", b = "low", c = "high"',
        'c = "high", a = "low", b = "low"',
        (
            "assets.accounts.columns.tier.parents",
            "order: by name",
            'order: ["high", "low"]',
        ),
    ),
]


def told(first, second):
    """Return path and both texts of every difference."""
    return [(d.path, d.first, d.second) for d in differences(first, second)]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_change_is_told_with_both_values(before, after, expected):
    """Under the path that errors of a contract have."""
    assert before in TEXT
    changed = TEXT.replace(before, after, 1)

    assert expected in told(TEXT, changed)
    assert (expected[0], expected[2], expected[1]) in told(changed, TEXT)


def test_a_new_order_of_keys_is_an_order():
    """Keys are told by their ids, and their order is in the digest."""
    two = TEXT.replace('"active" }]', '"active" }, { id = "k0", state = "retired" }]')
    turned = TEXT.replace(
        '[{ id = "k1", state = "active" }]',
        '[{ id = "k0", state = "retired" }, { id = "k1", state = "active" }]',
    )

    ((path, first, second),) = told(two, turned)

    assert path == "tokens.keys"
    assert first.startswith("order: ")
    assert first != second


def test_layout_is_no_difference():
    """Comments, blanks, points of whole numbers and the order of tables."""
    again = "# a comment\n" + TEXT.replace("= 120", " =  120.0").replace("0.5", "0.50")

    assert told(TEXT, again) == []


LINES = [line for line in TEXT.splitlines() if "=" in line]


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(st.sampled_from(CHANGES), max_size=3),
    st.lists(st.sampled_from(LINES), max_size=1),
    st.randoms(use_true_random=False),
)
def test_contracts_differ_somewhere_if_their_digests_do(changes, dropped, chance):
    """Whatever is changed; and an equal digest means no difference at all."""
    text = TEXT
    for before, after, _ in changes:
        text = text.replace(before, after, 1)
    for line in dropped:
        text = text.replace(f"{line}\n", "", 1)
    text = _shuffled(text, chance)
    try:
        digest = Contract.from_toml(text).digest
    except ContractError:
        return

    assert bool(differences(TEXT, text)) is (digest != Contract.from_toml(TEXT).digest)


def _shuffled(text, chance):
    """Return a contract with its columns in another order, which counts for nothing."""
    start = text.index("card_token =")
    end = text.index("[assets.accounts]")
    columns = text[start:end].strip().splitlines()
    chance.shuffle(columns)
    return text[:start] + "\n".join(columns) + "\n\n" + text[end:]


@pytest.fixture
def files(tmp_path):
    """Two revisions of a contract."""
    for name, text in (("a", TEXT), ("b", TEXT.replace("= 120", "= 150", 1))):
        (tmp_path / f"{name}.toml").write_text(text)
    return [str(tmp_path / f"{name}.toml") for name in "ab"]


def test_the_command_prints_keys_and_values(files):
    """Exit code 1, both digests, and one row a key."""
    result = RUNNER.invoke(app, ["diff", *files])

    assert result.exit_code == 1
    for file in files:
        assert f"revision 1, digest {Contract.load(file).digest}\n" in result.stdout
    assert "│ policy.min_cohort │ 120   │ 150    │" in result.stdout


def test_the_command_prints_json(files):
    """For a pipeline that refuses an unexpected change."""
    result = RUNNER.invoke(app, ["diff", *files, "--json"])

    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["first"]["sha256"] == Contract.load(files[0]).digest
    assert document["differences"] == [
        {"path": "policy.min_cohort", "first": "120", "second": "150"}
    ]


def test_one_contract_is_no_difference(files):
    """Exit code 0, and it says so."""
    result = RUNNER.invoke(app, ["diff", files[0], files[0]])

    assert result.exit_code == 0
    assert "They are the same contract." in result.stdout


def test_what_is_no_contract_is_refused(files, tmp_path):
    """Exit code 2, not 1: there is nothing to compare."""
    (tmp_path / "no.toml").write_text("schema = 1")

    result = RUNNER.invoke(app, ["diff", files[0], str(tmp_path / "no.toml")])

    assert result.exit_code == 2
    assert result.stdout == ""
