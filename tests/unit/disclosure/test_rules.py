"""Each rule at its border: the last figure that is withheld, the first that passes."""

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
from cleanroom_join.disclosure.primary.dominance import is_dominated
from cleanroom_join.errors import DisclosureError, InternalError
from cleanroom_join.testing import contract

CONTRACT = contract()
QUESTION = resolve(CONTRACT, CONTRACT.output("segments"))


def spread(total, largest=None, second=None):
    """Return a contribution; by default nobody stands out."""
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
    """Return a cell that passes every rule, but for what is changed."""
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
    """Return the rule that withholds a cell, or None."""
    table = protect([changed], QUESTION, Policy())
    return table.suppressed[0].rule if table.suppressed else None


def test_a_usual_cell_is_published():
    """With rounded figures: 100 cards, 1,000 rows, half of them fraud, 1.00 on average."""
    (published,) = protect([cell()], QUESTION, Policy()).published

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


@pytest.mark.parametrize(
    ("total", "largest", "second", "expected"),
    [
        (1000, 450, 450, True),  # two hold exactly 90 %
        (1000, 450, 449, False),
        (110, 91, 9, True),  # 100 of 110 is 90.9 %
        (1091, 900, 91, True),
        (1000, 800, 50, False),
        (1000, 860, 0, False),
        (1000, 880, 32, True),
        (100, 100, 0, True),
        (0, 0, 0, False),
    ],
)
def test_dominance(total, largest, second, expected):
    """At the default 90 % of two, and 10 % of the largest for all the others."""
    assert (
        is_dominated(
            Contributions(total=total, largest=largest, second=second), Policy()
        )
        is expected
    )


def test_p_percent_alone():
    """The others must hold a tenth of the largest, even where the share is allowed."""
    loose = Policy(dominance_share=Decimal(1))

    assert (
        is_dominated(Contributions(total=1099, largest=1000, second=0), loose) is True
    )
    assert (
        is_dominated(Contributions(total=1100, largest=1000, second=0), loose) is False
    )


@pytest.mark.parametrize(
    ("total", "largest", "second"),
    [(1, 2, 0), (3, 1, 2), (10, 6, 5), (-1, -1, -1), (5, 3, -1)],
)
def test_impossible_contributions_are_refused(total, largest, second):
    """No data has them, so something is wrong with the facts."""
    with pytest.raises(InternalError):
        Contributions(total=total, largest=largest, second=second)


def test_more_cells_than_allowed_are_refused():
    """The policy's limit holds for the answer too, not only for the question."""
    cells = [cell(key=("north", "old")), cell(key=("south", "old"))]

    with pytest.raises(DisclosureError, match="E402") as caught:
        protect(cells, QUESTION, Policy(max_cells=1))

    assert caught.value.code == "E402"


def test_null_and_other_are_groups_like_any_other():
    """They are published or withheld by the same rules, in their place in the order."""
    keys = [(None, "old"), ("(other)", "old"), ("south", None)]
    cells = [cell(key=key) for key in keys] + [cell(key=(None, None), subjects=99)]

    table = protect(cells, QUESTION, Policy())

    assert [c.labels for c in table.published] == [
        ("south", None),
        ("(other)", "old"),
        (None, "old"),
    ]
    assert [c.labels for c in table.suppressed] == [(None, None)]
