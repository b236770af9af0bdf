"""All attacks, in the order of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.programs import (
    channels,
    crowds,
    edges,
    groups,
    language,
    margins,
    memberships,
    names,
    reconstruction,
    releases,
    revisions,
    runner,
    values,
)

if TYPE_CHECKING:
    from cleanroom_join.attacks.attack import Attack

__all__ = ["ATTACKS"]

ATTACKS: tuple[Attack, ...] = tuple(
    sorted(
        (
            *groups.ATTACKS,
            *edges.ATTACKS,
            *values.ATTACKS,
            *releases.ATTACKS,
            *revisions.ATTACKS,
            *names.ATTACKS,
            *margins.ATTACKS,
            *language.ATTACKS,
            *channels.ATTACKS,
            *reconstruction.ATTACKS,
            *runner.ATTACKS,
            *memberships.ATTACKS,
            *crowds.ATTACKS,
        ),
        key=lambda attack: (attack.number, attack.id),
    )
)
"""Every program; several may carry one number of the catalogue."""
