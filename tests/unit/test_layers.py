"""The architecture's rules about imports and words, held against the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "cleanroom_join"
LAYERS = (
    ("version",),
    ("errors",),
    ("crypto", "members"),
    ("contract.terms", "contract.token_format"),
    ("contract.check", "contract.document"),
    ("contract",),
    ("data_profile", "raw_files", "sql", "tokens"),
    ("disclosure.model",),
    (
        "disclosure.coarse_counts",
        "disclosure.differencing",
        "disclosure.generalisation",
        "disclosure.ledger",
        "disclosure.perturbation",
    ),
    ("disclosure.primary", "disclosure.publish"),
    ("disclosure.suppression",),
    ("disclosure",),
    ("review", "revocation"),
    ("advice",),
    ("attacks", "first_contract", "report", "spark.common"),
    ("spark.ledger", "spark.party"),
    ("spark.revocation", "spark.room"),
    ("spark.first_contract", "spark.rehearsal", "spark"),
    ("local", "party", "room", "testing"),
    ("cli",),
    ("__init__", "__main__"),
)
"""From the bottom to the top; a part imports lower layers and itself, no sibling."""

LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
MOST_FILES = 18
BANNED = re.compile(
    r"\.rdd\b|sparkContext|\._jvm\b|\._jdf\b|\._jsc\b|createOrReplace|TempView"
    r"|\.cache\(|\.persist\(|\.conf\.set\(|\.udf\(|pandas_udf|mapInPandas|applyInPandas"
)


def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name, without the package."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        found[name] = path
    return found


MODULES = modules()
PACKAGES = {name for name, path in MODULES.items() if path.stem == "__init__"}


def part(name: str) -> str:
    """Return the part a module belongs to: the longest of its prefixes in `LAYERS`."""
    pieces = name.split(".")
    prefixes = (".".join(pieces[:size]) for size in range(len(pieces), 0, -1))
    return next((p for p in prefixes if p in LEVEL), "")


def imported(path: Path) -> set[str]:
    """Return the dotted names of everything a module imports, types included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {path}"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def ours(path: Path) -> set[str]:
    """Return the modules of our own that a module imports."""
    found = set()
    for name in imported(path):
        if not name.startswith("cleanroom_join"):
            continue
        inside = name.removeprefix("cleanroom_join").removeprefix(".")
        while inside not in MODULES and "." in inside:
            inside = inside.rpartition(".")[0]
        found.add(inside if inside in MODULES else "__init__")
    return found


GRAPH = {name: ours(path) - {name} for name, path in MODULES.items()}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return sets of nodes that reach each other, by removing what ends nowhere."""
    left = {node: set(others) & graph.keys() for node, others in graph.items()}
    while True:
        ends = {node for node, others in left.items() if not others & left.keys()}
        if not ends:
            return [set(left)] if left else []
        left = {node: others for node, others in left.items() if node not in ends}


def test_the_page_on_architecture_has_the_same_layers():
    """In the same order; what the page puts in one row is in one layer."""
    page = SOURCE.parents[1] / "docs" / "explanation" / "architecture.md"
    rows = re.findall(r"(?m)^\| (\d+) \| ([^|]+) \|", page.read_text())
    names = [re.findall(r"`([^`]+)`", folders) for _, folders in rows]
    layers = [
        {LEVEL[n.removesuffix(".py").rstrip("/").replace("/", ".")] for n in row}
        for row in names
    ]

    assert [number for number, _ in rows] == [str(i + 1) for i in range(len(rows))]
    assert all(len(levels) == 1 for levels in layers)
    order = [level for levels in layers for level in levels]
    assert order == sorted(set(order))
    shown = {
        n.rstrip("/").removesuffix(".py").split("/")[0] for row in names for n in row
    }
    assert shown == {p.split(".")[0] for p in LEVEL} - {
        "__init__",
        "__main__",
        "version",
    }


def test_every_module_has_a_layer():
    """A new folder must be given its place before it can be used."""
    assert [name for name in MODULES if not part(name)] == []


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down_only(name):
    """A part imports lower layers and itself; no sibling, and nothing above."""
    here = part(name)

    wrong = {
        other
        for other in GRAPH[name]
        if part(other) != here and LEVEL[part(other)] >= LEVEL[here]
    }

    assert wrong == set()


def test_no_modules_import_each_other():
    """Not even for types: who reads one module of a circle must read all of them."""
    assert circles(GRAPH) == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_no_folders_import_each_other(package):
    """At any depth: what is in a folder has an order, from the bottom to the top."""
    prefix = "" if package == "__init__" else f"{package}."
    depth = len(prefix.split("."))
    children: dict[str, set[str]] = {}
    for name in MODULES:
        if name != package and name.startswith(prefix):
            inside = {o for o in GRAPH[name] if o.startswith(prefix) and o != package}
            child = ".".join(name.split(".")[:depth])
            found = {".".join(o.split(".")[:depth]) for o in inside}
            children.setdefault(child, set()).update(found - {child})

    assert circles(children) == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_folders_stay_small(package):
    """At most 18 files beside `__init__`."""
    folder = MODULES[package].parent

    files = [path for path in folder.glob("*.py") if path.stem != "__init__"]

    assert len(files) <= MOST_FILES


def missing_of_docstring(docstring: str) -> list[str]:
    """Return what a folder's docstring lacks: its purpose, or what may not come in."""
    purpose, _, rest = docstring.partition("\n\n")
    # A full stop inside would begin a second sentence.
    one_sentence = re.fullmatch(r"[A-Z`](?:[^.?!\n]|[.](?=\w))+[.?!]", purpose)
    restricts = re.search(r"(?i)\b(?:no|not|nothing|never|neither|only)\b", rest)
    return [
        *(["its purpose in one sentence"] if not one_sentence else []),
        *(["what may not come in"] if not restricts else []),
    ]


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_folders_say_their_purpose_and_what_may_not_come_in(package):
    """In the docstring of `__init__`: one sentence on one line, then the limits."""
    docstring = ast.get_docstring(ast.parse(MODULES[package].read_text()))

    assert missing_of_docstring(docstring or "") == []


