"""Attacks by the query: aggregates, expressions and columns that are not declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    all_in_one_club,
    others,
    target_and_others,
)
from cleanroom_join.attacks.query import RATE, AttackQuery, Figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanroom_join.attacks.game import Game, Row, Rows
    from cleanroom_join.attacks.query import AttackedRoom, Observation

__all__ = ["ATTACKS"]


def _ask(game: Game, room: AttackedRoom, figure: Figure) -> Observation:
    """Ask for one figure of the club that all subjects are in."""
    return room.release(
        AttackQuery(group_by=("club",), figures=(figure,)), all_in_one_club(game)
    )


# --- 5: extremes -------------------------------------------------------------------


def _richest(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(game), patient(TARGET, spend=990 if secret else 910)]]


def _extreme(function: str) -> Callable[[Game, AttackedRoom], bool]:
    """Return the attacker that asks for an extreme that can only be the target's."""

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
    """Ask for any value of the club, having put the target's row first."""
    figure = Figure(name="any_ill", function="first", column="ill")
    own = [member(TARGET), *all_in_one_club(game)[:-1]]
    seen = room.release(AttackQuery(group_by=("club",), figures=(figure,)), own)
    found = seen.figure("any_ill", club="g1")
    return game.coin() if found is None else found == 1


def _isolated(game: Game, room: AttackedRoom) -> bool:
    """Sum an expression that is zero for every subject but the target."""
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
    quoted = {value: f"the value is {value}" in text for value in (True, False)}
    return quoted[True] if any(quoted.values()) else game.coin()


# --- 14, 17: dimensions whose values are subjects ----------------------------------


def _alone(game: Game, room: AttackedRoom, own: list[Row], *by: str) -> bool:
    """Group by columns in which each subject has its own value."""
    seen = room.release(
        AttackQuery(group_by=by, figures=(RATE,)), [*own, *own[-1:] * game.k]
    )
    cell = {name: own[-1][name] for name in by}
    try:
        found = seen.figure("rate", **cell)
    except KeyError:  # no such column in what was answered
        found = None
    return game.coin() if found is None else found > 0.5  # noqa: PLR2004 - half


def _own_labels(game: Game, room: AttackedRoom) -> bool:
    """Put each subject's name into a column of the attacker's own."""
    own = [member(p, club=p) for p in (*made_up_subjects(game.size), TARGET)]
    return _alone(game, room, own, "club")


def _by_person(game: Game, room: AttackedRoom) -> bool:
    """Group by the token itself."""
    return _alone(game, room, all_in_one_club(game), "person")


_MANY = Fixture(
    clubs=tuple(f"day {i}" for i in range(400)),
    tags=tuple(f"postcode {i}" for i in range(300)),
)


def _fine_grained(game: Game, room: AttackedRoom) -> bool:
    """Group by two columns of many values, whose combinations are single subjects."""
    own = [
        member(p, club=_MANY.clubs[i % 400], tag=_MANY.tags[i % 300])
        for i, p in enumerate((*made_up_subjects(game.size), TARGET))
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
        learns=IS_ILL,
        world=target_and_others,
        guess=_list,
    ),
    Attack(
        id="6b",
        title="the first value of a group",
        learns=IS_ILL,
        world=target_and_others,
        guess=_first,
    ),
    Attack(
        id="14a",
        title="a column of the attacker's own with a label per person",
        learns=IS_ILL,
        world=target_and_others,
        guess=_own_labels,
    ),
    Attack(
        id="14b",
        title="a grouping by the token itself",
        learns=IS_ILL,
        world=target_and_others,
        guess=_by_person,
    ),
    Attack(
        id="15",
        title="CASE inside an aggregate",
        learns=IS_ILL,
        world=target_and_others,
        guess=_isolated,
    ),
    Attack(
        id="17",
        title="combinations of dates and postcodes that are one person",
        learns=IS_ILL,
        world=target_and_others,
        guess=_fine_grained,
        fixture=_MANY,
    ),
    Attack(
        id="19",
        title="an error that quotes the target's value",
        learns=IS_ILL,
        world=target_and_others,
        guess=_error,
    ),
)
