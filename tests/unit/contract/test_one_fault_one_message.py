"""One fault in a contract is one message: no consequence of it is reported as well."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract
from cleanroom_join.contract.check.root_causes import root_causes
from cleanroom_join.errors import ContractError, Problem
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples

PAYMENTS = "assets.payments.columns"
MEASURES = "outputs.segments.measures"


def problems(text):
    """Return what is wrong with a contract."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(text)
    return [str(problem) for problem in caught.value.problems]


def planted(before, after):
    """Return a contract with one fault."""
    document = contract_toml(policy="min_opposite = 10")
    assert before in document
    return document.replace(before, after, 1)


MISSPELT = [
    ("[policy]", "[policy]\nk = 200", "policy.k", "min_cohort"),
    ("[policy]", "[policy]\nK = 200", "policy.K", "min_cohort"),
    ("[policy]", "[policy]\nm = 10", "policy.m", "min_opposite"),
    ("[policy]", "[policy]\nrate_digits = 2", "policy.rate_digits", "rounding.rate_digits"),
    ("[policy]", "[policy]\nper_month = 2", "policy.per_month", "releases.per_month"),
    ("[policy]\n", "[policies]\n", "policies", "policy"),
    ("revision = 1", "revison = 1", "revison", "revision"),
    ("expires =", "expire =", "expire", "expires"),
    ("[subjects.card]", "[subject.card]", "subject", "subjects"),
    ('kind = "pan"', 'kinds = ["pan"]', "subjects.card.kinds", "kind"),
    ('kind = "pan"', 'type = "pan"', "subjects.card.type", "kind"),
    ("[tokens]", "[token]", "token", "tokens"),
    ("keys = [{", "key = [{", "tokens.key", "keys"),
    ('id = "k1"', 'ids = "k1"', "tokens.keys[0].ids", "id"),
    ("[ledger]", "[ledgers]", "ledgers", "ledger"),
    ("[assets.payments]", "[asset.payments]", "asset", "assets"),
    ('party = "acme"\ntable = "si', 'partty = "acme"\ntable = "si', "assets.payments.partty", "party"),
    ("one_row_per", "one_row_pr", "assets.accounts.one_row_pr", "one_row_per"),
    ("region = { dimension =", "region = { dimensions =", f"{PAYMENTS}.region.dimensions", "dimension"),
    ("region = { dimension =", "region = { values =", f"{PAYMENTS}.region.values", "dimension"),
    ("fraud = { measure =", "fraud = { mesure =", f"{PAYMENTS}.fraud.mesure", "measure"),
    ("card_token = { subject =", "card_token = { subjects =", f"{PAYMENTS}.card_token.subjects", "subject"),
    ("scale = 2", "decimals = 2", f"{PAYMENTS}.amount.decimals", "scale"),
    ("max = 1000", "maximum = 1000", f"{PAYMENTS}.amount.maximum", "max"),
    ("[outputs.segments]", "[output.segments]", "output", "outputs"),
    ("group_by =", "dimensions =", "outputs.segments.dimensions", "group_by"),
    ("join =", "tables =", "outputs.segments.tables", "join"),
    ('on = "card"', 'On = "card"', "outputs.segments.On", "on"),
    ("segments.measures]", "segments.measure]", "outputs.segments.measure", "measures"),
    ('function = "count"', 'functoin = "count"', f"{MEASURES}.record_count.functoin", "function"),
    ('column = "amount"', 'columns = "amount"', f"{MEASURES}.mean_amount.columns", "column"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "path", "meant"), MISSPELT)
def test_a_misspelt_key_is_one_message(before, after, path, meant):
    """It names the key that was meant; the right one is not called missing."""
    assert problems(planted(before, after)) == [
        f'{path}: unknown key; did you mean "{meant}"? [E110]'
    ]


