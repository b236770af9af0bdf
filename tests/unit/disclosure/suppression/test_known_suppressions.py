"""The guard beside the optimal methods of sdcTable and tau-ARGUS, on their own tables."""

from __future__ import annotations

import pytest

from cleanroom_join.disclosure import Rule, protect
from tests.support.known_suppressions import KNOWN_SUPPRESSIONS
from tests.support.plain_tables import cells_from_counts, query_over


@pytest.mark.parametrize("known", KNOWN_SUPPRESSIONS, ids=lambda known: known.name)
def test_no_more_cells_are_suppressed_than_an_optimal_method_needs(known):
    """At most as many complements, and no more subjects in them; no total is lost."""
    query, policy = query_over("ab", policy=f"min_cohort = {known.k}")
    ours = {
        (region, sex): (f"a{'ABCD'.index(region) + 1}", "b1" if sex == "male" else "b2")
        for region, sex in known.counts
    }
    subjects = {ours[cell]: known.factor * n for cell, n in known.counts.items()}

    table = protect(cells_from_counts(subjects, query), query, policy)

    by_rule = {
        rule: {cell.labels for cell in table.suppressed if cell.rule is rule}
        for rule in Rule
    }
    complements = by_rule.pop(Rule.COMPLEMENTARY)
    assert by_rule.pop(Rule.THRESHOLD) == {ours[known.sensitive]}
    assert not any(by_rule.values())
    assert len(complements) <= len(known.secondary)
    lost = sum(subjects.get(cell, float("inf")) for cell in complements)
    assert lost <= sum(subjects[ours[cell]] for cell in known.secondary)
