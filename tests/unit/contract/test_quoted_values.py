"""What messages quote of a contract: keys and names, no other value."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract
from cleanroom_join.errors import ContractError, named
from cleanroom_join.testing import contract_toml
from tests.support.examples import examples
from tests.support.hostile_texts import toml_string

TEXT = contract_toml(
    policy='protection = "threshold"',
    subjects='[subjects.line]\nkind = "phone"',
    accounts='line = { subject = "line", source = "tel", country = "GB" }\n'
    'tier = { dimension = ["a", "b"], parents = { a = "low" } }',
    totals='[["region"]]',
).replace("[tokens]\n", f'[tokens]\nvectors_sha256 = "{"0" * 64}"\n')
PLACES = [match.span() for match in re.finditer(r'"[^"\n]*"', TEXT)]

SECRETS = st.one_of(
    st.from_regex(r"[A-Za-z0-9+/]{43}=", fullmatch=True),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    st.from_regex(r"4[0-9]{15}", fullmatch=True),
    st.from_regex(r"[a-z]{5,9}@[a-z]{5,9}\.example", fullmatch=True),
    st.from_regex(r"DE[0-9]{20}, [A-Z][a-z]{6}", fullmatch=True),
    st.text(min_size=8, max_size=60),
)


def message(text):
    """Return what is said of a contract; nothing if it is one."""
    try:
        Contract.from_toml(text)
    except ContractError as error:
        return str(error)
    return ""


def test_there_are_many_places():
    """Names, kinds, digests, labels, sources."""
    assert len(PLACES) > 40
    assert message(TEXT) == ""


@settings(max_examples=examples(1000), deadline=None)
@given(st.sampled_from(PLACES), SECRETS)
def test_no_value_is_in_a_message(place, secret):
    """A key, a card number or an address that was pasted wherever a text stands."""
    start, end = place
    if named(secret) != "this text":
        return

    said = message(TEXT[:start] + toml_string(secret) + TEXT[end:])

    assert secret not in said


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(PLACES), SECRETS)
def test_no_value_is_in_a_message_about_syntax(place, secret):
    """A quotation mark is missing, so the reader stops somewhere in the text."""
    start, end = place

    said = message(f'{TEXT[:start]}"{secret}{TEXT[end:]}')

    assert secret not in said


@pytest.mark.parametrize("secret", ["hunter2 hunter2!", "4000012345678901"])
def test_no_digest_is_shown_that_is_none(secret):
    """What was passed as a digest by mistake stays where it was."""
    with pytest.raises(ContractError, match="E101") as caught:
        Contract.from_toml(TEXT, sha256=secret)

    assert secret not in str(caught.value)
    assert "expected contract digest (not 64 hexadecimal digits), got" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("region", True),
        ("home state", True),
        ("Region-2", True),
        ("a" * 63, True),
        ("a" * 64, False),
        ("4000012345678901", False),
        ("jane@example.org", False),
        ("A" * 41, False),
        ("", False),
        ("a\nb", False),
        ("a\u202eb", False),
    ],
)
def test_what_looks_like_a_name_is_quoted(text, shown):
    """So that a reader sees what was misspelt."""
    assert named(text) == (f'"{text}"' if shown else "this text")
