"""The public surface: names, what an import does, and orders that do not exist."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

import cleanroom_join
from cleanroom_join import errors

PUBLIC = ["CleanRoomJoinError", "Contract", "SecretKey", "__version__"]


def test_the_top_level_names_are_pinned():
    """Adding or removing a public name is a decision, not an accident."""
    assert cleanroom_join.__all__ == PUBLIC


@pytest.mark.parametrize(
    "name",
    [
        "contract",
        "tokens",
        "disclosure",
        "review",
        "report",
        "sql",
        "errors",
        "testing",
    ],
)
def test_every_public_name_exists_and_is_sorted(name):
    """`__all__` names what is there, in the order a reader expects."""
    module = importlib.import_module(f"cleanroom_join.{name}")

    assert all(hasattr(module, public) for public in module.__all__)
    upper_first = sorted(
        module.__all__, key=lambda n: (not n.isupper(), not n[0].isupper(), n)
    )
    assert list(module.__all__) == upper_first


def test_importing_loads_nothing_heavy():
    """On Databricks, importing us must not touch the runtime's own packages."""
    code = (
        "import sys, cleanroom_join, cleanroom_join.disclosure, cleanroom_join.report;"
        "import cleanroom_join.testing; heavy = {'pyspark', 'databricks', 'pandas', 'typer'};"
        "heavy |= {'rich', 'jinja2'}; print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_the_guard_has_no_switch():
    """No parameter of the guard can turn it off or lower k."""
    from cleanroom_join.disclosure import protect

    assert list(inspect.signature(protect).parameters) == [
        "cells",
        "query",
        "policy",
        "history",
        "noise_key",
        "count_shares",
    ]


def test_every_docstring_example_holds():
    """Doctests of the pure modules run."""
    import doctest
    import pkgutil

    for module in pkgutil.walk_packages(cleanroom_join.__path__, "cleanroom_join."):
        parts = module.name.split(".")
        if parts[1] in ("spark", "cli", "local", "party", "room"):
            continue
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0, module.name


def test_error_classes_are_all_exported():
    """Whoever wants to catch an error can import it."""
    classes = {
        n
        for n, c in vars(errors).items()
        if inspect.isclass(c) and issubclass(c, errors.CleanRoomJoinError)
    }

    assert classes <= set(errors.__all__)


def docstring_examples(tree: ast.AST) -> list[tuple[str, str]]:
    """Return the first line of every example in a docstring, and the line above."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            continue
        lines = ["", *(ast.get_docstring(node) or "").splitlines()]
        found += [
            (line, above)
            for above, line in itertools.pairwise(lines)
            if line.lstrip().startswith(">>> ")
            if not above.lstrip().startswith((">>> ", "... "))
        ]
    return found


def test_every_docstring_example_is_in_a_section_of_examples():
    """Elsewhere the API pages would show `>>>` as a quotation, not as code."""
    folder = Path(cleanroom_join.__file__).parent
    trees = {file: ast.parse(file.read_text()) for file in folder.rglob("*.py")}
    found = {
        file.name: [e for e in examples if not e[1].strip()]
        for file, tree in trees.items()
        if (examples := docstring_examples(tree))
    }

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len(found) > 20
    planted = ast.parse('def f():\n    """\n    One.\n\n    >>> f()\n    """\n')
    assert docstring_examples(planted) == [(">>> f()", "")]
