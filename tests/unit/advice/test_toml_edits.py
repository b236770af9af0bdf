"""Edits of TOML text: one value changes, all else stays, and its lines can be pasted."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.advice.toml_edits import hunks, value_at, with_value, without
from cleanroom_join.advice.toml_statements import statements
from cleanroom_join.contract.document.toml_text import parse_toml
from tests.support.examples import examples

STYLES = {
    "headers": '[a.b]\nc = 1\nd = ["x", "y"]\n[a.b.e]\nf = "g" # note = "h"\n',
    "inline": 'a = { b = { c = 1, d = ["x", "y"], e = { f = "g" } } }\n',
    "one header": '[a]\nb = { c = 1, d = ["x", "y"], e = { f = "g" } }\n',
    "dotted": 'a.b.c = 1\na.b.d = ["x", "y"]\na.b.e.f = "g"\n',
    "half dotted": '[a]\nb.c = 1\nb.d = ["x", "y"]\nb.e.f = "g"\n',
    "several lines": '[a.b]\nc = 1\nd = [ # ] }\n  "x",\n\n  "y",\n]\n[a.b.e]\nf = """g"""\n',
    "Windows": '[a.b]\r\nc = 1\r\nd = ["x", "y"]\r\n[a.b.e]\r\nf = "g"\r\n',
}
"""One document in seven ways to write it."""

PATHS = [("c",), ("d",), ("e",), ("e", "f")]
DOCUMENT = {"a": {"b": {"c": 1, "d": ["x", "y"], "e": {"f": "g"}}}}


def parsed(text):
    """Return a document; the text must be TOML."""
    document, problems = parse_toml(text)
    assert problems == []
    return document


def with_entry(document, path, value):
    """Return a document with another value, made from tables and not from text."""
    first, *others = path
    if not others:
        return {**document, first: value}
    return {**document, first: with_entry(document.get(first, {}), others, value)}


def without_entry(document, path):
    """Return a document without a path, made from tables and not from text."""
    first, *others = path
    if first not in document:
        return document
    if not others:
        return {key: value for key, value in document.items() if key != first}
    return {**document, first: without_entry(document[first], others)}


def pruned(document):
    """Return a document without empty tables: TOML may leave these out."""
    if not isinstance(document, dict):
        return document
    inner = {key: pruned(value) for key, value in document.items()}
    return {key: value for key, value in inner.items() if value != {}}


@pytest.mark.parametrize("style", STYLES)
def test_the_styles_are_one_document(style):
    """Or the tests below would compare different things."""
    assert parsed(STYLES[style]) == DOCUMENT


@pytest.mark.parametrize("value", [2, "z", True, ["z"], {"k": "v"}, Decimal("0.5")])
@pytest.mark.parametrize("path", [*PATHS, ("new",), ("e", "new"), ("made", "new")])
@pytest.mark.parametrize("style", STYLES)
def test_a_value_that_is_set_is_the_only_one_that_changes(style, path, value):
    """However the document is written, and whether there was a value."""
    whole = ("a", "b", *path)
    changed = with_value(STYLES[style], whole, value)

    assert parsed(changed) == with_entry(DOCUMENT, whole, value)
    assert value_at(changed, whole) == value


@pytest.mark.parametrize("path", [*PATHS, ("none",), ("e", "none")])
@pytest.mark.parametrize("style", STYLES)
def test_a_path_that_is_removed_takes_nothing_else_with_it(style, path):
    """However the document is written, and whether there was something."""
    whole = ("a", "b", *path)

    changed = without(STYLES[style], whole)

    assert pruned(parsed(changed)) == pruned(without_entry(DOCUMENT, whole))
    assert value_at(changed, whole) is None


KEY = st.sampled_from(
    ["a", "b", "k-1", "_", "with space", 'quo"ted', "a.b", "x=y", "é", "#"]
)
LEAF = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.lists(
        st.sampled_from(["]", "}", "#", '"""', "'''", "=", "\\", "x"]), max_size=4
    ),
)
TREE = st.recursive(
    st.dictionaries(KEY, LEAF, max_size=3),
    lambda inner: st.dictionaries(KEY, st.one_of(LEAF, inner), max_size=3),
    max_leaves=8,
)


def spelled(key):
    """Return a quoted key."""
    return json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")


def literal(value):
    """Return a value as TOML, lists over several lines."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{spelled(k)} = {literal(v)}" for k, v in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + "".join(f"\n  {literal(v)}, # ]" for v in value) + "\n]"
    return spelled(value) if isinstance(value, str) else json.dumps(value)


def written(tree, inline, path=()):
    """Return a document, some of its tables inline and others below headers."""
    lines = [
        f"# {{ [ of {len(path)}",
        *([f"[{'.'.join(map(spelled, path))}]"] if path else []),
    ]
    tables = {k: v for k, v in tree.items() if isinstance(v, dict) and k not in inline}
    lines += [
        f"{spelled(k)} = {literal(v)}" for k, v in tree.items() if k not in tables
    ]
    for key, table in tables.items():
        lines.append(written(table, inline, (*path, key)))
    return "\n".join(lines)


@settings(max_examples=examples(500))
@given(
    tree=TREE,
    inline=st.sets(KEY),
    path=st.lists(KEY, min_size=1, max_size=3).map(tuple),
    value=st.integers(0, 9),
)
def test_edits_of_text_are_edits_of_tables(tree, inline, path, value):
    """Set and remove agree with a second implementation, which sees no text."""
    text = written(tree, inline)
    assert parsed(text) == tree
    above = [path[:n] for n in range(1, len(path))]
    tables = [value_at(text, p) for p in above]
    if any(not isinstance(table, dict) for table in tables if table is not None):
        return  # a value is no table
    if not isinstance(value_at(text, path), dict):
        assert parsed(with_value(text, path, value)) == with_entry(tree, path, value)
    assert pruned(parsed(without(text, path))) == pruned(without_entry(tree, path))


@pytest.mark.parametrize("style", STYLES)
def test_every_line_that_says_something_is_in_one_statement(style):
    """Blank lines and comments are in none."""
    text = STYLES[style]
    lines = text.split("\n")

    covered = [n for s in statements(text) for n in range(s.first, s.last + 1)]

    assert covered == sorted(set(covered))
    assert [
        n for n, line in enumerate(lines) if line.strip() and n not in covered
    ] == []


def pasted(text, found):
    """Do what the hunks say, from the last line up."""
    lines = text.split("\n")
    for hunk in reversed(found):
        start = hunk.line - 1
        assert lines[start : start + len(hunk.removed)] == list(hunk.removed)
        lines[start : start + len(hunk.removed)] = hunk.added
    return "\n".join(lines)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("style", STYLES)
def test_the_lines_to_paste_make_the_changed_text(style, path):
    """They name the lines that they replace, and the header above these."""
    text = STYLES[style]
    after = without(text, ("a", "b", *path))

    found = hunks(text, after)

    assert pasted(text, found) == after
    assert all(h.table == "" or h.table in text for h in found)


def test_a_long_list_goes_over_several_lines():
    """As a person would write it, at most 88 characters wide."""
    text = with_value("[a]\nb = 1\n", ("a", "b"), [f"value {n}" for n in range(40)])

    assert max(map(len, text.split("\n"))) <= 88
    assert parsed(text)["a"]["b"][39] == "value 39"
