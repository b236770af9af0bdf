"""The page on output functions is true: following it to the letter adds a function."""

from __future__ import annotations

import json

import pytest

from tests.support.howto_pages import ROOT, follow_in_copy, run_python

PAGE = ROOT / "docs" / "howto" / "add-an-output-function.md"
MOST_FILES = 6
GENERATED = {"docs/reference/contract.md"}

# Run in the copy: what a contract with the new function publishes, in each protection.
TRIAL = """
import json
from cleanroom_join.contract import Contract, resolve
from cleanroom_join.disclosure import (
    CellStatistics, Contributions, SubjectStatistics, protect
)
from cleanroom_join.testing import contract_toml
from tests.reference.guard_reference import reference_release

MEASURES = '''
n = { function = "count" }
mean_rows = { function = "rows_per_subject", column = "card" }
'''
ROWS = [{"card": i % 130, "region": "north"} for i in range(700)]
PERTURBED = 'protection = "perturbed"'

def published(policy):
    agreed = Contract.from_toml(contract_toml(policy=policy, measures=MEASURES))
    query = resolve(agreed, agreed.output("segments"))
    cell = CellStatistics(
        labels=("north", "old"),
        rows=len(ROWS),
        columns={},
        subjects={
            "card": SubjectStatistics(
                subjects=130,
                rows=Contributions(total=len(ROWS), largest=6, second=6),
                columns={},
            )
        },
        cell_key=54321,
    )
    table = protect([cell], query, agreed.policy, None, bytes(32))
    (row,) = table.rows
    figures = dict(zip([column.name for column in table.columns], row, strict=True))
    types = {column.name: column.type.value for column in table.columns}
    return {"figures": {k: str(v) for k, v in figures.items()}, "types": types}

second = reference_release(
    ROWS, subjects=["card"], group_by=["region"], domains={"region": ["north"]},
    measures=[{"name": "mean_rows", "function": "rows_per_subject", "column": "card"}],
    policy={"min_cohort": 100, "min_opposite": 10, "max_clamped_share": 0,
    "dominance": {"n": 2, "share": 0.9, "p_percent": 10},
    "rounding": {"count": 5, "rate_digits": 3}},
)
print(json.dumps({
    "exact": published(""),
    "cell key": published(PERTURBED),
    "bounded": published(PERTURBED + '\\ncontribution = { rows = 6 }'),
    "second implementation": str(float(second[("north",)]["mean_rows"])),
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
    """What contracts with the new function publish."""
    root, *_ = followed
    return json.loads(run_python(root, "-c", TRIAL).stdout)


def test_a_function_touches_the_files_that_the_page_names(followed):
    """At most six, generated files aside."""
    _, named, touched = followed

    assert touched == named | GENERATED
    assert len(named) <= MOST_FILES


def test_the_new_function_is_published_without_noise(tried):
    """700 rows of 130 cards are 5.38 rows per card."""
    assert tried["exact"]["figures"]["mean_rows"] == "5.38"


@pytest.mark.parametrize("protection", ["exact", "cell key", "bounded"])
def test_the_new_function_discloses_nothing_beside_the_counts(tried, protection):
    """In every protection it is the quotient of the two published counts."""
    figures = tried[protection]["figures"]

    quotient = int(figures["n"]) / int(figures["cohort_size"])

    assert float(figures["mean_rows"]) == pytest.approx(quotient, abs=0.005)


def test_noise_reaches_the_new_function(tried):
    """The noisy counts of the cell differ from the exact ones, and so does the figure."""
    exact, noisy = (tried[p]["figures"] for p in ("exact", "bounded"))

    assert exact["n"] != noisy["n"]
    assert exact["mean_rows"] != noisy["mean_rows"]


def test_the_column_of_the_new_function_has_the_type_of_a_number(tried):
    """Like a mean, and unlike a count."""
    types = tried["exact"]["types"]

    assert types["mean_rows"] == "DOUBLE"
    assert types["n"] == "BIGINT"


def test_the_second_implementation_agrees(tried):
    """From rows, it gives the same figure."""
    assert tried["second implementation"] == tried["exact"]["figures"]["mean_rows"]


def test_the_reference_of_the_contract_has_the_function(followed):
    """It is generated from the same declaration."""
    root, *_ = followed

    page = (root / "docs/reference/contract.md").read_text()

    assert '`"rows_per_subject"`' in page
    assert "Joined rows per distinct subject of a kind." in page
