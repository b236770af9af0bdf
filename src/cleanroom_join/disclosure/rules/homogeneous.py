"""Rule ``homogeneous``: a rate needs at least m subjects on each of its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract import MeasureType
from cleanroom_join.disclosure.findings import Finding, Rule
from cleanroom_join.errors import InternalError

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy, Question
    from cleanroom_join.disclosure.statistics import CellStatistics

__all__ = ["homogeneous"]


def homogeneous(
    cell: CellStatistics, question: Question, policy: Policy
) -> Finding | None:
    """
    Withhold a rate that is true, or false, for fewer than m subjects.

    At 0 % and 100 % the group's figure is every member's value; near them, a few
    colluding members can subtract themselves.  A subject with rows of both kinds
    stands on both sides.
    """
    rates = [n for n, c in question.columns.items() if c.type is MeasureType.BOOLEAN]
    for counted in question.subjects:
        for name in rates:
            column = cell.subjects[counted.label].columns[name]
            if column.subjects_true is None or column.subjects_false is None:
                raise InternalError.of("a rate lacks the subjects on its two sides")
            if min(column.subjects_true, column.subjects_false) < policy.min_minority:
                return Finding(
                    rule=Rule.HOMOGENEOUS, subject=counted.label, measure=name
                )
    return None
