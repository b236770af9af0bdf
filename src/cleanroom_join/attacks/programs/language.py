"""Attacks by what is asked for: aggregates, expressions and columns nobody declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, crowd, member, patient
from cleanroom_join.attacks.programs.groups import others
from cleanroom_join.attacks.query import RATE, AttackQuery, Figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom, Observation

__all__ = ["ATTACKS"]

_ILL = "whether the target is ill"


def _today(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(game), patient(TARGET, ill=secret)]]


def _everybody(game: Game) -> list[Row]:
    return [member(p) for p in (*crowd(game.size), TARGET)]


def _ask(game: Game, room: AttackedRoom, figure: Figure) -> Observation:
    """Ask for one figure of the club that everybody is in."""
    return room.ask(
        AttackQuery(group_by=("club",), figures=(figure,)), _everybody(game)
    )


# --- 5: extremes -------------------------------------------------------------------


def _richest(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(game), patient(TARGET, spend=990 if secret else 910)]]


def _extreme(function: str) -> Callable[[Game, AttackedRoom], bool]:
    """Return the attacker who asks for an extreme that can only be the target's."""

    def guess(game: Game, room: AttackedRoom) -> bool:
        figure = Figure(name="extreme", function=function, column="spend")
        found = _ask(game, room, figure).figure("extreme", club="g1")
        return game.coin() if found is None else found > 950  # noqa: PLR2004

    return guess


# --- 6, 15, 19: values, expressions, errors ----------------------------------------


def _list(game: Game, room: AttackedRoom) -> bool:
    """Ask for all values of the club; they come in the attacker's order."""
    figure = Figure(name="all_ill", function="collect_list", column="ill")
    for row in _ask(game, room, figure).rows:
        values = row["all_ill"]
        if isinstance(values, list):
            return bool(values[-1])
    return game.coin()


def _first(game: Game, room: AttackedRoom) -> bool:
    """Ask for any value of the club, and make sure whose it is."""
    figure = Figure(name="any_ill", function="first", column="ill")
    own = [member(TARGET), *_everybody(game)[:-1]]
    seen = room.ask(AttackQuery(group_by=("club",), figures=(figure,)), own)
    found = seen.figure("any_ill", club="g1")
    return game.coin() if found is None else found == 1


def _isolated(game: Game, room: AttackedRoom) -> bool:
    """Sum over everybody what is zero for everybody but one."""
    figure = Figure(
        name="isolated",
        function="sum",
        column=f"CASE WHEN person = '{TARGET}' THEN int(ill) ELSE 0 END",
        value=lambda row: int(row["person"] == TARGET and row["ill"] is True),
    )
    found = _ask(game, room, figure).figure("isolated", club="g1")
    return game.coin() if found is None else found == 1


def _raise_if_target(row: Row) -> object:
    """Do what SQL's ``raise_error`` does in one row."""
    if row["person"] == TARGET:
        message = f"the value is {row['ill']}"
        raise ValueError(message)
    return 0


def _error(game: Game, room: AttackedRoom) -> bool:
    """Let the query fail on the target's row, and read the error."""
    figure = Figure(
        name="broken",
        function="sum",
        column=f"if(person = '{TARGET}', raise_error(string(ill)), 0)",
        value=_raise_if_target,
    )
    text = _ask(game, room, figure).text
    told = {value: f"the value is {value}" in text for value in (True, False)}
    return told[True] if any(told.values()) else game.coin()


# --- 14, 17: dimensions that are people --------------------------------------------


def _alone(game: Game, room: AttackedRoom, own: list[Row], *by: str) -> bool:
    """Ask by columns that have a value of their own for each person."""
    seen = room.ask(
        AttackQuery(group_by=by, figures=(RATE,)), [*own, *own[-1:] * game.k]
    )
    cell = {name: own[-1][name] for name in by}
    try:
        found = seen.figure("rate", **cell)
    except KeyError:  # no such column in what was answered
        found = None
    return game.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _own_labels(game: Game, room: AttackedRoom) -> bool:
    """Put each person's name into a column of the attacker's own."""
    own = [member(p, club=p) for p in (*crowd(game.size), TARGET)]
    return _alone(game, room, own, "club")


def _by_person(game: Game, room: AttackedRoom) -> bool:
    """Group by the token itself."""
    return _alone(game, room, _everybody(game), "person")


_MANY = Fixture(
    clubs=tuple(f"day {i}" for i in range(400)),
    tags=tuple(f"postcode {i}" for i in range(300)),
)


def _fine_grained(game: Game, room: AttackedRoom) -> bool:
    """Group by two columns of many values, whose combinations are people."""
    own = [
        member(p, club=_MANY.clubs[i % 400], tag=_MANY.tags[i % 300])
        for i, p in enumerate((*crowd(game.size), TARGET))
    ]
    return _alone(game, room, own, "club", "tag")


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
