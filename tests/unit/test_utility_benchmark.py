"""What the utility benchmark counts; the Spark part runs with `make bench-utility`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cleanroom_join.contract import Contract, Dimension, Policy
from cleanroom_join.disclosure import protect
from tests.support.plain_tables import cells_from_counts, query_over

pytest.importorskip("pyspark")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def utility():
    """The benchmark as a module."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import utility
    finally:
        sys.path.pop(0)
    return utility


@pytest.mark.parametrize("example", ["flights", "fraud"])
@pytest.mark.parametrize("hierarchies", [True, False])
def test_both_sides_differ_in_coarser_labels_only(utility, example, hierarchies):
    """Neither has what a party asks for on top of the defaults."""
    agreed = Contract.load(ROOT / "examples" / example / "collaboration.toml")

    contract = utility.at_default_policy(agreed, hierarchies=hierarchies)

    parents = [
        bool(column.parents)
        for asset in contract.terms.assets.values()
        for column in asset.columns.values()
        if isinstance(column, Dimension)
    ]
    assert contract.policy == Policy()
    assert any(parents) == hierarchies
    assert contract.terms.outputs == agreed.terms.outputs


def test_what_counts_as_published(utility):
    """Alone, within a coarser row only, or not at all."""
    asked, policy = query_over("a", "[]", parents=True)
    counts = {("a1",): 60, ("a2",): 70, ("a4",): 500, ("(other)",): 30}

    table = protect(cells_from_counts(counts, asked), asked, policy)

    found = {leaf[0]: utility.covered(leaf, asked, table) for leaf in counts}
    assert found == {
        "a1": (False, True),
        "a2": (False, True),
        "a4": (True, False),
        "(other)": (False, False),
    }
