"""Attacks on figures: dominant subjects, marked subjects, and exact rates."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import COUNT, RATE, AttackQuery, Figure

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_SPENDS = "what the target spends, to within a few percent"
_DIAGNOSIS = "the target's diagnosis"
_SUM = Figure(name="spent", function="sum", column="spend")
_HIGH, _LOW = 900, 600


# --- 4: dominance ------------------------------------------------------------------


def _spenders(game: Game, total: int) -> list[Row]:
    """Return subjects who spend *total* together, each of them about the same."""
    subjects = made_up_subjects(game.size)
    each, more = divmod(total, len(subjects))
    return [patient(p, spend=each + (i < more)) for i, p in enumerate(subjects)]


def _whale(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    spend = _HIGH if secret else _LOW
    # All others together spend some 10.6 %: above p %, below the rest of the share.
    return [[patient(TARGET, spend=spend), *_spenders(game, round(0.106 * spend))]]


def _whale_guess(game: Game, room: AttackedRoom) -> bool:
    own = [member(p) for p in (TARGET, *made_up_subjects(game.size))]
    seen = room.release(AttackQuery(group_by=("club",), figures=(_SUM,)), own)
    total = seen.figure("spent", club="g1")
    return game.coin() if total is None else total > (_HIGH + _LOW) / 2


_OWN, _REST = 500, 100


def _two_whales(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    largest = patient(TARGET, spend=_HIGH if secret else _LOW)
    return [[largest, patient("second", spend=_OWN), *_spenders(game, _REST)]]


def _second_largest(game: Game, room: AttackedRoom) -> bool:
    own = [member(p) for p in (TARGET, "second", *made_up_subjects(game.size))]
    seen = room.release(AttackQuery(group_by=("club",), figures=(_SUM,)), own)
    total = seen.figure("spent", club="g1")
    if total is None:
        return game.coin()
    return total - _OWN - _REST > (_HIGH + _LOW) / 2


# --- 4, 11, 13, 22: marking: one subject weighs more than all chance ---------------


def _two_diagnoses(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    chance = game.nature()
    subjects = [
        patient(p, diagnosis=chance.choice(("yes", "no")), ill=chance.random() < 0.5)  # noqa: PLR2004
        for p in made_up_subjects(4 * game.size)
    ]
    return [[*subjects, patient(TARGET, diagnosis="yes" if secret else "no")]]


def _heaviest(game: Game, rest: int) -> int:
    """Return what one subject may hold beside a *rest* without being dominant."""
    share = 0.8 * min(float(game.policy.dominance_share), 0.9)
    return max(2, math.floor(rest * share / (1 - share)))


def _marked_rows(game: Game, room: AttackedRoom) -> bool:
    """Repeat the target as often as dominance allows, and count rows per subject."""
    subjects = made_up_subjects(4 * game.size)
    extra = _heaviest(game, 2 * game.size)
    own = [member(p) for p in (*subjects, *[TARGET] * extra)]
    size = Figure(name="people", function="count_distinct", column="person")
    seen = room.release(
        AttackQuery(group_by=("diagnosis",), figures=(COUNT, size)), own
    )
    surplus = {}
    for label in ("yes", "no"):
        rows = seen.figure("rows", diagnosis=label)
        behind = seen.figure("people", diagnosis=label)
        if rows is None or behind is None:
            return game.coin()
        surplus[label] = rows - behind
    return surplus["yes"] > surplus["no"]


def _scored(game: Game) -> list[Row]:
    """Return the attacker's rows of all subjects, with a score of 0 and 1 in turn."""
    subjects = made_up_subjects(4 * game.size)
    return [member(p, score=i % 2) for i, p in enumerate(subjects)]


def _marked_value(game: Game, room: AttackedRoom) -> bool:
    """Give the target a score as large as dominance allows, the others next to none."""
    heavy = _heaviest(game, game.size)
    own = _scored(game)
    figure = Figure(name="scores", function="sum", column="score")
    query = AttackQuery(group_by=("diagnosis",), figures=(figure,))
    seen = room.release(query, [*own, member(TARGET, score=heavy)])
    yes, no = (seen.figure("scores", diagnosis=label) for label in ("yes", "no"))
    return game.coin() if yes is None or no is None else yes > no


def _spoilt_cell(game: Game, room: AttackedRoom, own: list[Row]) -> bool:
    """Return whether the target is in "yes", by the cell that it spoils or raises."""
    figure = Figure(name="scores", function="mean", column="score")
    seen = room.release(AttackQuery(group_by=("diagnosis",), figures=(figure,)), own)
    means = {label: seen.figure("scores", diagnosis=label) for label in ("yes", "no")}
    found = {k: mean for k, mean in means.items() if mean is not None}
    useful = {k: mean for k, mean in found.items() if not math.isnan(mean)}
    if len(useful) == 1:
        return "no" in useful
    if not useful or useful["yes"] == useful["no"]:
        return game.coin()
    return useful["yes"] > useful["no"]


def _dominant_rows(game: Game, room: AttackedRoom) -> bool:
    """Repeat the target so often that its cell must be suppressed."""
    rest = _scored(game)
    marked = [member(TARGET, score=999)] * (24 * game.size)
    return _spoilt_cell(game, room, [*rest, *marked])


