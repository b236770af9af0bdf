"""Statistics of cells: which are impossible, and what is certain of several together."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.attacks.plain_counts import total_and_largest
from cleanroom_join.disclosure import Contributions, SubjectStatistics
from cleanroom_join.disclosure.model.cell import merge_subjects
from cleanroom_join.errors import InternalError


@pytest.mark.parametrize(
    ("total", "largest", "second"),
    [(1, 2, 0), (3, 1, 2), (10, 6, 5), (-1, -1, -1), (5, 3, -1)],
)
def test_impossible_contributions_are_refused(total, largest, second):
    """No data has them, so a fact is wrong."""
    with pytest.raises(InternalError):
        Contributions(total=total, largest=largest, second=second)


@pytest.mark.parametrize("apart", [True, False])
@given(
    st.lists(
        st.dictionaries(st.integers(0, 9), st.integers(1, 50), min_size=1),
        min_size=1,
        max_size=4,
    )
)
def test_merged_statistics_are_certain(apart, cells):
    """They never have more subjects than there are, nor a smaller largest one."""
    if apart:
        cells = [{(i, who): n for who, n in c.items()} for i, c in enumerate(cells)]
    together = Counter()
    for cell in cells:
        together.update(cell)
    parts = [
        SubjectStatistics(
            subjects=len(c), rows=total_and_largest(c.values()), columns={}
        )
        for c in cells
    ]

    merged = merge_subjects(parts, apart=apart)

    exact = total_and_largest(together.values())
    assert merged.rows.total == exact.total
    assert merged.rows.largest >= exact.largest
    assert merged.subjects <= len(together)
    assert not apart or (merged.rows, merged.subjects) == (exact, len(together))
