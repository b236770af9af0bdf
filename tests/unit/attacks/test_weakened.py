"""The suite notices what is weakened: each setting, each missing rule."""

from __future__ import annotations

import ast
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cleanroom_join.attacks import ATTACKS, Mode, exposed_members, guarded_room, judge
from cleanroom_join.attacks.judge import SEEDS, against_policy
from cleanroom_join.contract import Policy
from cleanroom_join.contract.terms.settings import SETTINGS, Stricter
from cleanroom_join.disclosure import Rule, decision
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.suppression import (
    complementary,
    residuals,
    sensitive_unions,
)

HOWTO = Path(__file__).parents[3] / "docs/howto/attack-your-policy.md"
DEFAULT = Policy()
STOPPED = [a for a in ATTACKS if a.limit is None and a.id not in ("17", "23")]
"""What the default policy stops; without those that take seconds."""


@pytest.fixture(autouse=True)
def few_games(monkeypatch):
    """Ten games, all of which an attacker must win: these tests are many."""
    monkeypatch.setattr(judge, "SEEDS", 5)


def exposed(policy=DEFAULT, attacks=STOPPED, **more):
    """Return the numbers of the attacks that get through and should not."""
    return {a.id for a in attacks if against_policy(a, policy, **more).succeeded}


WEAKER = {
    # A rate, and a diagnosis, of nine people of 130 are published.
    "min_opposite": (2, {"2a", "2b"}),
    # Two largest who hold 93 %, of whom one knows itself.
    "dominance_n": (1, {"4b"}),
    # A largest of 90.5 %, or two of 93 %, which p % alone lets through.
    "dominance_share": (Decimal(1), {"4a", "4b"}),
    # Below a share of 90 % of the two largest, all others hold 10 % of the total, so
    # 10 % of the largest: p % adds nothing to the default.
    "dominance_p": (1, set()),
    # Clamping hides what was marked; withholding for it hides nothing more.
    "max_clamped_share": (Decimal("0.5"), set()),
    # The fraction of a rate is found once either of its parts is known.
    "count_base": (1, {"16a"}),
    "rate_digits": (6, {"16a"}),
    # Every cell has its k people, however many cells there are.
    "max_cells": (100_000, set()),
    # No attack of the suite needs more than ten releases.
    "max_releases": (1_000_000, set()),
    "max_releases_a_month": (100_000, set()),
    # There is no noise in the default mode; for the others see below.
    "perturbation_variance": (Decimal(1), set()),
}
"""The weakest value that a contract may have, and the attacks that it lets through."""

WEAKEST = {
    *("min_cohort", "l_diversity", "min_match_rate", "max_noise"),
    "contribution_rows",
}
"""Settings whose default is the weakest that a contract may have."""


def test_every_setting_is_weakened_here():
    """A new setting needs a line in the table above."""
    assert {s.name for s in SETTINGS} == WEAKER.keys() | WEAKEST


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_the_table_names_the_weakest_values(setting):
    """Weaker ones are refused with the contract."""
    weakest = (
        setting.limits.minimum
        if setting.stricter is Stricter.HIGHER
        else setting.limits.maximum
    )

    found = WEAKER.get(setting.name, (getattr(DEFAULT, setting.name),))[0]

    assert found == weakest


@pytest.mark.parametrize("name", WEAKER)
def test_a_weakened_setting_lets_through(name):
    """Just these attacks, and no other."""
    value, expected = WEAKER[name]

    assert exposed(replace(DEFAULT, **{name: value})) == expected


@pytest.mark.parametrize("least", range(2, DEFAULT.min_opposite))
def test_any_smaller_m_is_noticed(least):
    """An attacker brings as many known people as the default stops."""
    near_all_alike = [a for a in ATTACKS if a.number == 2]

    found = exposed(replace(DEFAULT, min_opposite=least), near_all_alike)

    assert found == {"2a", "2b"}


LEAST_NOISE = {Mode.PERTURBED: set(), Mode.BOUNDED: {"4d"}}
"""What a variance of 1 lets through of what the mode is said to stop."""


