"""The helpers that users' tests get."""

from __future__ import annotations

import pytest

from cleanroom_join.testing import assert_k_anonymous


def test_enough_subjects_pass():
    """Rows about at least k subjects pass, and so does no row."""
    assert assert_k_anonymous([{"cohort_size": 100}], 100) is None
    assert assert_k_anonymous([], 100) is None


@pytest.mark.parametrize("size", [99, None, True, "100", 100.0])
def test_too_few_or_unknown_fail_without_the_figure(size):
    """A small or strange cohort size fails, and is not quoted."""
    with pytest.raises(AssertionError) as caught:
        assert_k_anonymous([{"cohort_size": 100}, {"cohort_size": size}], 100)

    assert str(caught.value) == "row 1 is not about at least 100 subjects"