WORDS = [
    ('"mean"', '"avg"', f"{MEASURES}.mean_amount.function", "mean"),
    ('"mean"', '"AVERAGE"', f"{MEASURES}.mean_amount.function", "mean"),
    ('"mean"', '"maen"', f"{MEASURES}.mean_amount.function", "mean"),
    ('"rate"', '"percentage"', f"{MEASURES}.fraud_rate.function", "rate"),
    ('"boolean"', '"bool"', f"{PAYMENTS}.fraud.measure", "boolean"),
    ('"decimal"', '"float"', f"{PAYMENTS}.amount.measure", "decimal"),
    ('"pan"', '"credit_card"', "subjects.card.kind", "pan"),
    ('"pan"', '"e-mail"', "subjects.card.kind", "email"),
    ('"active"', '"Active"', "tokens.keys[0].state", "active"),
    ('"token-v1"', '"token_v1"', "tokens.spec", "token-v1"),
]


@pytest.mark.parametrize(("before", "after", "path", "meant"), WORDS)
def test_a_wrong_word_is_one_message(before, after, path, meant):
    """What depends on it is looked at as if the right word were there."""
    (problem,) = problems(planted(before, after))

    assert problem.startswith(f"{path}: {after} is not one of ")
    assert problem.endswith(f'; did you mean "{meant}"? [E112]')


WITHOUT_A_WORD = [
    ('"mean"', '"median"', f"{MEASURES}.mean_amount.function", "quantile is the value of one"),
    ('"mean"', '"max"', f"{MEASURES}.mean_amount.function", "extreme is the value of one"),
    ('"mean"', '"frobnicate"', f"{MEASURES}.mean_amount.function", "is not one of"),
    ('"decimal"', '"date"', f"{PAYMENTS}.amount.measure", "of a date by its month"),
    ('["north", "south"]', '"date"', f"{PAYMENTS}.region.dimension", 'such as "2026-01"'),
    ('["north", "south"]', '"flag"', f"{PAYMENTS}.region.dimension", 'did you mean "boolean"?'),
    ('["north", "south"]', "[true, false]", f"{PAYMENTS}.region.dimension", 'is "boolean"'),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "path", "text"), WITHOUT_A_WORD)
def test_what_there_is_not_says_what_to_do(before, after, path, text):
    """One message, and no advice that a reader cannot follow."""
    (problem,) = problems(planted(before, after))

    assert problem.startswith(f"{path}: ")
    assert text in problem


CONTRADICTIONS = [
    ('"collaborator"', '"colaborator"', "parties.globex.role"),
    ('role = "creator"', 'role = "colaborator"', "parties.acme.role"),
    ('[parties.globex]\nrole = "collaborator"', "", "parties"),
    ("[parties.globex]", "[parties.Globex]", "parties.Globex"),
    ("[parties.globex]", "[parties.globbex]", "assets.accounts.party"),
    ('one_row_per = "card"', 'one_row_per = "cart"', "assets.accounts.one_row_per"),
    ('one_row_per = "card"', "one_row_per = 1", "assets.accounts.one_row_per"),
    ('one_row_per = "card"', "", "outputs.segments.join"),
    ('{ subject = "card",', '{ subject = "cart",', f"{PAYMENTS}.card_token.subject"),
    ('"card_number" }', '["a", "b"] }', f"{PAYMENTS}.card_token.source"),
    ('fraud = { measure = "boolean" }', 'fraud = { measure = "boolean", dimension = "boolean" }', f"{PAYMENTS}.fraud"),
    ('fraud = { measure = "boolean" }', "fraud = 7", f"{PAYMENTS}.fraud"),
    ('fraud = { measure = "boolean" }', "fraud = {}", f"{PAYMENTS}.fraud"),
    ('{ measure = "boolean" }', '{ measure = "int", min = 0.5, max = 9 }', f"{PAYMENTS}.fraud.min"),
    ("region = {", '"home state" = {', f"{PAYMENTS}.home state"),
    ('"accounts"]', '"acounts"]', "outputs.segments.join[1]"),
    ('["payments", ', '["accounts", ', "outputs.segments.join[1]"),
    ('["payments", "accounts"]', '["payments"]', "outputs.segments.join"),
    ('["payments", "accounts"]', '"payments"', "outputs.segments.join"),
    ('on = "card"', 'on = "cart"', "outputs.segments.on"),
    ('on = "card"', "on = 1", "outputs.segments.on"),
    ('group_by = ["region"', 'group_by = ["regoin"', "outputs.segments.group_by[0]"),
    ('group_by = ["region"', 'group_by = ["amount"', "outputs.segments.group_by[0]"),
    ('column = "amount"', 'column = "amout"', f"{MEASURES}.mean_amount.column"),
    ('column = "amount"', 'column = "fraud"', f"{MEASURES}.mean_amount.column"),
    ('"decimal", min = 0', '"decimal", min = "0"', f"{PAYMENTS}.amount.min"),
    ('state = "active"', 'state = "retired"', "tokens.keys"),
    ('id = "k1", state = "active"', 'id = "k1"', "tokens.keys[0].state"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "path"), CONTRADICTIONS)
