"""Reconstruction of memberships: which of one's subjects are in the other table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack
from cleanroom_join.attacks.fixture import Fixture
from cleanroom_join.attacks.game import TARGET, member, patient
from cleanroom_join.attacks.programs.group_design import LARGEST, GroupDesign
from cleanroom_join.attacks.query import COUNT, AttackQuery, Figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_IS_A_PATIENT = "whether the target is a patient"


def _patients(game: Game, design: GroupDesign) -> frozenset[str]:
    """Return the prospects who are patients: about half of them."""
    chance = game.nature()
    return frozenset(s for s in design.others if chance.random() < 0.5)  # noqa: PLR2004


def _world(game: Game, design: GroupDesign, secret: bool) -> list[Rows]:  # noqa: FBT001
    rows = [patient(s) for s in design.others if s in _patients(game, design)]
    return [[*rows, patient(TARGET)] if secret else rows]


def _is_there(game: Game, design: GroupDesign, sums: Mapping[int, float]) -> bool:
    """Subtract the companions of the target's block, who are known."""
    found = design.target_block(sums)
    if found is None:
        return game.coin()
    companions = design.others[len(design.others) - design.width + 1 :]
    known = len(_patients(game, design).intersection(companions))
    return found - known > 0.5  # noqa: PLR2004 - half a subject


# --- 24d: columns of the attacker's own --------------------------------------------


def _columns_design(game: Game) -> GroupDesign:
    """Return a design of which half of the subjects are a cell well above k."""
    return GroupDesign.of(5 * game.k // 2, 6)


def _one_cell(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return _world(game, _columns_design(game), secret)


def _columns_of_bits(game: Game, room: AttackedRoom) -> bool:
    """Ask for the rate of each boolean column of one's own, in one cell."""
    design = _columns_design(game)
    bits = [f"bit{group}" for group in range(design.groups)]
    own = [
        member(s, **{b: design.contains(g, i) for g, b in enumerate(bits)})
        for i, s in enumerate(design.subjects)
    ]
    rates = tuple(Figure(name=b, function="rate", column=b) for b in bits)
    query = AttackQuery(group_by=("club",), figures=(COUNT, *rates))
    seen = room.release(query, own)
    patients = seen.figure("rows", club="g1")
    if patients is None:
        return game.coin()
    found = {g: seen.figure(b, club="g1") for g, b in enumerate(bits)}
    sums = {g: rate * patients for g, rate in found.items() if rate is not None}
    return _is_there(game, design, sums)


# --- 24e: sizes of groups ----------------------------------------------------------


def _sizes_design(game: Game) -> GroupDesign:
    """Return a design of which half of a group is a cell well above k."""
    return GroupDesign.of(6 * game.k, 5)


def _many_prospects(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return _world(game, _sizes_design(game), secret)


def _sizes_of_groups(game: Game, room: AttackedRoom) -> bool:
    """Ask only how many of each group there are."""
    design = _sizes_design(game)
    own = [
        member(subject, club=f"g{group}")
        for group in range(design.groups)
        for subject in design.members(group)
    ]
    seen = room.release(AttackQuery(group_by=("club",), figures=(COUNT,)), own)
    found = {g: seen.figure("rows", club=f"g{g}") for g in range(design.groups)}
    sums = {group: rows for group, rows in found.items() if rows is not None}
    return _is_there(game, design, sums)


ATTACKS = (
    Attack(
        id="24d",
        title="many columns of the attacker's own, in one group",
        learns=_IS_A_PATIENT,
        world=_one_cell,
        guess=_columns_of_bits,
        fixture=Fixture(bits=LARGEST, known=("members",)),
    ),
    Attack(
        id="24e",
        title="the sizes of many overlapping groups",
        learns=_IS_A_PATIENT,
        world=_many_prospects,
        guess=_sizes_of_groups,
        fixture=Fixture(
            clubs=tuple(f"g{group}" for group in range(LARGEST)), known=("members",)
        ),
    ),
)
