"""The join of two small tables of rows, in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row, Rows

__all__ = ["joined"]


def joined(patients: Rows, members: Rows, *, outer: bool = False) -> list[Row]:
    """
    Return every pair of rows of one subject.

    Args:
        patients: The victim's rows.
        members: The attacker's rows.
        outer: Whether rows of *members* without a partner stay.
    """
    by_subject: dict[object, list[Row]] = {}
    for row in patients:
        by_subject.setdefault(row["person"], []).append(row)
    missing: Row = dict.fromkeys(("segment", "area", "diagnosis", "ill", "spend"))
    rows: list[Row] = []
    for own in members:
        partners = by_subject.get(own["person"], [missing] if outer else [])
        rows += [{**theirs, **own} for theirs in partners]
    return rows
