"""The raw column of any column: its own name, or what `source` says."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml


def problems(text):
    """Return what is wrong with a contract."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_column_may_have_another_raw_name():
    """Blanks in it too: an export need not be renamed before it is shared."""
    read = Contract.from_toml(
        contract_toml(
            accounts='state = { dimension = ["a", "b"], source = "home state" }\n'
            'spent = { measure = "int", min = 0, max = 9, source = "Amount (EUR)" }\n'
            'lapsed = { measure = "boolean", source = "has lapsed?" }'
        )
    )
    columns = read.terms.assets["accounts"].columns

    assert columns["state"].sources == ("home state",)
    assert columns["spent"].sources == ("Amount (EUR)",)
    assert columns["lapsed"].sources == ("has lapsed?",)
    assert columns["age_band"].sources == ("age_band",)


def test_the_raw_name_is_in_the_digest():
    """Both parties signed which column is shared."""
    with_source = contract_toml(accounts='s = { dimension = ["a"], source = "x" }')
    without = contract_toml(accounts='s = { dimension = ["a"] }')

    assert Contract.from_toml(with_source).digest != Contract.from_toml(without).digest


def test_a_column_name_that_is_none_says_where_the_raw_name_goes():
    """With the key that takes it."""
    (problem,) = problems(
        contract_toml(accounts='"home state" = { dimension = ["a"] }')
    )

    assert "a raw column of any other name is named by the key `source`" in problem


@pytest.mark.parametrize(
    "source", ["a\u00a0b", " state", "state ", "x\u200b", "\ufeffid"]
)
def test_a_raw_name_that_nobody_can_see_is_refused(source):
    """The error names the character, or the blank; nothing fails later in SQL."""
    text = contract_toml(accounts=f's = {{ dimension = ["a"], source = "{source}" }}')

    (problem,) = problems(text)

    assert problem.startswith("assets.accounts.columns.s.source: has ")
    assert "[E122]" in problem


@pytest.mark.parametrize(
    "columns",
    [
        (
            'one = { measure = "int", min = 0, max = 9, source = "x" }\n'
            'two = { measure = "int", min = 0, max = 5, source = "X" }'
        ),
        (
            'x = { measure = "int", min = 0, max = 9 }\n'
            'two = { measure = "boolean", source = "x" }'
        ),
        'x = { dimension = ["a"] }\ntwo = { dimension = ["b"], source = "x" }',
    ],
)
def test_one_raw_column_has_one_budget(columns):
    """The guard goes by column: the same values under two names would have two."""
    (problem,) = problems(contract_toml(accounts=columns))

    assert problem.startswith(
        "assets.accounts.columns.two.source: is the raw column of"
    )


def test_a_raw_column_may_be_grouped_by_and_measured():
    """Which are two uses of one column, not two names of one use."""
    columns = (
        'age = { measure = "int", min = 0, max = 120 }\n'
        'ages = { dimension = [18, 19], source = "age" }'
    )

    assert Contract.from_toml(contract_toml(accounts=columns))


@pytest.mark.parametrize(
    "column",
    [
        'card = { dimension = ["a"], source = "card_number" }',
        'card_number = { dimension = ["a"] }',
        'n = { measure = "int", min = 0, max = 9, source = "Card_Number" }',
    ],
)
def test_no_identifier_is_shared_as_it_is(column):
    """A dimension or a measure leaves its owner unchanged."""
    (problem,) = problems(contract_toml(accounts=column))

    assert 'has the identifiers of "card_token" as they are' in problem


def test_a_part_of_a_composite_may_be_grouped_by():
    """A postcode alone identifies nobody."""
    read = Contract.from_toml(
        contract_toml(
            subjects='[subjects.person]\nkind = ["name", "postcode_uk"]',
            accounts='person = { subject = "person", source = ["surname", "postcode"] }\n'
            'area = { dimension = ["a", "b"], source = "postcode" }',
        )
    )

    assert read.terms.assets["accounts"].columns["area"].sources == ("postcode",)
