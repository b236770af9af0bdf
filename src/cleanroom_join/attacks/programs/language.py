"""Attacks by what is asked for: aggregates, expressions and columns nobody declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.fixture import Shape
from cleanroom_join.attacks.game import TARGET, crowd, member, patient
from cleanroom_join.attacks.programs.groups import others
from cleanroom_join.attacks.query import RATE, Ask, Figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.attacks.game import Row, Rows, Setting
    from cleanroom_join.attacks.query import Room, Seen

__all__ = ["ATTACKS"]

_ILL = "whether the target is ill"


def _today(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(setting), patient(TARGET, ill=secret)]]


def _everybody(setting: Setting) -> list[Row]:
    return [member(p) for p in (*crowd(setting.size), TARGET)]


def _ask(setting: Setting, room: Room, figure: Figure) -> Seen:
    """Ask for one figure of the club that everybody is in."""
    return room.ask(Ask(group_by=("club",), figures=(figure,)), _everybody(setting))


# --- 5: extremes -------------------------------------------------------------------


def _richest(setting: Setting, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(setting), patient(TARGET, spend=990 if secret else 910)]]


def _extreme(function: str) -> Callable[[Setting, Room], bool]:
    """Return the attacker who asks for an extreme that can only be the target's."""

    def guess(setting: Setting, room: Room) -> bool:
        figure = Figure(name="extreme", function=function, column="spend")
        found = _ask(setting, room, figure).figure("extreme", club="g1")
        return setting.coin() if found is None else found > 950  # noqa: PLR2004

    return guess


# --- 6, 15, 19: values, expressions, errors ----------------------------------------


def _list(setting: Setting, room: Room) -> bool:
    """Ask for all values of the club; they come in the attacker's order."""
    figure = Figure(name="all_ill", function="collect_list", column="ill")
    for row in _ask(setting, room, figure).rows:
        values = row["all_ill"]
        if isinstance(values, list):
            return bool(values[-1])
    return setting.coin()


def _first(setting: Setting, room: Room) -> bool:
    """Ask for any value of the club, and make sure whose it is."""
    figure = Figure(name="any_ill", function="first", column="ill")
    own = [member(TARGET), *_everybody(setting)[:-1]]
    seen = room.ask(Ask(group_by=("club",), figures=(figure,)), own)
    found = seen.figure("any_ill", club="g1")
    return setting.coin() if found is None else found == 1


def _isolated(setting: Setting, room: Room) -> bool:
    """Sum over everybody what is zero for everybody but one."""
    figure = Figure(
        name="isolated",
        function="sum",
        column=f"CASE WHEN person = '{TARGET}' THEN int(ill) ELSE 0 END",
        value=lambda row: int(row["person"] == TARGET and row["ill"] is True),
    )
    found = _ask(setting, room, figure).figure("isolated", club="g1")
    return setting.coin() if found is None else found == 1


def _raise_if_target(row: Row) -> object:
    """Do what SQL's ``raise_error`` does in one row."""
    if row["person"] == TARGET:
        message = f"the value is {row['ill']}"
        raise ValueError(message)
    return 0


def _error(setting: Setting, room: Room) -> bool:
    """Let the query fail on the target's row, and read the error."""
    figure = Figure(
        name="broken",
        function="sum",
        column=f"if(person = '{TARGET}', raise_error(string(ill)), 0)",
        value=_raise_if_target,
    )
    text = _ask(setting, room, figure).text
    told = {value: f"the value is {value}" in text for value in (True, False)}
    return told[True] if any(told.values()) else setting.coin()


# --- 14, 17: dimensions that are people --------------------------------------------


def _alone(setting: Setting, room: Room, own: list[Row], *by: str) -> bool:
    """Ask by columns that have a value of their own for each person."""
    seen = room.ask(Ask(group_by=by, figures=(RATE,)), [*own, *own[-1:] * setting.k])
    cell = {name: own[-1][name] for name in by}
    try:
        found = seen.figure("rate", **cell)
    except KeyError:  # no such column in what was answered
        found = None
    return setting.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _own_labels(setting: Setting, room: Room) -> bool:
    """Put each person's name into a column of the attacker's own."""
    own = [member(p, club=p) for p in (*crowd(setting.size), TARGET)]
    return _alone(setting, room, own, "club")


def _by_person(setting: Setting, room: Room) -> bool:
    """Group by the token itself."""
    return _alone(setting, room, _everybody(setting), "person")


_MANY = Shape(
    clubs=tuple(f"day {i}" for i in range(400)),
    tags=tuple(f"postcode {i}" for i in range(300)),
)


def _fine_grained(setting: Setting, room: Room) -> bool:
    """Group by two columns of many values, whose combinations are people."""
    own = [
        member(p, club=_MANY.clubs[i % 400], tag=_MANY.tags[i % 300])
        for i, p in enumerate((*crowd(setting.size), TARGET))
    ]
    return _alone(setting, room, own, "club", "tag")


ATTACKS = (
    Attack(
        id="5a",
        title="the maximum of a group",
        learns="what the target spends",
        world=_richest,
        guess=_extreme("max"),
    ),
    Attack(
        id="6a",
        title="all values of a group as a list",
        learns=_ILL,
        world=_today,
        guess=_list,
    ),
    Attack(
        id="6b",
        title="the first value of a group",
        learns=_ILL,
        world=_today,
        guess=_first,
    ),
    Attack(
        id="14a",
        title="a column of the attacker's own with a label per person",
        learns=_ILL,
        world=_today,
        guess=_own_labels,
    ),
    Attack(
        id="14b",
        title="a grouping by the token itself",
        learns=_ILL,
        world=_today,
        guess=_by_person,
    ),
    Attack(
        id="15",
        title="CASE inside an aggregate",
        learns=_ILL,
        world=_today,
        guess=_isolated,
    ),
    Attack(
        id="17",
        title="combinations of dates and postcodes that are one person",
        learns=_ILL,
        world=_today,
        guess=_fine_grained,
        shape=_MANY,
    ),
    Attack(
        id="19",
        title="an error that quotes the target's value",
        learns=_ILL,
        world=_today,
        guess=_error,
    ),
)
