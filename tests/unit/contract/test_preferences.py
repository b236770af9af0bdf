"""What an output prefers: totals of its own, or its finest cells."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

PATH = "outputs.segments.prefer"


def contract_with(prefer, totals='"all"'):
    """Return a contract whose output by region and age band prefers something."""
    text = contract_toml(totals=totals)
    group_by = 'group_by = ["region", "age_band"]'
    assert group_by in text
    return Contract.from_toml(text.replace(group_by, f"{group_by}\nprefer = {prefer}"))


def test_preferences_keep_their_order():
    """The most wanted first; the dimensions of each in the order of the output's."""
    prefer = '[[], ["age_band", "region"], ["age_band"]]'

    output = contract_with(prefer).output("segments")

    assert output.prefer == ((), ("region", "age_band"), ("age_band",))


def test_the_finest_cells_may_be_preferred_without_totals():
    """They are always asked for."""
    output = contract_with('[["region", "age_band"]]', "[]").output("segments")

    assert output.prefer == (("region", "age_band"),)


def test_no_preference_is_the_default():
    """An empty list says the same."""
    plain = Contract.from_toml(contract_toml(totals='"all"'))

    for contract in (plain, contract_with("[]")):
        assert contract.output("segments").prefer == ()


def test_a_preference_changes_the_digest():
    """It decides what is published, so both parties must sign it."""
    assert contract_with("[[]]").digest != contract_with('[["region"]]').digest
    assert contract_with("[[]]").digest != contract_with("[]").digest


@pytest.mark.parametrize(
    ("prefer", "totals", "path", "code", "text"),
    [
        ('[["regoin"]]', '"all"', "[0]", "E115", '"regoin" is not in group_by'),
        ('[[], ["amount"]]', '"all"', "[1]", "E115", '"amount" is not in group_by'),
        ('[["region"]]', '[["age_band"]]', "[0]", "E116", "is no total"),
        ("[[]]", "[]", "[0]", "E116", "is no total"),
        ('[["region"], ["region"]]', '"all"', "[1]", "E116", "is named twice"),
        ('[["region", "region"]]', '"all"', "[0]", "E116", "is named twice"),
        (
            '[["region", "age_band"], ["age_band", "region"]]',
            '"all"',
            "[1]",
            "E116",
            "is named twice",
        ),
        ('"all"', '"all"', "", "E112", "must be a list of lists of dimensions"),
        ('["region"]', '"all"', "", "E112", "must be a list of lists of dimensions"),
        ("[[1]]", '"all"', "", "E112", "must be a list of lists of dimensions"),
        ("[[nan]]", '"all"', "", "E112", "must be a list of lists of dimensions"),
        ("true", '"all"', "", "E112", "must be a list of lists of dimensions"),
    ],
)
def test_what_is_not_asked_for_cannot_be_preferred(prefer, totals, path, code, text):
    """An unknown dimension, a total that is not asked for, the same twice."""
    with pytest.raises(ContractError) as caught:
        contract_with(prefer, totals)

    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == (PATH + path, code)
    assert text in str(problem)
