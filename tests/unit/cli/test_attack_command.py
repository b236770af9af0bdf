"""The attack command: what it prints, and with which code it ends."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cleanroom_join.attacks import judge
from cleanroom_join.cli.app import app
from cleanroom_join.testing import contract_toml

RUNNER = CliRunner()
LEDGER = contract_toml()[
    contract_toml().index("[ledger]") : contract_toml().index("[tokens]")
]


@pytest.fixture(autouse=True)
def few_games(monkeypatch):
    """Ten games are enough to see how they are shown."""
    monkeypatch.setattr(judge, "SEEDS", 5)


@pytest.fixture
def attack(tmp_path):
    """Run the command on a contract's text, or on none."""

    def run(*options, text=None):
        given = []
        if text is not None:
            given = [str(tmp_path / "collaboration.toml")]
            (tmp_path / "collaboration.toml").write_text(text)
        return RUNNER.invoke(app, ["attack", *given, *options])

    return run


def test_the_default_policy_ends_with_0(attack):
    """Every attack has a line, and none that should be stopped succeeds."""
    result = attack()

    assert result.exit_code == 0
    assert "no real data is looked at" in result.stdout
    assert "39 attacks: the plain filter stops 0; this policy stops" in result.stdout
    assert "succeeded 0." in result.stdout
    assert "SUCCEEDED" not in result.stdout


def test_a_weakened_policy_ends_with_3(attack):
    """It says which attack got through, and what it learned."""
    result = attack("--only", "2", text=contract_toml(policy="min_minority = 2"))

    assert result.exit_code == 3
    assert "SUCCEEDED" in result.stdout
    assert "attack 2a learned whether the target is ill" in result.stdout
    assert "attack 2b" not in result.stdout


def test_a_known_limit_ends_with_0_and_names_the_mode(attack):
    """The README's heading, and what to set."""
    result = attack("--only", "3")

    assert result.exit_code == 0
    assert "known limit" in result.stdout
    assert "Collusion" in result.stdout
    assert "perturbed" in result.stdout


def test_a_contract_without_a_ledger_ends_with_3(attack):
    """People who approve everything let subtraction through."""
    result = attack("--only", "7a", text=contract_toml().replace(LEDGER, ""))

    assert result.exit_code == 3
    assert "This contract has no ledger" in result.stdout


def test_a_contract_with_noise(attack):
    """What noise stops is no known limit under it."""
    result = attack(
        "--only", "3", text=contract_toml(policy='protection = "perturbed"')
    )

    assert result.exit_code == 0
    assert "policy (perturbed)" in result.stdout
    assert "✓ stopped" in result.stdout


def test_a_contract_with_bounded_contributions(attack):
    """What the bound hides is no known limit under it; without, it is named."""
    bounded = contract_toml(policy='protection = "perturbed"\ncontribution.rows = 3')

    plain = attack("--only", "4c", "--json")
    result = attack("--only", "4c", "--only", "4d", text=bounded)

    (limit,) = json.loads(plain.stdout)["attacks"]
    assert (limit["outcome"], limit["stopped_by"]) == ("known limit", "bounded")
    assert limit["remedy"]["learned"] is False
    assert result.exit_code == 0
    assert "policy (bounded)" in result.stdout
    assert "this policy stops 2" in " ".join(result.stdout.split())


def test_a_large_k_is_played_with_a_smaller_one(attack):
    """And said so."""
    text = contract_toml(policy="min_cohort = 100000")

    result = attack("--only", "1", text=text)

    assert result.exit_code == 0
    assert "Played with k = 500" in result.stdout


def test_json_has_every_field(attack):
    """One object per attack; figures as numbers, settings as text."""
    result = attack("--json", "--only", "2a", "--only", "3")
    document = json.loads(result.stdout)

    assert set(document) == {"attacks", "exposed", "ledger", "policy"}
    assert document["exposed"] == []
    assert document["ledger"] is True
    assert document["policy"]["protection"] == "threshold"
    stopped, limit = document["attacks"]
    assert stopped == {
        "id": "2a",
        "number": 2,
        "title": "a rate near 0 % or 100 %",
        "learns": "whether the target is ill",
        "outcome": "stopped",
        "naive": {"right": 10, "games": 10, "learned": True, "stops": []},
        "policy": {
            "right": 5,
            "games": 10,
            "learned": False,
            "stops": ["homogeneous"],
        },
        "limit": None,
        "stopped_by": None,
        "remedy": None,
    }
    assert (limit["outcome"], limit["limit"]) == ("known limit", "Collusion")
    assert limit["stopped_by"] == "perturbed"
    assert limit["remedy"]["learned"] is False


def test_json_ends_with_3_too(attack):
    """A pipeline reads either."""
    result = attack(
        "--json", "--only", "16a", text=contract_toml(policy="rounding.count = 1")
    )

    assert result.exit_code == 3
    assert json.loads(result.stdout)["exposed"] == ["16a"]


def test_an_unknown_number_ends_with_2(attack):
    """And lists those that there are."""
    result = attack("--only", "25")

    assert result.exit_code == 2
    assert 'E003] there is no attack "25"' in result.stderr
    assert "12c" in result.stderr


def test_a_wrong_contract_ends_with_2(attack):
    """Before anything is played."""
    result = attack(text=contract_toml(policy="min_cohort = 99"))

    assert result.exit_code == 2
    assert "E114" in result.stderr or "at least 100" in result.stderr
    assert result.stdout == ""
