"""What no file is written for is refused: at import, and if it is smuggled in later."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from cleanroom_join.contract import FUNCTIONS, Function, OutputType, resolve
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.publish.figures import published_figures
from cleanroom_join.disclosure.rule_texts import rule_text
from cleanroom_join.errors import InternalError
from cleanroom_join.testing import contract
from tests.support.howto_pages import copy_tree, run_python

CONTRACT = contract()
FUNCTION_FILE = "src/cleanroom_join/contract/terms/functions/function.py"
RULE_FILE = "src/cleanroom_join/disclosure/model/rule.py"


@pytest.fixture
def tree(tmp_path):
    """A copy of the sources."""
    return copy_tree(tmp_path, "src")


def insert_after(path, line, added):
    """Add a line to a file after the one line that is there."""
    text = path.read_text()
    assert text.count(line) == 1
    path.write_text(text.replace(line, line + added))


def refusal(tree, module):
    """Return the last line that importing a module of a copy prints; it must fail."""
    done = run_python(tree, "-c", f"import {module}", check=False)
    assert done.returncode != 0
    return done.stderr.splitlines()[-1]


def test_a_sixth_function_without_a_file_stops_the_import(tree):
    """No contract can be read, let alone published as something else."""
    insert_after(tree / FUNCTION_FILE, '    RATE = "rate"\n', '    MEDIAN = "median"\n')

    error = refusal(tree, "cleanroom_join.contract")

    assert "InternalError" in error
    assert "Function MEDIAN has no FUNCTION" in error


def test_a_rule_without_a_file_stops_the_import(tree):
    """No table can be judged without it."""
    line = '    """The contract asks for noise, and there is no joint key to draw it with."""\n'
    insert_after(tree / RULE_FILE, line, '    LOCATION = "location"\n')

    error = refusal(tree, "cleanroom_join.disclosure")

    assert "InternalError" in error
    assert "Rule LOCATION has no RULE" in error


@pytest.mark.parametrize(
    "text", ["", "RULE = None\n", "RULE = object()\n", "rule = 1\n"], ids=repr
)
def test_a_file_without_its_rule_stops_the_import(tree, text):
    """An empty file, or an object of another class, is no rule."""
    path = tree / "src/cleanroom_join/disclosure/primary/dominance.py"
    path.write_text(path.read_text().replace("RULE = Dominance()\n", text))

    error = refusal(tree, "cleanroom_join.disclosure")

    assert "Rule DOMINANCE has no RULE" in error


def test_a_rule_that_forgets_residuals_stops_the_import(tree):
    """The class has no default for any of the three judgements."""
    path = tree / "src/cleanroom_join/disclosure/primary/dominance.py"
    text = path.read_text()
    path.write_text(text.replace("def is_residual_sensitive", "def judges_residual"))

    assert "is_residual_sensitive" in refusal(tree, "cleanroom_join.disclosure")


def test_an_error_inside_of_a_file_is_not_taken_for_a_missing_file(tree):
    """It is shown as it is."""
    path = tree / "src/cleanroom_join/contract/terms/functions/mean.py"
    path.write_text("import no_such_package\n")

    assert "no_such_package" in refusal(tree, "cleanroom_join.contract")


class Lookalike:
    """Equal to a member, with its hash, its name and its value, but none."""

    def __init__(self, member):
        self.value, self.name = member.value, member.name
        self._hash = hash(member)

    def __eq__(self, other):
        return True

    def __hash__(self):
        return self._hash

    def __repr__(self):
        return f"like {self.name}"


SMUGGLED = [
    "median",
    "mean",
    None,
    [],
    SimpleNamespace(value="median", name="MEDIAN"),
    Lookalike(Function.MEAN),
]


def smuggle(function):
    """Return the output with another function, past all checks."""
    output = CONTRACT.output("segments")
    measures = tuple(replace(m, function=function) for m in output.measures)
    return replace(output, measures=measures)


@pytest.mark.parametrize("function", SMUGGLED, ids=repr)
def test_a_smuggled_function_is_not_resolved(function):
    """An error of ours, not of Python's: the room shows it safely."""
    with pytest.raises(InternalError):
        resolve(CONTRACT, smuggle(function))


@pytest.mark.parametrize("function", SMUGGLED, ids=repr)
def test_a_smuggled_function_is_not_published(function):
    """Even if the query was resolved before."""
    query = resolve(CONTRACT, CONTRACT.output("segments"))
    smuggled = replace(query, output=smuggle(function))

    with pytest.raises(InternalError):
        protect([], smuggled, CONTRACT.policy)
    with pytest.raises(InternalError):
        smuggled.schema()


def test_a_function_with_a_figure_of_another_type_is_not_published(monkeypatch):
    """A fraction is no count, whatever the function says."""
    query = resolve(CONTRACT, CONTRACT.output("segments"))
    quantities = SimpleNamespace(subjects=lambda _: 100, rows=lambda: 100.5)
    monkeypatch.setattr(
        "cleanroom_join.disclosure.publish.figures._quantities", lambda *_: quantities
    )

    assert FUNCTIONS[Function.COUNT].result is OutputType.COUNT
    with pytest.raises(InternalError):
        published_figures(None, query, CONTRACT.policy, None)


@pytest.mark.parametrize(
    "rule", ["location", None, Lookalike(Rule.THRESHOLD)], ids=repr
)
def test_a_smuggled_rule_has_no_file_and_no_text(rule):
    """Nothing is said of a rule that nobody wrote."""
    with pytest.raises(InternalError):
        PRIMARY_RULES[rule]
    with pytest.raises(InternalError):
        rule_text(rule, CONTRACT.policy)


def test_members_are_found_by_identity_alone():
    """Every member is there, in order, and nothing that only looks like one."""
    assert list(FUNCTIONS) == list(Function)
    assert len(PRIMARY_RULES) == len([rule for rule in Rule if rule.is_primary])
    assert Lookalike(Function.MEAN) not in FUNCTIONS
    assert "mean" not in FUNCTIONS
