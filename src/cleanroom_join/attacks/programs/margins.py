"""Attacks by marginals: totals less published cells, and equations over many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.worlds import (
    IS_ILL,
    all_in_one_club,
    others,
    target_and_others,
)
from cleanroom_join.attacks.query import COUNT, RATE, AttackQuery
from cleanroom_join.contract import ALL

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom, Observation

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))


# --- 9, 10: marginals --------------------------------------------------------------


def _apart(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [[*others(game), patient(TARGET, ill=secret, segment="b")]]


def _other_grouping(game: Game, room: AttackedRoom) -> bool:
    """Ask for a club, then for its segments: the difference is the target."""
    before = room.release(_BY_CLUB, all_in_one_club(game))
    finer = AttackQuery(group_by=("club", "segment"), figures=(RATE,))
    after = room.release(finer, all_in_one_club(game))
    one = before.numerator("rate", game.size + 1, club="g1")
    other = after.numerator("rate", game.size, club="g1", segment="a")
    return game.coin() if one is None or other is None else one > other


def _total_less_cells(game: Game, room: AttackedRoom) -> bool:
    """Ask for segments and their total at once."""
    query = AttackQuery(
        group_by=("club", "segment"), figures=(RATE,), totals=(("club",),)
    )
    seen = room.release(query, all_in_one_club(game))
    one = seen.numerator("rate", game.size + 1, club="g1", segment=ALL)
    other = seen.numerator("rate", game.size, club="g1", segment="a")
    return game.coin() if one is None or other is None else one > other


def _null_group(game: Game, room: AttackedRoom) -> bool:
    """Leave the target's club empty, and ask for the total over all clubs."""
    own = [member(p) for p in made_up_subjects(game.size)]
    own.append(member(TARGET, club=None))
    query = AttackQuery(group_by=("club",), figures=(RATE,), totals=((),))
    seen = room.release(query, own)
    one = seen.numerator("rate", game.size + 1, club=ALL)
    other = seen.numerator("rate", game.size, club="g1")
    return game.coin() if one is None or other is None else one > other


# --- 23: two suppressed cells on every line, and one of them is derivable ----------

_FEW, _MANY, _ELSE = 20, 80, 75


def _counts(game: Game, *, many: bool) -> dict[tuple[str, str], int]:
    """Return subjects by segment and area: two blocks of small cells, one between."""
    scale = game.k / 100
    counts = {}
    for row, segment in enumerate("abcd"):
        for column, area in enumerate("wxyz"):
            small = (row < 2) is (column < 2)  # noqa: PLR2004 - two halves
            subjects = _ELSE * scale if small else 3 * game.size
            counts[segment, area] = round(subjects)
    counts["b", "y"] = round((_MANY if many else _FEW) * scale)
    return counts


def _blocks(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [
        [
            patient(p, segment=segment, area=area)
            for (segment, area), n in _counts(game, many=secret).items()
            for p in made_up_subjects(n, f"{segment}{area}")
        ]
    ]


def _solve(game: Game, room: AttackedRoom) -> bool:
    """Add two rows and take away two columns: one small cell is left."""
    own = [
        member(p)
        for (segment, area), n in _counts(game, many=True).items()
        for p in made_up_subjects(n, f"{segment}{area}")
    ]
    query = AttackQuery(
        group_by=("segment", "area"),
        figures=(COUNT,),
        totals=(("segment",), ("area",)),
    )
    seen = room.release(query, own)

    def unknown(known: Observation, segments: str, areas: str) -> float | None:
        """Return the sum of the suppressed cells of some lines."""
        line = {"segment": segments, "area": areas}
        total = known.figure("rows", **line)
        shown = [
            known.figure("rows", segment=s, area=a)
            for s in ("abcd" if segments == ALL else segments)
            for a in ("wxyz" if areas == ALL else areas)
        ]
        return None if total is None else total - sum(n for n in shown if n is not None)

    rows = [unknown(seen, segment, ALL) for segment in "ab"]
    columns = [unknown(seen, ALL, area) for area in "wx"]
    if None in rows or None in columns:
        return game.coin()
    hidden = sum(r or 0 for r in rows) - sum(c or 0 for c in columns)
    middle = (_FEW + _MANY) / 2 * game.k / 100
    # If more than the two blocks is suppressed, the result means nothing.
    return game.coin() if not 0 < hidden < game.k else hidden > middle


# --- 9: two rows less two columns -------------------------------------------------


def _two_alike(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    """Make all subjects of two areas alike, in every segment."""
    chance = game.nature()
    return [
        [
            patient(
                f"{segment}{area}{i}",
                segment=segment,
                area=area,
                ill=secret if area in "yz" else chance.random() < 0.5,  # noqa: PLR2004
            )
            for segment in "ab"
            for area in "wxyz"
            for i in range(game.size)
        ]
    ]


def _rows_less_columns(game: Game, room: AttackedRoom) -> bool:
    """Take two columns from two rows: two other columns are left."""
    own = [
        member(f"{segment}{area}{i}")
        for segment in "ab"
        for area in "wxyz"
        for i in range(game.size)
    ]
    query = AttackQuery(
        group_by=("segment", "area"),
        figures=(COUNT, RATE),
        totals=(("segment",), ("area",)),
    )
    seen = room.release(query, own)
    ill = 0.0
    for sign, lines in (
        (1, [("a", ALL), ("b", ALL)]),
        (-1, [(ALL, "w"), (ALL, "x")]),
    ):
        for segment, area in lines:
            rows = seen.figure("rows", segment=segment, area=area)
            rate = seen.figure("rate", segment=segment, area=area)
            if rows is None or rate is None:
                return game.coin()
            ill += sign * rows * rate
    return ill > 2 * game.size


ATTACKS = (
    Attack(
        id="9a",
        title="a second query with a finer grouping",
        learns=IS_ILL,
        world=_apart,
        guess=_other_grouping,
    ),
    Attack(
        id="9b",
        title="a total less its published cells",
        learns=IS_ILL,
        world=_apart,
        guess=_total_less_cells,
    ),
    Attack(
        id="9c",
        title="two rows less two columns leave two columns that are all alike",
        learns="whether everybody in the target's areas is ill",
        world=_two_alike,
        guess=_rows_less_columns,
    ),
    Attack(
        id="10",
        title="a total less its cells leaves the group without a label",
        learns=IS_ILL,
        world=target_and_others,
        guess=_null_group,
    ),
    Attack(
        id="23",
        title="equations over rows and columns leave one suppressed cell",
        learns="a number of people below k",
        world=_blocks,
        guess=_solve,
    ),
)
