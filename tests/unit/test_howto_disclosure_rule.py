"""The page on disclosure rules is true: following it to the letter adds a rule."""

from __future__ import annotations

import json

import pytest

from tests.support.howto_pages import ROOT, follow_in_copy, run_python

PAGE = ROOT / "docs" / "howto" / "add-a-disclosure-rule.md"
MOST_FILES = 6
GENERATED = {"docs/reference/contract.md"}

# Run in the copy: what the rule does to cells, residuals, contracts and the summary.
TRIAL = """
import json
from dataclasses import replace
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    CellStatistics, Contributions, SubjectStatistics, protect
)
from cleanroom_join.disclosure.suppression.residuals import ResidualCheck
from cleanroom_join.review.plain_language import described_settings, described_rules
from cleanroom_join.testing import contract_toml
from tests.reference.guard_reference import reference_release

def contract(policy):
    text = contract_toml(policy=policy, measures='n = { function = "count" }')
    return Contract.from_toml(text)

def cell(labels, subjects, rows):
    per_subject = -(-rows // subjects)
    return CellStatistics(
        labels=labels,
        rows=rows,
        columns={},
        subjects={
            "card": SubjectStatistics(
                subjects=subjects,
                rows=Contributions(total=rows, largest=per_subject, second=1),
                columns={},
            )
        },
        cell_key=7,
    )

def suppressed(policy, subjects, rows):
    agreed = contract(policy)
    query = resolve(agreed, agreed.output("segments"))
    table = protect(
        [cell(("north", "old"), subjects, rows)], query, agreed.policy, None, bytes(32)
    )
    return [c.rule.value for c in table.suppressed]

agreed = contract("min_rows = 400")
query = resolve(agreed, agreed.output("segments"))
leaves = {
    labels: cell(labels, 100, rows)
    for labels, rows in ((("north", "old"), 199), (("south", "old"), 200),
                         (("south", "young"), 201))
}
check = ResidualCheck(leaves, query, agreed.policy)
two, three = list(leaves)[:2], list(leaves)[1:]
rows = [{"card": i % 100, "region": "north"} for i in range(399)]
second = reference_release(
    rows, subjects=["card"], group_by=["region"], domains={"region": ["north"]},
    measures=[], policy={"min_cohort": 100, "min_opposite": 10, "min_rows": 400,
    "max_clamped_share": 0, "dominance": {"n": 2, "share": 0.9, "p_percent": 10}},
)
noisy = 'min_rows = 400\\nprotection = "perturbed"\\ncontribution = { rows = 2 }'
print(json.dumps({
    "below": suppressed("min_rows = 400", 150, 399),
    "at": suppressed("min_rows = 400", 150, 400),
    "by default": suppressed("", 150, 150),
    "bounded, far below": suppressed(noisy, 150, 300),
    "bounded, far above": suppressed(noisy, 300, 500),
    "residual below": check.is_sensitive(frozenset(two)),
    "residual above": check.is_sensitive(frozenset(three)),
    "second implementation": list(second.values()),
    "settings": {line.name: line.value for line in described_settings(agreed.policy)},
    "rules": {line.name: line.does for line in described_rules(agreed.policy)},
}))
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A copy of the sources after the page was followed: root, files named, touched."""
    root = tmp_path_factory.mktemp("repository")
    named, touched = follow_in_copy(
        PAGE,
        root,
        "src",
        "tests/reference/__init__.py",
        "tests/reference/guard_reference.py",
        "CHANGELOG.md",
        "tools/make_contract_reference.py",
        *GENERATED,
        tools=["make_contract_reference"],
    )
    return root, named, touched


@pytest.fixture(scope="module")
def tried(followed):
    """What the new rule does."""
    root, *_ = followed
    return json.loads(run_python(root, "-c", TRIAL).stdout)


def test_a_rule_touches_the_files_that_the_page_names(followed):
    """At most six, generated files aside."""
    _, named, touched = followed

    assert touched == named | GENERATED
    assert len(named) <= MOST_FILES


def test_the_new_rule_suppresses_cells_at_its_border(tried):
    """In exact figures and in noisy ones; at the default it suppresses nothing."""
    assert tried["below"] == ["sample_size"]
    assert tried["at"] == []
    assert tried["by default"] == []
    assert tried["bounded, far below"] == ["sample_size"]
    assert tried["bounded, far above"] == []


def test_the_new_rule_judges_residuals(tried):
    """Two leaves of 399 rows together are sensitive, two of 401 are not."""
    assert tried["residual below"] is True
    assert tried["residual above"] is False


def test_the_second_implementation_agrees(tried):
    """From rows, it names the same rule."""
    assert tried["second implementation"] == ["sample_size"]


def test_the_contract_has_the_setting_and_the_summary_the_rule(tried):
    """Its text has the limit in force."""
    assert tried["settings"]["min_rows"] == "400"
    assert (
        tried["rules"]["sample_size"] == "Suppresses a cell with fewer than 400 rows."
    )


def test_the_reference_of_the_contract_has_the_setting(followed):
    """It is generated from the same declaration."""
    root, *_ = followed

    page = (root / "docs/reference/contract.md").read_text()

    assert "`min_rows`" in page
    assert "Every published cell has at least this many rows" in page
