"""Attacks on the subjects of one cell: too few, all alike, or all but one known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    ill_by_chance,
    nearly_uniform,
    others,
    target_and_others,
)
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import COUNT, RATE, AttackQuery, Figure

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))


# --- 1: one subject, many rows -----------------------------------------------------


def _many_rows(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    own = [patient(TARGET, spend=900 if secret else 100)] * (2 * game.k)
    return [[*others(game), *own]]


def _alone_in_a_club(game: Game, room: AttackedRoom) -> bool:
    mean = Figure(name="mean_spend", function="mean", column="spend")
    own = [member(p, club="g2") for p in made_up_subjects(game.size)]
    seen = room.release(
        AttackQuery(group_by=("club",), figures=(mean,)), [*own, member(TARGET)]
    )
    found = seen.figure("mean_spend", club="g1")
    return game.coin() if found is None else found > 500  # noqa: PLR2004 - the middle


# --- 2: all subjects alike ---------------------------------------------------------


def _majority(game: Game, room: AttackedRoom) -> bool:
    own = [member(p) for p in (TARGET, *made_up_subjects(game.size))]
    found = room.release(_BY_CLUB, own).figure("rate", club="g1")
    return game.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _same_diagnosis(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    shared, rare = ("yes", "no") if secret else ("no", "yes")
    alike = [
        patient(p, diagnosis=shared) for p in (TARGET, *made_up_subjects(game.size))
    ]
    few = [patient(p, diagnosis=rare) for p in made_up_subjects(game.few, "few")]
    mixed = [
        patient(p, diagnosis="no" if i % 2 else "yes")
        for i, p in enumerate(made_up_subjects(2 * game.size, "q"))
    ]
    return [[*alike, *few, *mixed]]


def _which_cell_exists(game: Game, room: AttackedRoom) -> bool:
    group = (TARGET, *made_up_subjects(game.size), *made_up_subjects(game.few, "few"))
    club = [member(p) for p in group]
    mixed = [member(p, club="g2") for p in made_up_subjects(2 * game.size, "q")]
    query = AttackQuery(group_by=("club", "diagnosis"), figures=(COUNT,))
    seen = room.release(query, [*club, *mixed])
    if seen.figure("rows", club="g1", diagnosis="yes") is not None:
        return True
    if seen.figure("rows", club="g1", diagnosis="no") is not None:
        return False
    return game.coin()


# --- 3: all subjects but the target are known --------------------------------------


def _subtract_the_known(game: Game, room: AttackedRoom) -> bool:
    group = others(game)
    own = [member(TARGET), *(member(str(row["person"])) for row in group)]
    found = room.release(_BY_CLUB, own).numerator("rate", len(own), club="g1")
    if found is None:
        return game.coin()
    return found > sum(row["ill"] is True for row in group)


# --- 11: the attacker repeats a token ----------------------------------------------


def _repeated_token(game: Game, room: AttackedRoom) -> bool:
    own = [member(p, club="g2") for p in made_up_subjects(game.size)]
    seen = room.release(_BY_CLUB, [*own, *[member(TARGET)] * (2 * game.k)])
    found = seen.figure("rate", club="g1")
    return game.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


# --- 12: padding -------------------------------------------------------------------


def _invented(game: Game, room: AttackedRoom) -> bool:
    """Fill the target's group with subjects that are in no other table."""
    own = [member(p, club="g2") for p in made_up_subjects(game.size)]
    padding = [member(p) for p in made_up_subjects(game.size, "invented")]
    query = AttackQuery(group_by=("club",), figures=(RATE,), outer=True)
    seen = room.release(query, [*own, *padding, member(TARGET)])
    found = seen.figure("rate", club="g1")
    return game.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _confederates(game: Game) -> list[str]:
    """Return a few real subjects who give the attacker their own values."""
    return made_up_subjects(2 * game.policy.min_opposite + 3, "friend")


def _few_friends(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    friends = [patient(p, ill=i % 2 == 0) for i, p in enumerate(_confederates(game))]
    return [[*others(game), *friends, patient(TARGET, ill=secret)]]


def _friends_repeated(game: Game, room: AttackedRoom) -> bool:
    """Put the target among a few friends, and repeat them until they are many rows."""
    friends = _confederates(game)
    own = [member(p, club="g2") for p in made_up_subjects(game.size)]
    group = [member(p) for p in (TARGET, *friends)] * game.k
    found = room.release(_BY_CLUB, [*own, *group]).numerator(
        "rate", len(friends) + 1, club="g1"
    )
    return game.coin() if found is None else found > (len(friends) + 1) // 2


def _is_a_patient(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    rows = [
        *ill_by_chance(game, game.size, "q"),
        *ill_by_chance(game, game.k - 1, "friend"),
    ]
    return [[*rows, patient(TARGET)] if secret else rows]


def _one_short_of_k(game: Game, room: AttackedRoom) -> bool:
    """Put the target among k - 1 known patients: is there a cell?"""
    own = [member(p, club="g2") for p in made_up_subjects(game.size, "q")]
    group = [member(p) for p in (TARGET, *made_up_subjects(game.k - 1, "friend"))]
    query = AttackQuery(group_by=("club",), figures=(COUNT,))
    return room.release(query, [*own, *group]).figure("rows", club="g1") is not None


def _is_there_an_answer(game: Game, room: AttackedRoom) -> bool:
    """Share only k - 1 known patients and the target."""
    group = [member(p) for p in (TARGET, *made_up_subjects(game.k - 1, "friend"))]
    seen = room.release(AttackQuery(group_by=("club",), figures=(COUNT,)), group)
    return bool(seen.rows) or seen.text == "not approved"


ATTACKS = (
    Attack(
        id="1",
        title="one person has all the rows of a cell",
        learns="what the target spends",
        world=_many_rows,
        guess=_alone_in_a_club,
        fixture=Fixture(many="patients"),
    ),
    Attack(
        id="2a",
        title="a rate near 0 % or 100 %",
        learns=IS_ILL,
        world=nearly_uniform,
        guess=_majority,
    ),
    Attack(
        id="2b",
        title="one diagnosis only in a club",
        learns="the target's diagnosis",
        world=_same_diagnosis,
        guess=_which_cell_exists,
    ),
    Attack(
        id="3",
        title="all members but one are known",
        learns=IS_ILL,
        world=target_and_others,
        guess=_subtract_the_known,
        limit=Limit(promise="Collusion", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="11a",
        title="the attacker repeats the target's token",
        learns=IS_ILL,
        world=target_and_others,
        guess=_repeated_token,
    ),
    Attack(
        id="12a",
        title="a group padded with invented people",
        learns=IS_ILL,
        world=target_and_others,
        guess=_invented,
    ),
    Attack(
        id="12b",
        title="a group padded with a few friends, repeated",
        learns=IS_ILL,
        world=_few_friends,
        guess=_friends_repeated,
    ),
    Attack(
        id="12c",
        title="k - 1 known people and the target: is there a cell?",
        learns="whether the target is a patient",
        world=_is_a_patient,
        guess=_one_short_of_k,
        limit=Limit(promise="The edge of *k*", stopped_by=Mode.BOUNDED),
    ),
    Attack(
        id="12d",
        title="k - 1 known people and the target are all: is there an answer?",
        learns="whether the target is a patient",
        world=_is_a_patient,
        guess=_is_there_an_answer,
        limit=Limit(promise="The edge of *k*", stopped_by=Mode.BOUNDED),
    ),
)
