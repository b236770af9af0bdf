"""Names in the code are the glossary's words; words that it replaced do not return."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[2] / "src" / "cleanroom_join"
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

RETIRED = {
    "account_of": "build_report",
    "alike": "near_duplicates",
    "ask": "release",
    "aspect": "facet",
    "aspects": "facets",
    "band": "size_class",
    "bands": "coarse_counts",
    "blur": "perturb",
    "blurred": "perturbed",
    "card": "token_manifest",
    "cards": "token_manifests",
    "census": "preflight",
    "companion": "complement",
    "companions": "complements",
    "covered": "bounded",
    "covering": "perturb_bounded",
    "crowd": "made_up_subjects",
    "crowded": "near_duplicates",
    "followed": "derivable",
    "gone": "suppressed",
    "homogeneous": "group_disclosure",
    "item": "cell",
    "look_at": "scan",
    "mark": "signature",
    "marks": "signatures",
    "messages": "hmac_input",
    "minority": "opposite",
    "naive": "plain_filter",
    "nobody": "no_subject",
    "ordinary": "fast_path",
    "overfull": "overlap_revealing_totals",
    "part": "component, chunk, partition or quantity",
    "parts": "components, chunks, partitions or quantities",
    "past": "earlier",
    "people": "subjects",
    "person": "subject",
    "perturbation_bound": "max_noise",
    "place": "index, bucket, table_name or path",
    "places": "indices, buckets, table_names or paths",
    "policy_line": "described_setting",
    "question": "query",
    "questions": "queries",
    "recipe": "variant",
    "recipes": "variants",
    "refused_whole": "listed_or_uniform",
    "relations": "minimal_relations",
    "rest": "residual",
    "rests": "residuals",
    "rule_line": "described_rule",
    "rule_words": "rule_text",
    "seal": "encrypt or prepare",
    "sealed": "encrypted or deferred",
    "sealing": "encryption",
    "seen": "observation",
    "settle": "resolve",
    "shifted": "perturb_magnitude",
    "somebody": "subject",
    "spread": "top_contributors",
    "surface": "exposed_members",
    "tell": "disclose",
    "tells": "discloses",
    "told": "statement",
    "trace": "fingerprint_sum",
    "traces": "fingerprint_sums",
    "unusable": "not_finite",
    "withheld": "suppressed",
    "withhold": "suppress",
}
"""Words, or words that follow each other, with what to write instead."""

ALLOWED = {"minimal_relations"}
"""Names that are right although a retired word is in them."""


def words(name: str) -> str:
    """Return the words of a name in lower case, between underscores."""
    return "".join(f"_{word}" for word in WORD.findall(name)).lower() + "_"


def names(path: Path) -> Iterator[str]:
    """Yield the names of a module, of its classes, and of its public functions."""
    yield path.parent.name if path.stem == "__init__" else path.stem
    for node in ast.walk(ast.parse(path.read_text())):
        is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        is_public = is_function and not node.name.startswith("_")
        if isinstance(node, ast.ClassDef) or is_public:
            yield node.name


def retired_names(source: Path) -> list[str]:
    """Return every name below a folder with a retired word, and what to write."""
    return [
        f'{path.relative_to(source)}: "{name}" has the word "{word}", '
        f'write "{RETIRED[word]}"'
        for path in sorted(source.rglob("*.py"))
        for name in names(path)
        if name not in ALLOWED
        for word in RETIRED
        if f"_{word}_" in words(name)
    ]


def test_no_name_has_a_retired_word():
    """No module, class or public function: the message says what to write instead."""
    assert retired_names(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "text", "name", "word"),
    [
        ("census.py", "", "census", "census"),
        ("sealed/__init__.py", "", "sealed", "sealed"),
        ("good.py", "class RuleWords:\n    pass\n", "RuleWords", "rule_words"),
        ("good.py", "class _ToldHTTP:\n    pass\n", "_ToldHTTP", "told"),
        ("good.py", "def account_of(x):\n    pass\n", "account_of", "account_of"),
        ("good.py", "async def make_card():\n    pass\n", "make_card", "card"),
        (
            "good.py",
            "class A:\n    def is_withheld(self):\n        pass\n",
            "is_withheld",
            "withheld",
        ),
        ("good.py", "def more_relations():\n    pass\n", "more_relations", "relations"),
    ],
)
def test_a_planted_name_is_found(tmp_path, file, text, name, word):
    """In a made-up tree with one bad name, whatever it is the name of."""
    (tmp_path / "preflight.py").write_text("class TokenManifest:\n    pass\n")
    assert retired_names(tmp_path) == []

    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)

    assert retired_names(tmp_path) == [
        f'{file}: "{name}" has the word "{word}", write "{RETIRED[word]}"'
    ]


@pytest.mark.parametrize(
    "text",
    [
        "def minimal_relations():\n    pass\n",
        "def account():\n    pass\n",
        "def discard():\n    pass\n",
        "class Placeholder:\n    pass\n",
        "def _told():\n    pass\n",
        "told = 1\n",
    ],
)
def test_a_good_name_is_left(tmp_path, text):
    """A word inside a longer word, a private function, and what is allowed."""
    (tmp_path / "good.py").write_text(text)

    assert retired_names(tmp_path) == []


def test_no_replacement_is_retired():
    """What the message says to write would not be refused itself."""
    wrong = {
        word: instead
        for word, instead in RETIRED.items()
        if instead not in ALLOWED
        if any(f"_{other}_" in words(instead) for other in RETIRED)
    }

    assert wrong == {}
