"""
What the budget leaves to reconstruction: how many values an attacker gets right.

The attacker assigns the same subjects to many overlapping groups, asks for the rate of
each, and solves for everybody's value, within one release or over twenty.  Groups are
random halves of the subjects, or of blocks of them: then the sum of every block is
known.  Of both, and of several numbers of groups, the best for the attacker counts.
Values are estimated by expectation propagation with a binary prior, and by least
squares; the better one counts.  Guessing is naming the more frequent value for all.

Minka, "Expectation propagation for approximate Bayesian inference", UAI 2001.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from cleanroom_join.attacks import Mode
from cleanroom_join.attacks.fixture import ASSETS, Fixture
from cleanroom_join.attacks.game import Game, member, patient
from cleanroom_join.attacks.policy_room import PolicyRoom
from cleanroom_join.attacks.query import RATE, AttackQuery
from cleanroom_join.contract import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))
PREVALENCES = (0.1, 0.3, 0.5)
BUDGETS = ("0.05", "0.1", "0.25", "1")
ROUNDS = 25
"""Rounds of expectation propagation; the estimates change little after twenty."""
DAMPING = 0.5
JUDGED = 3000
"""Values that are judged, over as many draws as that takes."""
FITTING = (0.95, 0.8, 0.6)
"""Numbers of groups that are tried, beside what the budget pays for."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is attacked, and how."""

    subjects: int = 300
    budget: str = "0.25"
    mode: Mode = Mode.THRESHOLD
    planted: int = 0
    releases: int = 1

    @property
    def policy(self) -> Policy:
        """Return the policy: the default in this mode, with this budget."""
        policy = self.mode.applied(Policy())
        limit = Decimal(self.budget)
        return replace(policy, budget_values=limit, budget_membership=limit)


def settings() -> Iterator[Setting]:
    """Yield what is measured: each thing varied alone, beside the default budget."""
    for budget in BUDGETS:
        yield Setting(budget=budget)
    for budget in BUDGETS[:-1]:  # a thousand groups take minutes
        yield Setting(subjects=1000, budget=budget)
    for mode in (Mode.PERTURBED, Mode.BOUNDED):
        yield Setting(mode=mode)
        yield Setting(mode=mode, releases=20)
    yield Setting(releases=20)
    for planted in (1000, 10_000):
        yield Setting(planted=planted)


