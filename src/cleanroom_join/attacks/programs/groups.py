"""Attacks on the people behind one cell: too few, all alike, or all but one known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import Shape
from cleanroom_join.attacks.game import TARGET, crowd, member, patient
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import COUNT, RATE, Ask, Figure

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row, Rows, Setting
    from cleanroom_join.attacks.query import Room

__all__ = ["ATTACKS", "others", "sick"]

_ILL = "whether the target is ill"
_BY_CLUB = Ask(group_by=("club",), figures=(RATE,))


def sick(setting: Setting, count: int, name: str = "p") -> list[Row]:
    """Return so many people, of whom about half are ill."""
    chance = setting.nature()
    return [
        patient(p, ill=chance.random() < 0.5, spend=chance.randint(100, 900))  # noqa: PLR2004
        for p in crowd(count, name)
    ]


def others(setting: Setting) -> list[Row]:
    """Return a group that has nothing to hide; the attacker may know who is in it."""
    return sick(setting, setting.size)


def _target_and_others(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(setting), patient(TARGET, ill=secret)]]


# --- 1: one person, many rows ------------------------------------------------------


def _many_rows(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    own = [patient(TARGET, spend=900 if secret else 100)] * (2 * setting.k)
    return [[*others(setting), *own]]


def _alone_in_a_club(setting: Setting, room: Room) -> bool:
    mean = Figure(name="mean_spend", function="mean", column="spend")
    own = [member(p, club="g2") for p in crowd(setting.size)]
    seen = room.ask(Ask(group_by=("club",), figures=(mean,)), [*own, member(TARGET)])
    found = seen.figure("mean_spend", club="g1")
    return setting.coin() if found is None else found > 500  # noqa: PLR2004 - the middle


# --- 2: everybody alike ------------------------------------------------------------


def _alike(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make all alike but a few, whom the attacker knows: m is about so many."""
    group = [TARGET, *crowd(setting.size)]
    last = len(group) - setting.few
    return [[patient(p, ill=(i < last) is secret) for i, p in enumerate(group)]]


def _majority(setting: Setting, room: Room) -> bool:
    own = [member(p) for p in (TARGET, *crowd(setting.size))]
    found = room.ask(_BY_CLUB, own).figure("rate", club="g1")
    return setting.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _same_diagnosis(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    shared, rare = ("yes", "no") if secret else ("no", "yes")
    alike = [patient(p, diagnosis=shared) for p in (TARGET, *crowd(setting.size))]
    few = [patient(p, diagnosis=rare) for p in crowd(setting.few, "few")]
    mixed = [
        patient(p, diagnosis="no" if i % 2 else "yes")
        for i, p in enumerate(crowd(2 * setting.size, "q"))
    ]
    return [[*alike, *few, *mixed]]


def _which_cell_exists(setting: Setting, room: Room) -> bool:
    people = (TARGET, *crowd(setting.size), *crowd(setting.few, "few"))
    club = [member(p) for p in people]
    mixed = [member(p, club="g2") for p in crowd(2 * setting.size, "q")]
    question = Ask(group_by=("club", "diagnosis"), figures=(COUNT,))
    seen = room.ask(question, [*club, *mixed])
    if seen.figure("rows", club="g1", diagnosis="yes") is not None:
        return True
    if seen.figure("rows", club="g1", diagnosis="no") is not None:
        return False
    return setting.coin()


# --- 3: everybody but the target is known ------------------------------------------


def _subtract_the_known(setting: Setting, room: Room) -> bool:
    group = others(setting)
    own = [member(TARGET), *(member(str(row["person"])) for row in group)]
    found = room.ask(_BY_CLUB, own).whole("rate", len(own), club="g1")
    if found is None:
        return setting.coin()
    return found > sum(row["ill"] is True for row in group)


# --- 11: the attacker repeats a token ----------------------------------------------


def _repeated_token(setting: Setting, room: Room) -> bool:
    own = [member(p, club="g2") for p in crowd(setting.size)]
    seen = room.ask(_BY_CLUB, [*own, *[member(TARGET)] * (2 * setting.k)])
    found = seen.figure("rate", club="g1")
    return setting.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


# --- 12: padding -------------------------------------------------------------------


def _invented(setting: Setting, room: Room) -> bool:
    """Fill the target's group with people who are in nobody else's table."""
    own = [member(p, club="g2") for p in crowd(setting.size)]
    padding = [member(p) for p in crowd(setting.size, "invented")]
    question = Ask(group_by=("club",), figures=(RATE,), outer=True)
    seen = room.ask(question, [*own, *padding, member(TARGET)])
    found = seen.figure("rate", club="g1")
    return setting.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _confederates(setting: Setting) -> list[str]:
    """Return a few real people who tell the attacker what is true of them."""
    return crowd(2 * setting.policy.min_minority + 3, "friend")


def _few_friends(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    friends = [patient(p, ill=i % 2 == 0) for i, p in enumerate(_confederates(setting))]
    return [[*others(setting), *friends, patient(TARGET, ill=secret)]]


def _friends_repeated(setting: Setting, room: Room) -> bool:
    """Put the target among a few friends, and repeat them until they are many rows."""
    friends = _confederates(setting)
    own = [member(p, club="g2") for p in crowd(setting.size)]
    group = [member(p) for p in (TARGET, *friends)] * setting.k
    found = room.ask(_BY_CLUB, [*own, *group]).whole(
        "rate", len(friends) + 1, club="g1"
    )
    return setting.coin() if found is None else found > (len(friends) + 1) // 2


def _is_a_patient(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    rows = [*sick(setting, setting.size, "q"), *sick(setting, setting.k - 1, "friend")]
    return [[*rows, patient(TARGET)] if secret else rows]


def _one_short_of_k(setting: Setting, room: Room) -> bool:
    """Put the target among k - 1 known patients: is there a cell?"""
    own = [member(p, club="g2") for p in crowd(setting.size, "q")]
    group = [member(p) for p in (TARGET, *crowd(setting.k - 1, "friend"))]
    question = Ask(group_by=("club",), figures=(COUNT,))
    return room.ask(question, [*own, *group]).figure("rows", club="g1") is not None


def _is_there_an_answer(setting: Setting, room: Room) -> bool:
    """Share k - 1 known patients and the target, and nobody else."""
    group = [member(p) for p in (TARGET, *crowd(setting.k - 1, "friend"))]
    seen = room.ask(Ask(group_by=("club",), figures=(COUNT,)), group)
    return bool(seen.rows) or seen.text == "not approved"


ATTACKS = (
    Attack(
        id="1",
        title="one person has all the rows of a cell",
        learns="what the target spends",
        world=_many_rows,
        guess=_alone_in_a_club,
        shape=Shape(many="patients"),
    ),
    Attack(
        id="2a",
        title="a rate near 0 % or 100 %",
        learns=_ILL,
        world=_alike,
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
        learns=_ILL,
        world=_target_and_others,
        guess=_subtract_the_known,
        limit=Limit(promise="Collusion", stopped_by=Mode.PERTURBED),
    ),
    Attack(
        id="11a",
        title="the attacker repeats the target's token",
        learns=_ILL,
        world=_target_and_others,
        guess=_repeated_token,
    ),
    Attack(
        id="12a",
        title="a group padded with invented people",
        learns=_ILL,
        world=_target_and_others,
        guess=_invented,
    ),
    Attack(
        id="12b",
        title="a group padded with a few friends, repeated",
        learns=_ILL,
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
