"""The contract as JSON Schema: an editor refuses exactly what the reader refuses."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from typer.testing import CliRunner

from cleanroom_join.cli.app import app
from cleanroom_join.contract import FUNCTIONS, Policy, TokenKind
from cleanroom_join.contract.check.references import check_terms
from cleanroom_join.contract.document.json_schema import contract_schema, schema_text
from cleanroom_join.contract.document.toml_text import parse_toml, read_document
from cleanroom_join.contract.terms.settings import SETTINGS
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*/collaboration.toml"))
SCHEMA = contract_schema()

EVERY_KEY = contract_toml(
    policy=(
        'protection = "perturbed"\ndifferencing = "suppress"\nmin_cohort = 120\n'
        "dominance = { n = 1, share = 0.5 }\nrounding = { rate_digits = 2 }\n"
        "perturbation = { variance = 2.5 }\nreleases = { per_month = 7 }"
    ),
    subjects='[subjects.mail]\nkind = "email"\nproviders = "email_provider_v1"\n'
    '[subjects.person]\nkind = ["name", "date_of_birth", "phone"]',
    payments=(
        'mail = { subject = "mail" }\nvisits = { measure = "int", min = -1, max = 9 }\n'
        'person = { subject = "person", source = ["surname", "born", "tel"],'
        ' date_format = "DD/MM/YYYY", country = "GB" }'
    ),
    accounts=(
        "grade = { dimension = [1, 2, 30] }\nabroad = { dimension = 'boolean' }\n"
        'tier = { dimension = ["a", "b"], sensitive = true, parents = { a = "low" } }'
    ),
    measures=(
        'n = { function = "count" }\nd = { function = "count_distinct", column = "card" }\n'
        's = { function = "sum", column = "visits" }\n'
        'r = { function = "rate", column = "fraud" }'
    ),
    totals='[["region"], []]',
).replace('role = "creator"', 'role = "creator"\npolicy = { min_opposite = 12 }')
"""A contract that uses most of what there is."""


def ecma_pattern(validator, pattern, text, _):
    """Match as ECMA-262 does, where ``$`` is the end and no line end before it."""
    if isinstance(text, str) and not re.search(f"{pattern[:-1]}\\Z", text):
        yield ValidationError(f"does not match {pattern}")


VALIDATOR = extend(Draft202012Validator, {"pattern": ecma_pattern})(SCHEMA)


def in_json(value):
    """Return a TOML value as editors give it to a schema."""
    if isinstance(value, dict):
        return {key: in_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_json(item) for item in value]
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    return value


def parsed(text):
    """Return a document as the reader gets it."""
    document, problems = parse_toml(text)
    assert problems == []
    return document


def accepts(document):
    """Return whether the schema accepts a document."""
    return VALIDATOR.is_valid(in_json(document))


def test_the_schema_is_a_schema():
    """Of draft 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_the_command_prints_it():
    """The same bytes every time, with sorted keys."""
    printed = [CliRunner().invoke(app, ["schema"]).stdout for _ in range(2)]

    assert printed == [schema_text()] * 2
    assert json.loads(printed[0]) == json.loads(json.dumps(SCHEMA))
    assert printed[0] == json.dumps(SCHEMA, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.name)
def test_the_examples_are_accepted(path):
    """What we show completes and checks in an editor."""
    assert accepts(parsed(path.read_text()))


@pytest.mark.parametrize("text", [contract_toml(), EVERY_KEY], ids=["small", "large"])
def test_the_test_contracts_are_accepted(text):
    """And the reader finds nothing wrong with them either."""
    problems = []
    said = read_document(parsed(text), problems)

    assert problems + check_terms(said.terms, said.policy) == []
    assert accepts(parsed(text))


def tables(schema):
    """Iterate over every table that a schema declares keys for."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from tables(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from tables(part)


def test_every_key_says_what_it_means_and_no_table_has_others():
    """One sentence each, which editors show; an unknown key is marked."""
    found = list(tables(SCHEMA))

    assert len(found) > 20
    for table in found:
        assert table["additionalProperties"] is False
        for key in table["properties"].values():
            assert re.fullmatch(r"[A-Z].*\.", key["description"])


def test_token_kinds_and_functions_are_those_that_there_are():
    """Each with its meaning; folding mailboxes is no kind of its own."""
    kind = SCHEMA["properties"]["subjects"]["additionalProperties"]["properties"][
        "kind"
    ]
    output = SCHEMA["properties"]["outputs"]["additionalProperties"]
    measures = output["properties"]["measures"]["additionalProperties"]["oneOf"]

    kinds = [k for k in TokenKind if k is not TokenKind.EMAIL_MAILBOX]
    assert kind["anyOf"][0]["enum"] == [k.value for k in kinds]
    assert kind["anyOf"][0]["x-taplo"]["docs"]["enumValues"] == [
        k.meaning for k in kinds
    ]
    assert [m["properties"]["function"]["enum"] for m in measures] == [
        [function.value] for function in FUNCTIONS
    ]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_has_its_limits_direction_and_default(setting):
    """In the shared policy; a party's wish has no default."""
    shared = SCHEMA["properties"]["policy"]
    party = SCHEMA["properties"]["parties"]["additionalProperties"]["properties"]
    own = party["policy"]
    for key in setting.path:
        shared, own = shared["properties"][key], own["properties"][key]

    limits = (setting.limits.minimum, setting.limits.maximum)
    assert (shared["minimum"], shared["maximum"]) == tuple(map(float, limits))
    assert shared["type"] == ("integer" if setting.limits.whole else "number")
    assert shared["default"] == float(getattr(Policy(), setting.name))
    assert f"The {setting.stricter.value} value is the stricter." in own["description"]
    assert "default" not in own