def test_a_contradiction_is_one_message(before, after, path):
    """At the place that is to be mended, not at every place that refers to it."""
    (problem,) = problems(planted(before, after))

    assert problem.startswith(f"{path}: ")


def test_a_column_says_what_it_is_instead():
    """Nothing suggests the name that was written."""
    (measured,) = problems(planted('column = "amount"', 'column = "fraud"'))
    (grouped,) = problems(planted('group_by = ["region"', 'group_by = ["card_token"'))

    assert (
        "is not an int or decimal measure of any joined asset; it is a boolean"
        in measured
    )
    assert (
        '"card_token" is not a dimension of any joined asset; it is a column of'
        in grouped
    )


def test_two_faults_are_two_messages():
    """A fault hides no other that is in another place."""
    text = planted('"mean"', '"avg"').replace('["region"', '["regoin"')

    assert len(problems(text)) == 2


def test_a_misspelt_table_is_read_all_the_same():
    """What is wrong in it is said at once, not in the next run."""
    text = planted("[assets.payments]", "[asset.payments]")
    text = text.replace(
        'party = "acme"\ntable = "signals', 'party = "acne"\ntable = "signals'
    )

    first, second = sorted(problems(text))

    assert first.startswith('asset: unknown key; did you mean "assets"?')
    assert second.startswith('assets.payments.party: "acne" is no declared party')


PATHS = st.sampled_from(["a", "a.b", "a.b.c", "a.b[0]", "a.b[0].c", "d", "d.e", "f"])
PROBLEMS = st.builds(
    lambda path, about, number: Problem(path, f"fault {number}", "E116", about),
    PATHS,
    st.lists(PATHS, max_size=2),
    st.integers(0, 9),
)


@settings(max_examples=examples(500), deadline=None)
@given(st.lists(PROBLEMS, max_size=4), st.lists(PROBLEMS, max_size=6))
def test_a_wrong_contract_never_passes(read, checked):
    """Consequences are left out only for a problem that stays."""
    kept = root_causes(read, checked)

    assert bool(kept) == bool(read or checked)
    assert kept[: len(read)] == read
    in_order = iter(checked)
    assert all(problem in in_order for problem in kept[len(read) :])


DOCUMENT = contract_toml(policy="min_opposite = 10")
KEYS = [
    match.span(1)
    for key in (
        *("schema", "revision", "purpose", "expires", "parties", "subjects", "tokens"),
        *("assets", "outputs", "policy", "ledger", "party", "table", "columns"),
        *("one_row_per", "subject", "source", "dimension", "measure", "scale"),
        *("group_by", "measures", "function", "column", "min_opposite", "anchor"),
    )
    # A key at the beginning of a line or of a table, or in the middle of a heading.
    for match in re.finditer(rf"(?m)(?:^\[?|\{{ |, |\.)({key})(?= = |\.|\]$)", DOCUMENT)
]


@settings(max_examples=examples(300), deadline=None)
@given(
    st.sampled_from(KEYS),
    st.integers(1, 9),
    st.sampled_from(["drop", "double", "swap"]),
)
def test_a_slip_of_the_finger_in_any_key_is_one_message(key, at, slip):
    """A letter that is missing, doubled, or in the wrong order."""
    start, end = key
    word = DOCUMENT[start:end]
    at = min(at, len(word) - 2)
    changed = {
        "drop": word[:at] + word[at + 1 :],
        "double": word[:at] + word[at] + word[at:],
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[slip]
    if changed == word:
        return

    (problem,) = problems(DOCUMENT[:start] + changed + DOCUMENT[end:])

    assert problem.endswith(f'unknown key; did you mean "{word}"? [E110]')


def test_many_keys_are_misspelt():
    """The property above is about all of them."""
    assert len(KEYS) > 40
