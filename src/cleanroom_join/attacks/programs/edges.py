"""Attacks on exact counts that decide whether a cell is shown: the edge of m."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import IS_ILL, ill_by_chance
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import COUNT, RATE, AttackQuery
from cleanroom_join.contract import Reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom, Observation

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))
_COUNTED = AttackQuery(group_by=("club",), figures=(COUNT,))

_MATCH_RATE = Decimal("0.5")
"""Least match rate of the contract, if the policy under attack has none."""


# --- 2: known subjects at the edge -------------------------------------------------


def _enough(game: Game) -> int:
    """Return how many ill subjects let a cell pass the rule about m, half the time."""
    policy = game.policy
    noise = policy.max_noise if policy.contribution_bounded else 0
    return policy.min_opposite + noise


def _one_short_of_m(game: Game, name: str) -> list[Row]:
    """Return a group that lacks one ill subject, all of them known to the attacker."""
    ill = _enough(game) - 1
    return [
        patient(p, ill=i < ill) for i, p in enumerate(made_up_subjects(game.size, name))
    ]


def _known_but_one(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make two known groups, with the target in the first."""
    target = patient(TARGET, ill=secret)
    return [[*_one_short_of_m(game, "p"), target, *_one_short_of_m(game, "q")]]


def _is_there_a_cell(game: Game, room: AttackedRoom) -> bool:
    """Add the target to m - 1 ill patients; a second group shows what m does."""
    own = [member(p) for p in (TARGET, *made_up_subjects(game.size))]
    second = [member(p, club="g2") for p in made_up_subjects(game.size, "q")]
    seen = room.release(_BY_CLUB, [*own, *second])
    found = seen.numerator("rate", len(own), club="g1")
    if found is None or seen.figure("rate", club="g2") is None:
        return found is not None
    return found >= _enough(game)


def _known_members(game: Game) -> int:
    """Return how many known subjects match beside the target."""
    return 2 * game.k - 1


def _rate(game: Game) -> Decimal:
    """Return the least match rate that is in force."""
    return game.policy.min_match_rate or _MATCH_RATE


