"""
Reconstruction: many figures about the same subjects determine their values.

Dinur and Nissim, "Revealing information while preserving privacy", PODS 2003.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.attack import Attack, Limit
from cleanroom_join.attacks.fixture import ASSETS, Fixture
from cleanroom_join.attacks.game import TARGET, made_up_subjects, member, patient
from cleanroom_join.attacks.programs.group_design import LARGEST, GroupDesign
from cleanroom_join.attacks.programs.worlds import IS_ILL, ill_by_chance
from cleanroom_join.attacks.protection_mode import Mode
from cleanroom_join.attacks.query import RATE, AttackQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.attacks.game import Game, Rows
    from cleanroom_join.attacks.query import AttackedRoom

__all__ = ["ATTACKS"]

_BY_CLUB = AttackQuery(group_by=("club",), figures=(RATE,))

_CLUBS = Fixture(clubs=tuple(f"g{group}" for group in range(LARGEST)), known=ASSETS)

_NARROW = 3
"""Subjects of a block in most attacks: a third of a figure for each subject."""


def _subjects(game: Game) -> int:
    """
    Return how many subjects the groups are made of.

    Any two groups differ by half of them, which must be well above k.
    """
    return 5 * game.k // 2 - 1


def _design(game: Game) -> GroupDesign:
    return GroupDesign.of(_subjects(game), _NARROW)


def _world(game: Game, design: GroupDesign, secret: bool) -> Rows:  # noqa: FBT001
    others = ill_by_chance(game, len(design.others))
    return [*others, patient(TARGET, ill=secret)]


def _is_ill(
    game: Game, design: GroupDesign, sums: Mapping[int, float], crowd: int = 0
) -> bool:
    """Subtract the companions of the target's block, who are known."""
    found = design.target_block(sums, crowd / 2)
    if found is None:
        return game.coin()
    block = ill_by_chance(game, len(design.others))[-design.width :]
    companions = block[1:] if design.width > 1 else []
    return found - sum(row["ill"] is True for row in companions) > 0.5  # noqa: PLR2004


def _ask(
    room: AttackedRoom,
    design: GroupDesign,
    groups: Iterable[int],
    crowd: Iterable[str] = (),
) -> Mapping[int, float]:
    """Return how many are ill in each of some groups that is shown."""
    members = {g: [*design.members(g), *crowd] for g in groups}
    own = [member(s, club=f"g{g}") for g, subjects in members.items() for s in subjects]
    seen = room.release(_BY_CLUB, own)
    rates = {group: seen.figure("rate", club=f"g{group}") for group in members}
    return {g: r * len(members[g]) for g, r in rates.items() if r is not None}


# --- 24, 24b: one release ----------------------------------------------------------


def _many_subjects(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [_world(game, _design(game), secret)]


def _one_release_of_many_groups(game: Game, room: AttackedRoom) -> bool:
    design = _design(game)
    return _is_ill(game, design, _ask(room, design, range(design.groups)))


def _crowd(game: Game) -> int:
    """Return how many subjects hide what a whole group costs each of its own."""
    return 3 * game.k


def _with_a_crowd(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    crowd = ill_by_chance(game, _crowd(game), "planted")
    return [[*_world(game, _design(game), secret), *crowd]]


def _a_crowd_in_every_group(game: Game, room: AttackedRoom) -> bool:
    design = _design(game)
    crowd = made_up_subjects(_crowd(game), "planted")
    sums = _ask(room, design, range(design.groups), crowd)
    return _is_ill(game, design, sums, len(crowd))


# --- 24c, 24f: many releases -------------------------------------------------------


_PATIENCE = 10
"""Releases without an answer after which the attacker gives up, for speed."""


def _few_cells_a_release(game: Game, room: AttackedRoom) -> bool:
    """Ask for one group at a time, under a label drawn anew."""
    design, chance = _design(game), game.attacker()
    sums = {}
    refused = 0
    for group in range(design.groups):
        if refused == _PATIENCE:
            break
        label, members = chance.choice(Fixture().clubs), design.members(group)
        own = [member(subject, club=label) for subject in members]
        rate = room.release(_BY_CLUB, own).figure("rate", club=label)
        if rate is None:
            refused += 1
        else:
            sums[group] = rate * len(members)
    return _is_ill(game, design, sums)


def _what_the_budget_allows(game: Game, room: AttackedRoom) -> bool:
    """Ask first for as many groups as nine tenths of the budget pay for."""
    design = _design(game)
    share = design.groups * float(game.policy.budget_values)
    first = min(design.groups, int(0.9 * share * design.width))
    sums: dict[int, float] = {}
    for groups in (range(first), range(first, design.groups)):
        sums.update(_ask(room, design, groups))
    return _is_ill(game, design, sums)


# --- 24g: known companions ---------------------------------------------------------


_FEW_GROUPS = 23


def _wide(game: Game) -> GroupDesign:
    """Return a design of few groups, which the budget lets pass."""
    return GroupDesign(_FEW_GROUPS, -(-_subjects(game) // _FEW_GROUPS))


def _many_wide_blocks(game: Game, secret: bool) -> list[Rows]:  # noqa: FBT001
    return [_world(game, _wide(game), secret)]


def _companions_are_known(game: Game, room: AttackedRoom) -> bool:
    design = _wide(game)
    return _is_ill(game, design, _ask(room, design, range(design.groups)))


ATTACKS = (
    Attack(
        id="24",
        title="one release of many overlapping groups of the same people",
        learns=IS_ILL,
        world=_many_subjects,
        guess=_one_release_of_many_groups,
        fixture=_CLUBS,
    ),
    Attack(
        id="24b",
        title="many overlapping groups, and one crowd in each of them",
        learns=IS_ILL,
        world=_with_a_crowd,
        guess=_a_crowd_in_every_group,
        fixture=_CLUBS,
    ),
    Attack(
        id="24c",
        title="one overlapping group a release, under labels drawn anew",
        learns=IS_ILL,
        world=_many_subjects,
        guess=_few_cells_a_release,
        fixture=Fixture(many="", known=ASSETS),
    ),
    Attack(
        id="24f",
        title="as many overlapping groups as the budget allows, then the others",
        learns=IS_ILL,
        world=_many_subjects,
        guess=_what_the_budget_allows,
        fixture=_CLUBS,
    ),
    Attack(
        id="24g",
        title="overlapping groups of few blocks; all but one of the block are known",
        learns=IS_ILL,
        world=_many_wide_blocks,
        guess=_companions_are_known,
        fixture=_CLUBS,
        limit=Limit(
            promise="Many figures about the same people", stopped_by=Mode.PERTURBED
        ),
    ),
)
