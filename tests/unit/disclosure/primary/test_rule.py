"""Each primary rule at its border: the last figure that it suppresses, the first that passes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cleanroom_join.contract import Policy, resolve
from cleanroom_join.disclosure import (
    CellStatistics,
    ColumnTotals,
    Contributions,
    Rule,
    SubjectColumnStatistics,
    SubjectStatistics,
    protect,
)
from cleanroom_join.errors import DisclosureError
from cleanroom_join.testing import contract

CONTRACT = contract()
QUERY = resolve(CONTRACT, CONTRACT.output("segments"))


def spread(total, largest=None, second=None):
    """Return contributions; by default no subject stands out."""
    largest = total // 50 if largest is None else largest
    return Contributions(
        total=total, largest=largest, second=largest if second is None else second
    )


def cell(
    key=("north", "old"),
    *,
    subjects=100,
    valued=100,
    true=10,
    false=10,
    above=100,
    below=100,
    clamped=0,
    unusable=0,
    amounts=None,
):
    """Return a cell that passes every rule, but for the changes given."""
    fraud = SubjectColumnStatistics(
        subjects=valued,
        weights=spread(1000),
        totals=spread(500),
        falses=spread(500),
        subjects_above=true,
        subjects_below=false,
    )
    amount = SubjectColumnStatistics(
        subjects=100,
        weights=spread(1000),
        totals=amounts or spread(100_000),
        subjects_above=above,
        subjects_below=below,
    )
    return CellStatistics(
        labels=key,
        rows=1000,
        columns={
            "fraud": ColumnTotals(rows=1000, total=500, clamped=0, unusable=0),
            "amount": ColumnTotals(
                rows=1000, total=100_000, clamped=clamped, unusable=unusable
            ),
        },
        subjects={
            "card": SubjectStatistics(
                subjects=subjects,
                rows=spread(1000),
                columns={"fraud": fraud, "amount": amount},
            )
        },
    )


def suppressed_by(changed):
    """Return the rule that suppresses a cell, or None."""
    table = protect([changed], QUERY, Policy())
    return table.suppressed[0].rule if table.suppressed else None


def test_a_usual_cell_is_published():
    """With rounded figures: 100 cards, 1,000 rows, half of them fraud, 1.00 on average."""
    (published,) = protect([cell()], QUERY, Policy()).published

    assert published.row == ("north", "old", 100, 1000, Decimal("0.5"), Decimal(1))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"subjects": 99}, Rule.THRESHOLD),
        ({"subjects": 0}, Rule.THRESHOLD),
        ({"valued": 99}, Rule.THRESHOLD),
        ({"true": 9}, Rule.GROUP_DISCLOSURE),
        ({"true": 0}, Rule.GROUP_DISCLOSURE),
        ({"false": 9}, Rule.GROUP_DISCLOSURE),
        ({"above": 9}, Rule.GROUP_DISCLOSURE),
        ({"below": 0}, Rule.GROUP_DISCLOSURE),
        ({"amounts": spread(1000, 450, 450)}, Rule.DOMINANCE),
        ({"amounts": spread(1000, 899, 1)}, Rule.DOMINANCE),
        ({"clamped": 11}, Rule.CLAMPING),
        ({"unusable": 1}, Rule.CLAMPING),
        ({"clamped": 10}, None),
        ({"amounts": spread(1000, 450, 449)}, None),
        ({"amounts": spread(0, 0, 0)}, None),
        ({"subjects": 99, "true": 0, "unusable": 1}, Rule.THRESHOLD),
        ({"true": 0, "unusable": 1}, Rule.GROUP_DISCLOSURE),
    ],
)
def test_the_border_of_each_rule(changes, rule):
    """And the order: the first rule that fires names the reason."""
    assert suppressed_by(cell(**changes)) is rule


def test_more_cells_than_allowed_are_refused():
    """The policy's limit holds for the cells, not only for the query."""
    cells = [cell(key=("north", "old")), cell(key=("south", "old"))]

    with pytest.raises(DisclosureError, match="E402") as caught:
        protect(cells, QUERY, Policy(max_cells=1))

    assert caught.value.code == "E402"


def test_null_and_other_are_groups_like_any_other():
    """The same rules publish or suppress them, and they come last in the domain order."""
    keys = [(None, "old"), ("(other)", "old"), ("south", None)]
    cells = [cell(key=key) for key in keys] + [cell(key=(None, None), subjects=99)]

    table = protect(cells, QUERY, Policy())

    assert [c.labels for c in table.published] == [
        ("south", None),
        ("(other)", "old"),
        (None, "old"),
    ]
    assert [c.labels for c in table.suppressed] == [(None, None)]
