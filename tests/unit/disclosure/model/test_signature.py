"""Cell signatures: fingerprints by facet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.disclosure import protect
from cleanroom_join.errors import InternalError
from tests.support.fingerprint_unions import together
from tests.support.plain_tables import COUNT_AND_SUM, cells_from_counts, query_over
from tests.support.signatures import signature_of, subjects


@given(st.sets(st.integers(0, 500)), st.sets(st.integers(1000, 1500)))
def test_a_union_of_disjoint_sets_is_their_fingerprint(one, other):
    """Words are combined by XOR, subjects are added."""
    assert together([signature_of(one), signature_of(other)]) == signature_of(
        one | other
    )


def test_contents_of_other_columns_are_refused():
    """A cell has all facets of the query, or none."""
    query, policy = query_over("a", "[]", measures=COUNT_AND_SUM)
    counted, _ = query_over("a", "[]")
    (cell,) = cells_from_counts(
        {("a1",): 300}, counted, signatures={("a1",): signature_of(subjects(0, 300))}
    )

    with pytest.raises(InternalError):
        protect([replace(cell, contents={})], counted, policy)
    assert set(query.facet_columns) == {
        "keeper.signals.payments.amount decimal 0 to 100000 by 1e-2"
    }
