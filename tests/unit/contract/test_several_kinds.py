"""An output that joins on several kinds of subject, in order of trust."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleanroom_join.contract import Contract, resolve
from cleanroom_join.contract.check.joined_on import check_joined_on
from cleanroom_join.disclosure.ledger.joined_tokens import JoinedTokens
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

PERSON = 'person_token = { subject = "person", source = ["first", "last", "born"] }'
SUBJECTS = '[subjects.person]\nkind = ["name", "name", "date_of_birth"]\n'


def toml(on='["card", "person"]', **changed):
    """Return a contract that joins on card, else person."""
    terms = {"subjects": SUBJECTS, "payments": PERSON, "accounts": PERSON, **changed}
    return contract_toml(**terms).replace('on = "card"', f"on = {on}")


def problems(text):
    """Return what is wrong with a contract, by path."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(text)
    return {p.path: str(p) for p in caught.value.problems}


def query(on='["card", "person"]'):
    """Return the query of the output."""
    agreed = Contract.from_toml(toml(on))
    return resolve(agreed, agreed.output("segments"))


def test_the_kinds_come_in_order_of_trust():
    """The first is the one that joined subjects are counted as."""
    asked = query()

    assert asked.output.joined_on == ("card", "person")
    assert asked.output.joined_on_text == "card, else person"
    assert [subject.label for subject in asked.subjects] == ["card"]


def test_a_list_of_one_kind_is_that_kind():
    """It is the same query, with the same tokens and no alias."""
    assert query('["card"]').output == query('"card"').output
    assert query('["card"]').identity == query('"card"').identity
    assert query('["card"]').aliases == ()


def test_one_kind_has_the_identity_it_always_had():
    """An entry of a ledger names the query by this digest."""
    plain = Contract.from_toml(contract_toml())

    found = resolve(plain, plain.output("segments")).identity

    assert found == ("93b15687f13ec2b75a164750b9e2d53ce3a3236ca0482be565ba743b4071fdaf")
    assert query('"card"').identity == found


def test_another_order_is_another_query():
    """Which kind is trusted more decides who is matched with whom."""
    swapped = toml('["person", "card"]').replace(
        'one_row_per = "card"', 'one_row_per = "person"'
    )
    agreed = Contract.from_toml(swapped)
    other = resolve(agreed, agreed.output("segments"))

    assert len({query().identity, query('"card"').identity, other.identity}) == 3


def test_the_ledger_compares_like_with_like():
    """Subjects of several kinds are comparable in the same tables and order only."""
    agreed = Contract.from_toml(toml())
    single = query('"card"')

    both = JoinedTokens.of_query(agreed.terms, query(), "k1")
    card = JoinedTokens.of_query(agreed.terms, single, "k1")

    assert card == JoinedTokens.of(agreed.terms, "card", "k1")
    assert both.identifier == (
        "pan, else name+name+date_of_birth in"
        " keeper.signals.payments and other.risk.accounts"
    )
    assert JoinedTokens.read(both.document) == both


def test_aliases_go_by_tables_not_by_their_order():
    """A revision may name the tables the other way round."""
    agreed = Contract.from_toml(
        toml().replace('["payments", "accounts"]', '["accounts", "payments"]')
    )

    turned = resolve(agreed, agreed.output("segments"))

    assert turned.aliases == query().aliases
    assert query().aliases == (
        "keeper.signals.payments/last",
        "other.risk.accounts/first",
        "other.risk.accounts/last",
    )


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (
            toml('["card", "card"]'),
            "outputs.segments.on[1]",
            '"card" is named twice [E116]',
        ),
        (
            toml('["card", "persn"]'),
            "outputs.segments.on[1]",
            '"persn" is no subject of asset "payments" and "accounts"; did you mean "person"? [E115]',
        ),
        (
            toml(accounts=""),
            "outputs.segments.on[1]",
            '"person" is no subject of asset "accounts" [E115]',
        ),
        (toml("[]"), "outputs.segments.on", "must not be empty [E113]"),
        (toml("7"), "outputs.segments.on", "must be a string or a list"),
        (toml('["a", "b", "c", "d", "e"]'), "outputs.segments.on", "more than 4"),
        (
            toml(
                subjects='[subjects.person]\nkind = "pan"',
                payments='person_token = { subject = "person", source = "other" }',
                accounts='person_token = { subject = "person", source = "other" }',
            ),
            "outputs.segments.on[1]",
            'is made of the same identifiers as "card" [E116]',
        ),
        (
            toml(measures='n = { function = "count_distinct", column = "person" }'),
            "outputs.segments.measures.n.column",
            'joined subjects are counted as "card" [E116]',
        ),
        (
            toml().replace('one_row_per = "card"', 'one_row_per = "person"'),
            "outputs.segments.join",
            'need one_row_per = "card" [E116]',
        ),
    ],
)
def test_what_cannot_be_joined_is_said(text, path, said):
    """Each fault once, at its place."""
    found = problems(text)

    assert list(found) == [path]
    assert said in found[path]


def test_several_kinds_join_two_tables():
    """Of three tables one could match two that contradict each other."""
    agreed = Contract.from_toml(toml())
    output = replace(agreed.output("segments"), join=("payments", "accounts", "more"))

    found = list(check_joined_on(output, agreed.terms.assets.values(), "outputs.o"))

    assert list(map(str, found)) == [
        "outputs.o.join: several kinds of subject join two assets, got 3 [E116]"
    ]


def test_bounded_contributions_bound_every_kind_joined_on():
    """A kind that is joined on is no other kind of subject."""
    bounded = 'protection = "perturbed"\ncontribution = { rows = 2 }'

    assert Contract.from_toml(toml(policy=bounded)).terms.outputs
    assert "policy.contribution bounds only" in " ".join(
        problems(toml('"card"', policy=bounded)).values()
    )
