"""Every column of an output has a name of its own, whatever its case."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples

NAMES = st.sampled_from(
    [
        "cohort_size",
        "Cohort_Size",
        "COHORT_SIZE",
        "cohort_siz",
        "area",
        "Area",
        "n",
        "N",
    ]
)


def outcome(dimensions, measures):
    """Return the codes of what is wrong with such an output."""
    declared = "".join(
        f'{name} = {{ dimension = ["a", "b"] }}\n' for name in dimensions
    )
    counts = "".join(f'{name} = {{ function = "count" }}\n' for name in measures)
    text = contract_toml(accounts=declared, group_by=dimensions, measures=counts)
    try:
        Contract.from_toml(text)
    except ContractError as error:
        return {problem.code for problem in error.problems}
    return set()


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=3, unique_by=str.lower),
    st.lists(NAMES, min_size=1, max_size=3, unique=True),
)
def test_two_columns_of_one_name_are_refused(dimensions, measures):
    """The size of the cohort is one of the columns; a table ignores case."""
    columns = [name.lower() for name in ("cohort_size", *dimensions, *measures)]

    assert outcome(dimensions, measures) == (
        set() if len(set(columns)) == len(columns) else {"E116"}
    )


@pytest.mark.parametrize("name", ["cohort_size", "Cohort_Size", "COHORT_SIZE"])
def test_neither_a_dimension_nor_a_measure_is_called_like_the_size(name):
    """One message each, at the name."""
    assert outcome([name], ["n"]) == outcome(["area"], [name]) == {"E116"}