@pytest.mark.parametrize(
    ("docstring", "missing"),
    [
        ("", ["its purpose in one sentence", "what may not come in"]),
        ("Tokens", ["its purpose in one sentence", "what may not come in"]),
        ("Tokens.  Keys.\n\nNo Spark.", ["its purpose in one sentence"]),
        ("Makes tokens.", ["what may not come in"]),
        ("Makes tokens.\n\nFast, and easy to read.", ["what may not come in"]),
    ],
)
def test_a_poor_docstring_is_found(docstring, missing):
    """Without a sentence, with two of them, or without any limit."""
    assert missing_of_docstring(docstring) == missing


def test_only_the_spark_shell_imports_pyspark():
    """Decisions run without Spark; only these places may know it."""
    users = {
        name.split(".")[0]
        for name, path in MODULES.items()
        if any(n.split(".")[0] == "pyspark" for n in imported(path))
    }

    assert users == {"spark", "local"}


def test_only_a_rehearsal_knows_advice():
    """It says which rule suppressed what: nothing that the room loads may import it."""
    users = {
        part(name)
        for name, others in GRAPH.items()
        if any(part(other) == "advice" for other in others)
    }

    assert users == {"advice", "cli", "spark.rehearsal"}


@pytest.mark.parametrize("module", ["room", "spark.ledger", "spark.common"])
def test_the_key_never_enters_the_room(module):
    """In a fresh interpreter: no key, no tokeniser, no party, whatever is imported."""
    names = [n for n in MODULES if n == module or n.startswith(f"{module}.")]
    code = (
        "import sys, importlib\n"
        f"for name in {names!r}: importlib.import_module('cleanroom_join.' + name)\n"
        "print('\\n'.join(sorted(n for n in sys.modules if n.startswith('cleanroom'))))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    loaded = done.stdout.split()
    assert f"cleanroom_join.{module}" in loaded
    assert [n for n in loaded if n.startswith("cleanroom_join.tokens")] == []
    assert [n for n in loaded if "party" in n.split(".")] == []


@pytest.mark.parametrize("name", MODULES)
def test_nothing_that_connect_lacks(name):
    """No call that serverless compute refuses; local/ alone configures a session."""
    lines = MODULES[name].read_text().splitlines()

    found = [line for line in lines if BANNED.search(line)]

    assert found == []


@pytest.mark.parametrize("name", MODULES)
def test_modules_and_functions_stay_small(name):
    """At most 300 lines a module; about 40 a function, docstring and comments aside."""
    text = MODULES[name].read_text()
    functions = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
    ]

    long = {f.name: n for f in functions if (n := body_lines(f)) > 45}

    # The stand-alone verifier is one file so that it can be handed over as one.
    assert len(text.splitlines()) <= (1250 if name.endswith("verify_token_v1") else 300)
    assert long == {}


def body_lines(function: ast.FunctionDef) -> int:
    """Count a function's lines without its docstring."""
    first = function.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if docstring else function.lineno
    return function.end_lineno - start


def test_one_writer_and_one_aggregation():
    """One module writes a release, one turns rows into cells, in the whole package."""
    text = {name: path.read_text() for name, path in MODULES.items()}

    # Gold writes a party's own table, the ledger encrypted rows beside an answer;
    # only the release writes an answer.  A rehearsal keeps both parties' ledger,
    # and the revocation job a party's consent events.
    ways = "saveAsTable", "insertInto", "writeTo("
    writers = {n for n, t in text.items() if any(way in t for way in ways)}
    assert writers == {
        "spark.ledger.entry_rows",
        "spark.party.gold",
        "spark.rehearsal.kept_ledger",
        "spark.revocation.intake",
        "spark.room.saved_release",
    }
    # The attack suite counts made-up people, never a shared table; residuals add up
    # cells that were counted.
    makers = {n for n, t in text.items() if "CellStatistics(\n" in t}
    assert makers == {"attacks.plain_counts", "spark.room.cells.aggregation"}
