"""Coarser labels above values: a forest in which every label has one height, or refused."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples

PATH = "assets.accounts.columns.tier"
VALUES = ("a", "b", "c")
DEEPEST = 4
"""Most steps from a value to the end, as docs/reference/contract.md says."""


DOMAIN = json.dumps(VALUES)


def contract(parents, domain=DOMAIN):
    """Read a contract with a dimension ``tier`` and what is above its values."""
    tier = f"tier = {{ dimension = {domain}, parents = {parents} }}"
    return Contract.from_toml(contract_toml(accounts=tier))


def toml(parents):
    """Return a mapping as an inline table."""
    pairs = (f"{json.dumps(k)} = {json.dumps(v)}" for k, v in parents.items())
    return f"{{ {', '.join(pairs)} }}"


def refused(parents, **more):
    """Return the faults of a hierarchy, by path beneath the column."""
    with pytest.raises(ContractError) as caught:
        contract(parents, **more)
    assert all(p.path.startswith(PATH) for p in caught.value.problems)
    found = defaultdict(str)
    for problem in caught.value.problems:
        found[problem.path.removeprefix(PATH).rstrip(".")] += f"{problem} "
    return found


@pytest.mark.parametrize(
    ("parents", "path", "code", "text"),
    [
        ({"a": "x", "x": "y", "y": "x"}, "a", "E116", "has no end within 4 steps"),
        ({"a": "x", "x": "x"}, "x", "E116", "has no end within 4 steps"),
        (
            {"a": "v", "v": "w", "w": "x", "x": "y", "y": "z"},
            "a",
            "E116",
            "has no end within 4 steps",
        ),
        (
            {"a": "low", "low": "any", "b": "any"},
            "any",
            "E116",
            "is as many steps above every value beneath it, or none",
        ),
        ({"a": "low", "d": "low"}, "d", "E115", "is neither a value nor a coarser"),
        ({"(other)": "low"}, "(other)", "E115", "is neither a value nor a coarser"),
        ({"a": "b"}, "a", "E116", '"b" is a value or reserved'),
        ({"a": "a"}, "a", "E116", '"a" is a value or reserved'),
        ({"a": "(other)"}, "a", "E116", '"(other)" is a value or reserved'),
        ({"a": "(all)"}, "a", "E116", '"(all)" is a value or reserved'),
        ({"a": 7}, "a", "E112", "must be"),
        ({"a": ["low"]}, "a", "E112", "must be"),
    ],
    ids=lambda part: part if isinstance(part, str) else None,
)
def test_each_fault_of_a_hierarchy_has_its_path_and_code(parents, path, code, text):
    """A cycle, one too deep, unequal heights, labels from nowhere or with two meanings."""
    found = refused(toml(parents))

    assert f"[{code}]" in found[f".parents.{path}"]
    assert text in found[f".parents.{path}"]


def test_a_boolean_has_nothing_above_it():
    """True and false together are every subject, which is a total."""
    found = refused(toml({"true": "any", "false": "any"}), domain='"boolean"')

    assert "a boolean has nothing coarser above it [E116]" in found[".parents"]


@pytest.mark.parametrize("parents", ['"low"', '["low"]', "1", "true"])
def test_only_a_table_says_what_is_above_what(parents):
    """Anything else is refused, not taken for none."""
    assert "[E112]" in refused(parents)[".parents"]


def test_whole_numbers_have_coarser_labels_too():
    """Values are named by their digits; a label that is another value is refused."""
    read = contract(toml({"1": "few", "2": "few"}), domain="[1, 2, 30]")
    column = read.terms.assets["accounts"].columns["tier"]

    assert [column.ancestors(v) for v in column.values] == [("few",), ("few",), ()]
    found = refused(toml({"1": "30"}), domain="[1, 2, 30]")
    assert '"30" is a value or reserved [E116]' in found[".parents.1"]


def reference(parents):
    """Return the labels above each value, or None where no hierarchy is meant."""
    coarser = set(parents.values())
    if set(parents) - coarser - set(VALUES) or coarser & {*VALUES, "(other)", "(all)"}:
        return None
    if any(len(walk) > DEEPEST for walk in map(above(parents), parents)):
        return None
    walks = {value: above(parents)(value) for value in VALUES}
    for label in coarser:
        if len({walk.index(label) for walk in walks.values() if label in walk}) > 1:
            return None
    return walks


def above(parents):
    """Return a function that walks up from a label, two steps beyond what is allowed."""

    def walk(label):
        found = []
        while label in parents and len(found) < DEEPEST + 2:
            label = parents[label]
            found.append(label)
        return found

    return walk


ANYTHING = st.dictionaries(
    st.sampled_from([*VALUES, *VALUES, "v", "w", "x", "d"]),
    st.sampled_from(["v", "w", "x", "y", "v", "w", "x", "y", "a", "(all)"]),
    max_size=7,
)
_FIRST, _SECOND = st.sampled_from(["v", "w"]), st.sampled_from(["x", "y"])
STEPS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(VALUES, _FIRST)
    | dict.fromkeys("vw", _SECOND)
    | dict.fromkeys("xy", st.just("z")),
).map(lambda steps: {k: v for k, v in steps.items() if k in {*VALUES, *steps.values()}})
"""Labels in three steps, of which some may be missing."""


@settings(max_examples=examples(1000))
@given(ANYTHING | STEPS)
def test_a_hierarchy_is_read_as_it_stands_or_refused(parents):
    """No label between two values is lost, moved or made up."""
    expected = reference(parents)
    event("refused" if expected is None else f"{max(map(len, expected.values()))} high")

    if expected is None:
        assert refused(toml(parents))
        return
    column = contract(toml(parents)).terms.assets["accounts"].columns["tier"]
    assert {v: list(column.ancestors(v)) for v in VALUES} == expected
