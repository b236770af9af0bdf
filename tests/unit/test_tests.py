"""Rules of the tests themselves: what is shared is no test, and says what it is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in FILES}


def name_of(path):
    """Return a file's path below tests, for the test's name."""
    return str(path.relative_to(TESTS))


def imported(path):
    """Yield the dotted name of everything that a file imports."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_test_module_is_imported(path):
    """Helpers that several tests share lie in tests/support or tests/reference."""
    tests = {p.stem for p in FILES if p.stem.startswith("test_")}

    from_tests = {n for n in imported(path) if n.split(".")[0] == "tests"}

    assert [n for n in from_tests if tests & set(n.split("."))] == []


def test_no_helper_lies_beside_the_folders_of_tests():
    """At the top of tests there are folders only."""
    assert [path.name for path in TESTS.glob("*.py")] == []


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.parent.name in ("support", "reference")],
    ids=name_of,
)
def test_every_helper_says_what_it_is_for(path):
    """In a docstring; and none of its functions is a test that pytest would not run."""
    functions = {
        n.name for n in ast.walk(TREES[path]) if isinstance(n, ast.FunctionDef)
    }
    assert ast.get_docstring(TREES[path])
    assert [name for name in functions if name.startswith("test_")] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_test_says_in_a_sentence_what_holds(path):
    """A test without a docstring does not say what has broken when it fails."""
    tests = [
        node
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert [node.name for node in tests if not ast.get_docstring(node)] == []


def decorators(function):
    """Return the decorators of a function as text, calls without their arguments."""
    called = (getattr(d, "func", d) for d in function.decorator_list)
    return {ast.unparse(decorator) for decorator in called}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_property_inside_a_test_is_marked_slow(path):
    """`--fast` finds tests of hypothesis by themselves, but not such inside of others."""
    unmarked = [
        test.name
        for test in TREES[path].body
        if isinstance(test, ast.FunctionDef)
        and test.name.startswith("test_")
        and "pytest.mark.slow" not in decorators(test)
        and any(
            "given" in decorators(inner)
            for inner in ast.walk(test)
            if isinstance(inner, ast.FunctionDef) and inner is not test
        )
    ]

    assert unmarked == []