NINE = str(["name"] * 9)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "pan"', f"kind = {NINE}"),
        ('kind = "pan"', "kind = []"),
        ('source = "card_number"', f"source = {NINE}"),
        ('["north", "south"]', "[]"),
        ('["north", "south"]', '["north", "north"]'),
        ('["north", "south"]', "[1, 1]"),
        ('["north", "south"]', "[9007199254740992]"),
        ('["payments", "accounts"]', '["payments", "payments"]'),
        ("[assets.payments]", '[assets."my payments"]'),
        ("region =", '"my region" ='),
        ("record_count =", '"record count" ='),
        ("[policy]", "[policy]\nmin_cohort = 99"),
        ("[policy]", "[policy]\ndominance = { share = 1.5 }"),
        ("max = 1000", "max = 1000000001"),
        ("scale = 2", "scale = 10"),
        ('spec = "token-v1"', 'spec = "token-v2"'),
    ],
)
def test_every_limit_is_in_the_schema(old, new):
    """What is just beyond one is refused by reader and schema alike."""
    assert old in contract_toml()
    document = parsed(contract_toml().replace(old, new))
    problems = []
    read_document(document, problems)

    assert problems != []
    assert not accepts(document)


def test_what_a_schema_cannot_tell():
    """Dates and texts apart, odd characters, keys that contradict, many digits."""
    for change in (
        ("2099-12-31", '"2099-12-31"'),
        ('"tests"', "2099-12-31"),
        ('"tests"', '"te\\u202Ests"'),
        ('"tests"', '"tests "'),
        ("min = 0, max = 1000", "min = 1001, max = 1000"),
        ("max = 1000", "max = 0.001"),
        ("[policy]", "[policy]\nmin_match_rate = 1e-19"),
    ):
        document = parsed(contract_toml().replace(*change))
        problems = []
        said = read_document(document, problems)

        assert accepts(document)
        assert problems + check_terms(said.terms, said.policy) != []


def paths(value, path=()):
    """Iterate over the path of everything in a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield (*path, index)
            yield from paths(item, (*path, index))


KEYS = [
    *("x", "rows", "min", "max", "scale", "column", "country", "source", "totals"),
    "prefer",
    *("policy", "providers", "one_row_per", "dimension", "measure", "subject", "a b"),
]
NUMBERS = [0, 1, -1, 99, 101, 10**12, 10**30, *map(Decimal, ("0.5", "-1e30", "NaN"))]
TEXTS = [
    *("", "x", "card", "A b", "a\nb", "card\n", "\xe9" * 201),
    *("boolean", "count", "mean", "int", "decimal", "all"),
]
LISTS = [
    *([], [1], [1, 1], [1, True], ["a"], ["a", "a"], ["a", 1]),
    *([[]], [["a"]], [{}]),
]
TABLES = [{}, {"a": {}}, {"a": 1}, {"a": "b"}, {"min_cohort": 99}]
STRANGE = [True, False, *NUMBERS, *TEXTS, *LISTS, *TABLES]
"""Values for any key; dates for none but one, since JSON has no type for them."""
DATES = [dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)]


@st.composite
def mutated(draw):
    """Draw a document with one or two small mistakes."""
    text = draw(st.sampled_from([contract_toml(), EVERY_KEY, EVERY_KEY]))
    document = copy.deepcopy(parsed(text))
    for _ in range(draw(st.integers(1, 2))):
        *outer, last = draw(st.sampled_from(list(paths(document))))
        inside = document
        for key in outer:
            inside = inside[key]
        how = draw(st.sampled_from(["drop", "rename", "replace", "replace", "add"]))
        if how == "drop":
            del inside[last]
        elif how == "replace" or isinstance(inside, list):
            values = STRANGE + DATES if last == "expires" else STRANGE
            inside[last] = copy.deepcopy(draw(st.sampled_from(values)))
        elif how == "rename":
            names = [f"{last}s", last[:-1], f"{last} ", f"\xc9{last}", *KEYS]
            inside[draw(st.sampled_from(names))] = inside.pop(last)
        else:
            value = draw(st.sampled_from(["a", "card", "amount", 5, *STRANGE]))
            inside[draw(st.sampled_from(KEYS))] = copy.deepcopy(value)
        if not document:
            break
    return document


OF_ONE_KEY = ("E110", "E111", "E112", "E113", "E114")
"""Faults that a schema can see: of one key, whatever the others say."""


@settings(max_examples=examples(2000), deadline=None)
@given(mutated())
def test_the_schema_refuses_what_the_reader_refuses_and_nothing_else(document):
    """Of unknown, missing and wrong keys, and numbers out of range, one by one."""
    declared = []
    said = read_document(document, declared)
    event("refused" if declared else "accepted")

    assert accepts(document) == (declared == [])
    if not declared:
        # Two keys are compared of bounds only: crossed, or too long for the scale.
        left = check_terms(said.terms, said.policy)
        late = {p.path.rpartition(".")[2] for p in left if p.code in OF_ONE_KEY}
        assert late <= {"min", "max"}