def _is_a_customer(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make customers, of whom the attacker knows some; the target may be one."""
    size = _known_members(game)
    unknown = ill_by_chance(game, int(size / _rate(game)) + size, "q")
    known = ill_by_chance(game, size)
    return [[*known, *unknown, *([patient(TARGET)] if secret else [])]]


def _do_enough_match(game: Game, room: AttackedRoom) -> bool:
    """Add made-up people until one match decides; an exact count tells it, too."""
    size = _known_members(game)
    own = [member(p) for p in (*made_up_subjects(size), TARGET)]
    strangers = int(size / _rate(game)) + 1 - len(own)
    own += [member(p) for p in made_up_subjects(strangers, "made up ")]
    rows = room.release(_COUNTED, own).figure("rows", club="g1")
    return rows is not None and rows != size


# --- 2: runs that nobody records ---------------------------------------------------


def _by_discarded_runs(game: Game, room: AttackedRoom) -> bool:
    """Run as often as needed from one ledger: each entry is thrown away."""

    def observe(own: Rows) -> Observation:
        """Look at the answer, and forget it."""
        seen = room.release(_BY_CLUB, own)
        room.rewind()
        return seen

    return _at_the_edge(game, observe)


def _by_unsaved_runs(game: Game, room: AttackedRoom) -> bool:
    """Look at what runs show that are never saved."""
    return _at_the_edge(game, lambda own: room.unsaved(_BY_CLUB, own))


def _at_the_edge(game: Game, observe: Callable[[Rows], Observation]) -> bool:
    """
    Find subjects of whom m - 1 are ill by leaving some out of a group; add the target.

    Nothing but the one group is asked for, so that it decides between an answer and an
    error.
    """
    group = made_up_subjects(_published_size(game))

    def run(subjects: Sequence[str]) -> Observation:
        """Return what a run about some subjects shows."""
        return observe([member(p) for p in subjects])

    low, high, whole = game.size, len(group), run(group)
    while high - low > 1:
        middle = (low + high) // 2
        same = _alike(run(group[:middle]), whole)
        low, high = (low, middle) if same else (middle, high)
    base = group[: high - 1]
    without, within = run(base), run([*base, TARGET])
    rates = [o.figure("rate", club="g1") for o in (without, within)]
    if rates[0] is not None and rates[1] is not None:
        return rates[1] * (len(base) + 1) - rates[0] * len(base) > 0.5  # noqa: PLR2004
    if _alike(without, whole):
        return game.coin()  # all runs look alike, or the group was never at the edge
    return _alike(within, whole)


def _alike(one: Observation, other: Observation) -> bool:
    """Return whether both runs had an answer, or both had none, as far as they show."""
    if one.rows or other.rows:
        return bool(one.rows) == bool(other.rows)
    return one.text == other.text


# --- 20: nobody is known -----------------------------------------------------------


def _published_size(game: Game) -> int:
    """Return how many subjects the group has that is shown first."""
    return game.size + 3 * game.k // 4


def _some_are_ill(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make a group of whom two more are ill than hide the cell, and an ordinary one."""
    size = _published_size(game)
    ill = set(game.nature().sample(range(size), _enough(game) + 1))
    group = [patient(p, ill=i in ill) for i, p in enumerate(made_up_subjects(size))]
    others = ill_by_chance(game, game.size, "q")
    return [[*group, *others, patient(TARGET, ill=secret)]]


def _over_the_edge(game: Game, room: AttackedRoom) -> bool:
    """
    Find subjects of whom m - 1 are ill by leaving some out of a group; add the target.

    The whole group is asked for before each smaller one: if a cell that is close to it
    repeats its figures, then every smaller group is shown if m are ill, and is not
    there otherwise.
    """
    group = made_up_subjects(_published_size(game))

    def rate(subjects: Sequence[str]) -> float | None:
        """Return the rate of some subjects, right after that of the whole group."""
        for asked in (group, subjects):
            own = [member(p) for p in asked]
            others = [member(p, club="g2") for p in made_up_subjects(game.size, "q")]
            found = room.release(_BY_CLUB, [*own, *others]).figure("rate", club="g1")
        return found

    low, high = game.size, len(group)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rate(group[:middle]) is None else (low, middle)
    base = group[: high - 1]
    without, within = rate(base), rate([*base, TARGET])
    if without is None:
        return within is not None
    if within is None or within == without:
        return game.coin()
    return within * (len(base) + 1) - without * len(base) > 0.5  # noqa: PLR2004


ATTACKS = (
    Attack(
        id="2c",
        title="all but one are known, and m - 1 of them are ill: is there a cell?",
        learns=IS_ILL,
        world=_known_but_one,
        guess=_is_there_a_cell,
        limit=Limit(promise="The edge of *m*", stopped_by=Mode.BOUNDED),
    ),
    Attack(
        id="2d",
        title="so many made-up people that one match more or less decides: is there an"
        " answer?",
        learns="whether the target is a customer",
        world=_is_a_customer,
        guess=_do_enough_match,
        fixture=Fixture(min_match_rate=_MATCH_RATE),
    ),
    Attack(
        id="2e",
        title="one person after the other at the edge of m, in runs never saved",
        learns=IS_ILL,
        world=_some_are_ill,
        guess=_by_unsaved_runs,
    ),
    Attack(
        id="2f",
        title="one person after the other at the edge of m, in runs whose entries are"
        " thrown away",
        learns=IS_ILL,
        world=_some_are_ill,
        guess=_by_discarded_runs,
        limit=Limit(promise="Two runs", stopped_by=Reveal.CONFIRMED),
    ),
    Attack(
        id="20c",
        title="one person after the other at the edge of m, near a group that is shown",
        learns=IS_ILL,
        world=_some_are_ill,
        guess=_over_the_edge,
    ),
)
