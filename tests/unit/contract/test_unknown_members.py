"""A member of an enum that no code is for is refused, and never taken for another."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

import pytest

from cleanroom_join.contract import Argument, OutputColumn, Policy, resolve
from cleanroom_join.contract.check import outputs
from cleanroom_join.contract.document import output_fields
from cleanroom_join.contract.terms import policy
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import Function
from cleanroom_join.errors import InternalError
from cleanroom_join.sql import create_release_table
from cleanroom_join.testing import contract


class Unknown(Enum):
    """Stands for a member that somebody added to an enum."""

    MEMBER = "unknown"
    SIMILAR = Argument.NONE.value


def refused(call):
    """Assert that a call is refused as a bug of ours, which publishes nothing."""
    with pytest.raises(InternalError) as caught:
        call()
    assert caught.value.code == "E900"


def test_an_unknown_type_of_dimension():
    """Its number of cells and its column's type are not guessed."""
    query = resolve(contract(), contract().output("segments"))
    strange = replace(query.dimensions[0], type=Unknown.MEMBER)

    refused(lambda: strange.size)
    refused(lambda: replace(query, dimensions=(strange,)).schema())


def test_an_unknown_protection():
    """Whether contributions are bounded under it is not known."""
    refused(lambda: Policy(protection=Unknown.MEMBER).contribution_bounded)


def test_an_unknown_direction(monkeypatch):
    """Which of two wishes is the stricter one is not known."""
    settings = [replace(s, stricter=Unknown.MEMBER) for s in policy.SETTINGS]
    monkeypatch.setattr(policy, "SETTINGS", settings)
    wish = policy.PolicyOverrides(values=(("min_cohort", 200),))

    refused(lambda: policy.strictest(Policy(), [wish]))


@pytest.mark.parametrize("member", list(Unknown))
def test_an_unknown_argument_of_a_function(member, monkeypatch):
    """Neither the reader nor the check takes it for another, whatever its value."""
    strange = replace(FUNCTIONS[Function.COUNT], argument=member)
    functions = {**FUNCTIONS, Function.COUNT: strange}
    agreed = contract()
    output = agreed.output("segments")
    measure = replace(output.measures[0], column="fraud")

    monkeypatch.setattr(output_fields, "FUNCTIONS", functions)
    refused(lambda: output_fields._argument(Function.COUNT))
    monkeypatch.setattr(outputs, "FUNCTIONS", functions)
    refused(lambda: resolve(agreed, replace(output, measures=(measure,))))


def test_an_unknown_type_of_output_column():
    """Whether its column may be NULL is not known."""
    column = OutputColumn(name="x", type=Unknown.MEMBER)

    refused(lambda: create_release_table(("a", "b", "c"), [column], "comment"))
