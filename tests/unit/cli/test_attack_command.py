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
def no_width(monkeypatch):
    """The shell that runs the tests may set a width; the tests set theirs."""
    monkeypatch.delenv("COLUMNS", raising=False)


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


@pytest.mark.slow
def test_the_default_policy_ends_with_0(attack):
    """Every attack has a line, and none that should be stopped succeeds."""
    result = attack()

    assert result.exit_code == 0
    assert "reads no real data" in " ".join(result.stdout.split())
    assert "68 attacks: the plain filter stops 0; this policy stops" in result.stdout
    assert "succeeded 0." in result.stdout
    assert "SUCCEEDED" not in result.stdout


def test_a_weakened_policy_ends_with_3(attack):
    """It says which attack got through, and what it learned."""
    result = attack("--only", "4a,4b", text=contract_toml(policy="dominance.n = 1"))

    assert result.exit_code == 3
    assert "SUCCEEDED" in result.stdout
    assert "attack 4b learned what the target spends" in result.stdout
    assert "attack 4a" not in result.stdout


def test_a_known_limit_that_its_mode_does_not_stop_ends_with_3(attack, monkeypatch):
    """With so little noise, what is set beside it is no remedy."""
    monkeypatch.setattr(judge, "SEEDS", 50)
    text = contract_toml(policy="perturbation = { variance = 1 }")

    people = attack("--only", "4d", text=text)
    machines = attack("--only", "4d", "--json", text=text)

    shown = " ".join(people.stdout.split())
    assert people.exit_code == machines.exit_code == 3
    assert "It is a known limit, but protection = " in shown
    assert "does not stop it with these settings: the policy is too weak." in shown
    (result,) = json.loads(machines.stdout)["attacks"]
    assert (result["outcome"], result["cause"]) == ("succeeded", "remedy")
    assert result["remedy"]["learned"] is True


def test_what_is_weaker_than_the_defaults_is_shown_first(attack):
    """Also where no attack of the suite gets through for it."""
    policy = "rounding.count = 2\nmin_cohort = 120\nmax_clamped_share = 0.5"

    people = attack("--only", "1", text=contract_toml(policy=policy)).stdout
    machines = attack("--only", "1", "--json", text=contract_toml(policy=policy)).stdout

    shown, games = people.split("count(*)")
    cells = [[c.strip() for c in line.split("│")[1:-1]] for line in shown.splitlines()]
    assert [c for c in cells if c] == [
        ["max_clamped_share", "0.5", "0.01"],
        ["rounding.count", "2", "5"],
    ]
    assert "✓ stopped" in games
    assert json.loads(machines)["weaker"] == [
        {"name": "max_clamped_share", "value": "0.5", "default": "0.01"},
        {"name": "rounding.count", "value": "2", "default": "5"},
    ]
    assert "No setting is weaker than the default." in attack("--only", "1").stdout


def test_a_stopped_attack_has_its_score(attack):
    """Stopped may mean blurred, which the score tells; and one attack is no attacks."""
    result = attack("--only", "2a")

    assert "5 of 10" in result.stdout
    assert "1 attack: " in result.stdout


def test_numbers_may_be_written_together(attack):
    """With commas, in small letters or capitals; a number alone is all of it."""
    result = attack("--only", "7A, 12b", "--only", "16", "--json")

    found = [a["id"] for a in json.loads(result.stdout)["attacks"]]
    assert found == ["7a", "12b", "16a", "16b"]


def test_the_attacks_are_listed_without_being_played(attack, monkeypatch):
    """What each attempts, and where it is a known limit."""
    monkeypatch.setattr(judge, "against_policy", None)

    everything, two = attack("--list"), attack("--list", "--only", "3,4a", "--json")

    assert everything.exit_code == two.exit_code == 0
    assert "Collusion" in everything.stdout
    assert "equations over rows and columns" in everything.stdout
    assert [(a["id"], a["limit"]) for a in json.loads(two.stdout)] == [
        ("3", "Collusion"),
        ("4a", None),
    ]


def test_no_progress_is_shown_where_there_is_no_terminal(attack):
    """Nor an empty line where it would have been."""
    assert attack("--only", "1").stderr == ""


def test_the_help_says_what_exit_codes_mean(attack):
    """A pipeline reads them."""
    text = " ".join(attack("--help").stdout.split())

    assert "Exit codes: 0 the policy stops what it should; 2 " in text
    assert "3 an attack succeeds that it should stop; 70 " in text
    assert "NUMBERS" in text


def test_lines_are_wrapped_where_the_reader_wants(attack, monkeypatch):
    """No line of the introduction ends far before the others do."""
    monkeypatch.setenv("COLUMNS", "80")

    lines = attack("--only", "1").stdout.split("No setting")[0].splitlines()

    assert max(map(len, lines)) <= 80
    assert min(len(line.split()) for line in lines[:-1]) > 5


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
    assert "the cause is the missing ledger, not the policy" in result.stdout
    assert "too weak" not in result.stdout


def test_a_weak_policy_without_a_ledger_is_told_apart(attack):
    """What a ledger would not stop is the policy's fault."""
    text = contract_toml(policy="min_opposite = 9").replace(LEDGER, "")

    result = attack("--only", "2a,7a", "--json", text=text)

    found = {a["id"]: a["cause"] for a in json.loads(result.stdout)["attacks"]}
    assert found == {"2a": "policy", "7a": "ledger"}


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

    assert set(document) == {"attacks", "exposed", "ledger", "policy", "weaker"}
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
        "cause": None,
        "plain_filter": {"right": 10, "games": 10, "learned": True, "stops": []},
        "policy": {
            "right": 5,
            "games": 10,
            "learned": False,
            "stops": ["group_disclosure"],
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
    result = attack("--only", "99")

    assert result.exit_code == 2
    assert 'E003] there is no attack "99"' in result.stderr
    assert "--list lists all" in result.stderr


def test_a_letter_too_many_ends_with_2(attack):
    """With those that there are of the number; and no number is not all of them."""
    assert (
        "of 12 there is 12a, 12b, 12c, 12d; 12 plays all."
        in attack("--only", "12f").stderr
    )
    assert attack("--only", "").exit_code == 2


def test_a_wrong_contract_ends_with_2(attack):
    """Before anything is played."""
    result = attack(text=contract_toml(policy="min_cohort = 99"))

    assert result.exit_code == 2
    assert "E114" in result.stderr or "at least 100" in result.stderr
    assert result.stdout == ""