@pytest.mark.parametrize("mode", LEAST_NOISE)
def test_the_least_noise_does_not_blur_enough(mode, monkeypatch):
    """As the documentation says; in as many games as are played for anybody else."""
    monkeypatch.setattr(judge, "SEEDS", SEEDS)
    policy = mode.applied(replace(DEFAULT, perturbation_variance=Decimal(1)))
    blurred = [a for a in ATTACKS if a.limit and mode.stops_what(a.limit.stopped_by)]

    found = exposed(policy, blurred)

    assert found == LEAST_NOISE[mode]
    for number in found:
        assert f"variance = 1` {number}" in " ".join(HOWTO.read_text().split())


def test_p_percent_is_the_last_that_stands_between():
    """Together with the share, it stops what neither stops alone."""
    policy = replace(DEFAULT, dominance_share=Decimal(1), dominance_n=1, dominance_p=1)

    assert exposed(policy) == {"4a", "4b"}


def test_without_a_ledger_subtraction_works():
    """If people approve what the review held."""
    assert exposed(ledger=False) == {"7a", "7b", "8a", "8c", "9a", "20", "21"}


# --- rules taken out -----------------------------------------------------------------


RULES = {
    Rule.THRESHOLD: {"12b"},
    Rule.GROUP_DISCLOSURE: {"2a", "9c"},
    Rule.L_DIVERSITY: {"2b"},
    Rule.DOMINANCE: {"4a", "4b"},
    # Tables with values that are no numbers are refused before (22); of values outside the
    # bounds it protects the figures, not people.
    Rule.CLAMPING: set(),
}
"""The attacks that a missing rule lets through."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.value)
def test_a_missing_rule_is_noticed(rule, monkeypatch):
    """At least one attack gets through that only this rule stops."""
    left = {r: primary for r, primary in PRIMARY_RULES.items() if r is not rule}
    for module in (decision, residuals, sensitive_unions):
        monkeypatch.setattr(module, "PRIMARY_RULES", left)

    assert exposed() == RULES[rule]


def test_a_missing_comparison_with_the_past_is_noticed(monkeypatch):
    """All that subtract one release from another."""
    monkeypatch.setattr(decision, "differencing", lambda *_: frozenset())

    assert exposed() == {"7a", "7b", "8a", "8c", "9a", "20", "21"}


def test_missing_lines_are_noticed(monkeypatch):
    """Totals less their cells."""
    monkeypatch.setattr(residuals.ResidualCheck, "is_sensitive", lambda *_: False)
    monkeypatch.setattr(complementary._Problem, "audited", lambda _, kept: kept)
    monkeypatch.setattr(decision, "near_duplicates", lambda *_: frozenset())

    assert exposed() == {"8d", "9b", "9c", "10"}


def test_a_missing_comparison_within_a_release_is_noticed(monkeypatch):
    """Two groups of one answer that differ by the target."""
    monkeypatch.setattr(decision, "near_duplicates", lambda *_: frozenset())

    assert exposed() == {"8d"}


def test_a_missing_audit_is_noticed(monkeypatch):
    """Two withheld cells on every line, and one of them follows."""
    linear = [a for a in ATTACKS if a.id == "23"]
    monkeypatch.setattr(complementary._Problem, "audited", lambda _, kept: kept)

    assert exposed(attacks=linear) == {"23"}


def test_a_door_is_noticed(monkeypatch):
    """A method that gives rows, on any class of the room."""
    code = "class Joined:\n    def toPandas(self): ...\n"
    monkeypatch.setattr(guarded_room, "doors_to_rows", lambda: ("Joined.toPandas",))

    assert list(exposed_members._suspects(ast.parse(code))) == ["Joined.toPandas"]
    assert exposed() == {"24"}


@pytest.mark.parametrize(
    "code",
    [
        "class A:\n    def rows(self) -> DataFrame: ...",
        "class A:\n    frame: DataFrame",
        "class A:\n    def rows(self) -> dict[str, DataFrame]: ...",
        "class A:\n    def __getattr__(self, name): ...",
        "class A:\n    @property\n    def schema(self): ...",
    ],
)
def test_every_kind_of_door_is_seen(code):
    """By its name, or by what it is declared to return."""
    assert len(list(exposed_members._suspects(ast.parse(code)))) == 1


def test_there_is_no_door():
    """In the room as it is; what is looked at are its real classes."""
    assert exposed_members.doors_to_rows() == ()