def _dominant_value(game: Game, room: AttackedRoom) -> bool:
    """Give the target one row, whose score is so large that its cell is suppressed."""
    subjects = made_up_subjects(4 * game.size)
    own = [member(p, score=int(i % 5 == 0)) for i, p in enumerate(subjects)]
    return _spoilt_cell(game, room, [*own, member(TARGET, score=_LARGE.most)])


def _no_number(game: Game, room: AttackedRoom) -> bool:
    """Give the target a score that is not a number."""
    rest = _scored(game)
    return _spoilt_cell(game, room, [*rest, member(TARGET, score=math.nan)])


def _packed_bits(game: Game, room: AttackedRoom) -> bool:
    """Give every subject a score that is another power of two."""
    scored = [*made_up_subjects(19), TARGET, *made_up_subjects(30, "p1")]
    own = [member(p, score=2**i) for i, p in enumerate(scored)]
    own += [
        member(p, score=0) for p in made_up_subjects(4 * game.size) if p not in scored
    ]
    figure = Figure(name="scores", function="sum", column="score")
    seen = room.release(AttackQuery(group_by=("diagnosis",), figures=(figure,)), own)
    total = seen.figure("scores", diagnosis="yes")
    return game.coin() if total is None else int(total) >> 19 & 1 == 1


# --- 16: a precise rate reveals numerator and denominator --------------------------


def _exact_size(game: Game, least: int) -> tuple[int, int]:
    """Return an odd number of subjects, and how many are ill; the attacker guesses."""
    chance = game.nature()
    while True:
        size = least + 2 * chance.randint(10, 100) + 1 + least % 2
        ill = chance.randint(size // 4, size // 2)
        if math.gcd(ill, size) == math.gcd(ill, size - 1) == 1:
            return size, ill


def _odd_or_even(game: Game, *, least: int, odd: bool) -> list[Rows]:
    size, ill = _exact_size(game, least)
    subjects = made_up_subjects(size - (not odd))
    return [[patient(p, ill=i < ill) for i, p in enumerate(subjects)]]


def _large_cell(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return _odd_or_even(game, least=16 * game.k, odd=secret)


def _small_cell(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return _odd_or_even(game, least=game.k, odd=secret)


def _continued_fraction(game: Game, room: AttackedRoom) -> bool:
    """Find the fraction of the rate, with the help of any published count."""
    own = [member(p) for p in made_up_subjects(17 * game.k + 300)]
    seen = room.release(AttackQuery(group_by=("club",), figures=(RATE,)), own)
    rate = seen.figure("rate", club="g1")
    if rate is None:
        return game.coin()
    if "cohort_size" not in seen.rows[0]:
        return Fraction(rate).limit_denominator(10**6).denominator % 2 == 1
    about = int(seen.figure("cohort_size", club="g1") or 0)
    reach = game.policy.count_base // 2
    digits = game.policy.rate_digits
    fits = [
        n
        for n in range(about - reach, about + reach + 1)
        if float(f"{round(rate * n) / n:.{digits}g}") == rate
    ]
    parities = {n % 2 for n in fits}
    return parities == {1} if len(parities) == 1 else game.coin()


_LARGE = Fixture(most=1_000_000)
"""The attacker's own column has a bound that bounds little."""

_MARKING = Limit(promise="Marked people", stopped_by=Mode.BOUNDED)

ATTACKS = (
    Attack(
        id="4a",
        title="one person makes up most of a sum",
        learns=_SPENDS,
        world=_whale,
        guess=_whale_guess,
    ),
    Attack(
        id="4b",
        title="the second largest subtracts itself from a sum",
        learns=_SPENDS,
        world=_two_whales,
        guess=_second_largest,
    ),
    Attack(
        id="4c",
        title="the target is made dominant: which cell is suppressed?",
        learns=_DIAGNOSIS,
        world=_two_diagnoses,
        guess=_dominant_rows,
        limit=_MARKING,
    ),
    Attack(
        id="4d",
        title="the target is given an extreme value: which cell is suppressed?",
        learns=_DIAGNOSIS,
        world=_two_diagnoses,
        guess=_dominant_value,
        fixture=_LARGE,
        limit=_MARKING,
    ),
    Attack(
        id="11b",
        title="the target is repeated, within what dominance allows",
        learns=_DIAGNOSIS,
        world=_two_diagnoses,
        guess=_marked_rows,
        limit=_MARKING,
    ),
    Attack(
        id="13a",
        title="the attacker's own column holds a bit per person",
        learns=_DIAGNOSIS,
        world=_two_diagnoses,
        guess=_packed_bits,
        fixture=_LARGE,
    ),
    Attack(
        id="13b",
        title="the attacker's own column weighs the target, within dominance",
        learns=_DIAGNOSIS,
        world=_two_diagnoses,
        guess=_marked_value,
        limit=_MARKING,
    ),
    Attack(
        id="16a",
        title="numerator and denominator of a precise rate",
        learns="the exact number of people behind a large cell",
        world=_large_cell,
        guess=_continued_fraction,
    ),
    Attack(
        id="16b",
        title="numerator and denominator of a rounded rate",
        learns="the exact number of people behind a cell a little above k",
        world=_small_cell,
        guess=_continued_fraction,
        limit=Limit(promise="Exact counts", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="22",
        title="a value that is no number: which cell is suppressed?",
        learns=_DIAGNOSIS,
        world=_two_diagnoses,
        guess=_no_number,
    ),
)
