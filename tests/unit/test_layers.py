"""The architecture's rules about imports and words, held against the source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "cleanroom_join"
LEVELS = {
    "errors": 0,
    "canonical": 0,
    "contract": 1,
    "tokens": 1,
    "disclosure": 1,
    "review": 2,
    "audit": 2,
    "governance": 2,
    "attacks": 3,
    "report": 3,
    "spark": 3,
    "databricks": 3,
    "cli": 4,
    "local": 4,
    "testing": 4,
}
MODULES = sorted(SOURCE.rglob("*.py"))
BANNED = re.compile(
    r"\.rdd\b|sparkContext|\._jvm\b|\._jdf\b|\._jsc\b|createOrReplace|TempView"
    r"|\.cache\(|\.persist\(|\.conf\.set\(|\.udf\(|pandas_udf|mapInPandas|applyInPandas"
)


def part(module: Path) -> str:
    """Return the name of the folder or file directly below the package."""
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(module: Path) -> set[str]:
    """Return the dotted names of everything a module imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {module}"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def parts_imported(module: Path) -> set[str]:
    """Return the parts of our own package that a module imports."""
    ours = (n.split(".") for n in imports(module) if n.startswith("cleanroom_join."))
    return {n[1] for n in ours} & set(LEVELS)


def test_every_part_has_a_level():
    """A new folder must be given its place before it can be used."""
    found = {part(module) for module in MODULES} - {"__init__"}

    assert found <= set(LEVELS)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(SOURCE)))
def test_imports_go_down_only(module):
    """A part imports lower levels, itself, and contract; no sibling of its level."""
    here = part(module)
    if here == "__init__":
        return
    level = LEVELS[here]

    for other in parts_imported(module) - {here}:
        sibling_allowed = other == "contract" and level >= 1
        cli_starts_sessions = here == "cli" and other == "local"
        assert (
            LEVELS[other] < level
            or other == "errors"
            or sibling_allowed
            or cli_starts_sessions
        ), f"{here} imports {other}"


def test_only_the_spark_shell_imports_pyspark():
    """Decisions run without Spark; only two places may know it."""
    users = {part(m) for m in MODULES if any("pyspark" in n for n in imports(m))}

    assert users == {"spark", "local"}


def closure(module: str) -> set[str]:
    """Return the modules that a module of ours reaches by naming them."""
    seen: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        path = SOURCE.joinpath(*name.split(".")[1:])
        file = (
            path.with_suffix(".py")
            if path.with_suffix(".py").exists()
            else path / "__init__.py"
        )
        if name in seen or not file.exists():
            continue
        seen.add(name)
        todo += [n for n in imports(file) if n.startswith("cleanroom_join.")]
    return seen


@pytest.mark.parametrize(
    "name",
    [
        *("join", "aggregate", "room", "builder", "release", "pipeline", "census"),
        *("ledger", "sealing"),
    ],
)
def test_the_key_never_enters_the_room(name):
    """What runs in the room reaches neither keys nor tokeniser, however indirectly."""
    reached = closure(f"cleanroom_join.spark.{name}")

    assert not {
        n
        for n in reached
        if n.endswith(
            (
                "tokens.keys",
                "tokens.tokeniser",
                "spark.tokenise",
                "spark.identifiers",
                "spark.gold",
            )
        )
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(SOURCE)))
def test_nothing_that_connect_lacks(module):
    """No call that serverless compute refuses; local.py alone configures a session."""
    lines = module.read_text().splitlines()

    found = [line for line in lines if BANNED.search(line)]

    assert found == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(module):
    """At most 300 lines a module; about 40 a function, docstring and comments aside."""
    text = module.read_text()
    functions = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
    ]

    long = {f.name: n for f in functions if (n := body_lines(f)) > 45}

    # The stand-alone verifier is one file so that it can be handed over as one.
    assert len(text.splitlines()) <= (780 if module.stem == "verify_token_v1" else 300)
    assert long == {}


def body_lines(function: ast.FunctionDef) -> int:
    """Count a function's lines without its docstring."""
    first = function.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if docstring else function.lineno
    return function.end_lineno - start


def test_one_writer_and_one_aggregation():
    """One module writes a release, one turns rows into cells, in the whole package."""
    text = {m.name: m.read_text() for m in MODULES}

    # gold.py writes a party's own table, ledger.py sealed rows beside an answer;
    # only release.py writes an answer.
    writers = {n for n, t in text.items() if "saveAsTable" in t or "insertInto" in t}
    assert writers == {"gold.py", "ledger.py", "release.py"}
    # counting.py counts made-up people for the attack suite, never a shared table;
    # complement.py adds up cells that were counted.
    makers = {n for n, t in text.items() if "CellStatistics(\n" in t}
    assert makers <= {"aggregate.py", "counting.py", "complement.py"}
    assert {"aggregate.py", "counting.py"} <= makers