def groups_of(setting: Setting, width: int, count: int, seed: int) -> Floats:
    """Return which subjects are in each group: a random half of blocks of subjects."""
    blocks = -(-setting.subjects // width)
    chance = np.random.default_rng(seed)
    halves = chance.permuted(np.tile(np.arange(blocks) % 2, (count, 1)), axis=1)
    found: Floats = np.repeat(halves, width, axis=1)[:, : setting.subjects]
    return found.astype(float)


def errors(setting: Setting, groups: Floats) -> dict[int, float]:
    """
    Return by how much the sum of each group that is shown differs from the true one.

    Which groups are shown depends on who is in them, and noise on that and a key: one
    release does for all values that the subjects may have.
    """
    chance = np.random.default_rng(7)
    people = [f"p{i}" for i in range(setting.subjects)]
    crowd = [f"c{i}" for i in range(setting.planted)]
    halves = chance.permuted(np.arange(len(people) + len(crowd)) % 2)
    values = dict(zip([*people, *crowd], halves, strict=True))
    clubs = tuple(f"g{i}" for i in range(len(groups)))
    room = PolicyRoom(
        Fixture(clubs=clubs, known=ASSETS),
        [[patient(p, ill=bool(ill)) for p, ill in values.items()]],
        Game(policy=setting.policy, seed=1),
        ledger=True,
    )
    inside = {
        club: [*(people[i] for i in np.flatnonzero(group)), *crowd]
        for club, group in zip(clubs, groups, strict=True)
    }
    found = {}
    for part in np.array_split(np.arange(len(groups)), setting.releases):
        own = [member(s, club=clubs[g]) for g in part for s in inside[clubs[g]]]
        for row in room.release(BY_CLUB, own).rows if own else ():
            club = str(row["club"])
            true = sum(values[subject] for subject in inside[club])
            error = float(str(row["rate"])) * len(inside[club]) - true
            found[clubs.index(club)] = error
    return found


def equations(
    setting: Setting, groups: Floats, values: Floats, found: dict[int, float]
) -> tuple[Floats, Floats, float]:
    """Return figures as equations about the subjects, and the variance of an error."""
    matrix = groups[sorted(found)]
    sums = matrix @ values + np.array([found[g] for g in sorted(found)])
    size = matrix.sum(axis=1).max() + setting.planted
    variance = (size * 10.0**-setting.policy.rate_digits) ** 2 / 12 + 1e-3
    if setting.mode is not Mode.THRESHOLD:
        variance += float(setting.policy.perturbation_variance)
    if setting.planted:  # what the crowd adds is unknown, and the same in each
        matrix = matrix - matrix.mean(axis=0)
        sums = sums - sums.mean()
    return matrix, sums, variance


def propagated(matrix: Floats, sums: Floats, variance: float, prior: float) -> Floats:
    """Return the probability of each value by expectation propagation."""
    subjects = matrix.shape[1]
    spread = prior * (1 - prior)
    precision = np.full(subjects, 1 / spread)
    shift = precision * prior
    for _ in range(ROUNDS):
        # The Gaussian posterior, by the matrix inversion lemma.
        scaled = matrix / precision
        inner = np.linalg.inv(variance * np.eye(len(matrix)) + scaled @ matrix.T)
        middle = shift / precision
        mean = middle + scaled.T @ (inner @ (sums - matrix @ middle))
        var = 1 / precision - np.einsum("gi,gi->i", scaled, inner @ scaled)
        var = np.maximum(var, 1e-9)
        cavity = np.maximum(1 / var - precision, 1e-9)
        centre = (mean / var - shift) / cavity
        odds = np.log(prior / (1 - prior)) + (2 * centre - 1) * cavity / 2
        chance = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        tilted = np.maximum(chance * (1 - chance), 1e-4)
        new = np.clip(1 / tilted - cavity, 1e-6, 1e6)
        precision = DAMPING * precision + (1 - DAMPING) * new
        shift = DAMPING * shift + (1 - DAMPING) * (chance / tilted - centre * cavity)
    return chance


def least_squares(
    matrix: Floats, sums: Floats, variance: float, prior: float
) -> Floats:
    """Return the linear estimate of each value with the least mean square error."""
    spread = prior * (1 - prior)
    gram = spread * matrix @ matrix.T + variance * np.eye(len(matrix))
    error = sums - prior * matrix.sum(axis=1)
    found: Floats = prior + spread * matrix.T @ np.linalg.solve(gram, error)
    return found


def gain(
    setting: Setting, groups: Floats, found: dict[int, float], prevalence: float
) -> float:
    """Return the points above guessing, as a mean over values that are drawn anew."""
    values = np.zeros(setting.subjects)
    values[: round(prevalence * setting.subjects)] = 1
    chance = np.random.default_rng(11)
    right: dict[object, list[float]] = {propagated: [], least_squares: []}
    for _ in range(JUDGED // setting.subjects):
        chance.shuffle(values)
        known = equations(setting, groups, values, found)
        for method in (propagated, least_squares):
            guess = method(*known, prevalence) > 0.5
            right[method].append(float((guess == values).mean()))
    guessing = max(prevalence, 1 - prevalence)
    return 100 * (max(np.mean(rates) for rates in right.values()) - guessing)


def best(setting: Setting) -> Iterator[str]:
    """Yield the attacker's best gain by prevalence, with the groups that it takes."""
    paid = setting.subjects * float(setting.budget)
    tried = [(1, int(part * paid)) for part in FITTING]
    for part in FITTING:
        width = max(1, round(1 / (part * float(setting.budget))))
        tried.append((width, setting.subjects // width))
    released = []
    for width, count in dict.fromkeys(tried):
        groups = groups_of(setting, width, count, 3)
        released.append((width, groups, errors(setting, groups)))
    for prevalence in PREVALENCES:
        gains = [
            (gain(setting, groups, found, prevalence), width, len(found))
            for width, groups, found in released
            if found
        ]
        points, width, shown = max(gains, default=(0.0, 0, 0))
        yield f"{points:.1f} ({width}, {shown})"


def main() -> int:
    """Print the table."""
    table = Table(title="points above guessing (subjects of a block, groups shown)")
    for column in ("subjects", "budget", "mode", "planted", "releases"):
        table.add_column(column)
    for prevalence in PREVALENCES:
        table.add_column(f"{prevalence:.0%}", no_wrap=True)
    for setting in settings():
        row = (
            *(setting.subjects, setting.budget, setting.mode.value),
            *(setting.planted, setting.releases, *best(setting)),
        )
        print(*row, file=sys.stderr, flush=True)
        table.add_row(*map(str, row))
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
