"""What a contract may say about identifiers, and what it may not."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import Contract, DateFormat, Holds, TokenKind
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

KIND = 'kind = "pan"'
COLUMN = 'card_token = { subject = "card", source = "card_number" }'
KEYS = 'keys = [{ id = "k1", state = "active" }]'


def changed(*changes):
    """Return the contract's text with each (old, new) replaced everywhere."""
    text = contract_toml()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def column(text):
    """Return the token column that both tables have."""
    return COLUMN.replace('source = "card_number"', text)


@pytest.mark.parametrize(
    "kind", ["iban", "email", "phone", "device_id", "registration"]
)
def test_every_kind_that_identifies_a_subject(kind):
    """A subject may be identified by this kind alone."""
    read = Contract.from_toml(changed((KIND, f'kind = "{kind}"')))

    assert read.asset("payments").identifiers["card_token"].label == kind


def test_mailboxes_are_folded_only_if_the_table_is_named():
    """With the table, `email` is read as a mailbox, which has other tokens."""
    folded = changed((KIND, 'kind = "email"\nproviders = "email_provider_v1"'))

    identifier = Contract.from_toml(folded).asset("payments").identifiers["card_token"]

    assert identifier.components == (TokenKind.EMAIL_MAILBOX,)


def test_composites_name_their_parts_in_order():
    """A composite has one raw column for each kind, a date format and a country."""
    text = changed(
        (KIND, 'kind = ["name", "date_of_birth", "phone"]'),
        (
            COLUMN,
            column(
                'source = ["surname", "born", "tel"], '
                'date_format = "DD/MM/YYYY", country = "GB"'
            ),
        ),
    )

    terms = Contract.from_toml(text).asset("payments")

    (subject,) = terms.asset.subject_columns()
    assert terms.identifiers["card_token"].label == "name+date_of_birth+phone"
    assert subject.sources == ("surname", "born", "tel")
    assert subject.date_format is DateFormat.DMY_SLASH
    assert subject.country == "GB"


def test_registrations_declare_one_country():
    """Both tables of a subject do, since separators count in some countries only."""
    kind = (KIND, 'kind = "registration"')
    german = column('source = "plate", country = "DE"')

    both = Contract.from_toml(changed(kind, (COLUMN, german)))
    one = contract_toml().replace(*kind).replace(COLUMN, german, 1)
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(one)

    (subject,) = both.asset("payments").asset.subject_columns()
    assert subject.country == "DE"
    (problem,) = caught.value.problems
    assert problem.path.endswith("columns.card_token.country")
    assert 'must be that of "card" in the other tables' in str(problem)


@pytest.mark.parametrize("kind", [kind.value for kind in TokenKind if kind.hash_of])
def test_each_party_says_whether_it_holds_hashes(kind):
    """One subject, one kind; each table's column holds identifiers or hashes."""
    text = changed((KIND, f'kind = "{kind}"')).replace(
        COLUMN, column('source = "hashed", holds = "hash"'), 1
    )

    read = Contract.from_toml(text)

    held = {
        name: read.asset(name).asset.subject_columns()[0].holds
        for name in ("payments", "accounts")
    }
    assert held == {"payments": Holds.HASH, "accounts": Holds.RAW}
    assert read.asset("payments").identifiers == read.asset("accounts").identifiers


def test_a_column_of_numbers_to_hash_may_declare_its_country():
    """The numbers are normalised before they are hashed."""
    changes = (
        (KIND, 'kind = "phone_sha256_e164"'),
        (COLUMN, column('source = "tel", country = "GB"')),
    )

    terms = Contract.from_toml(changed(*changes)).asset("payments")

    assert terms.asset.subject_columns()[0].country == "GB"


def test_retiring_keys_are_listed():
    """The active key comes first, and a retired one is not accepted."""
    keys = (
        'keys = [{ id = "k0", state = "retired" }, { id = "k1", state = "retiring" }, '
        '{ id = "k2", state = "active" }]'
    )

    read = Contract.from_toml(changed((KEYS, keys)))

    assert read.terms.tokens.usable == ("k2", "k1")
    assert read.asset("payments").retiring == ("k1",)


@pytest.mark.parametrize(
    ("changes", "path", "text"),
    [
        (
            [(KIND, 'kind = "name"')],
            "subjects.card.kind",
            "identifies no subject by itself",
        ),
        ([(KIND, 'kind = "date_of_birth"')], "subjects.card.kind", "list several"),
        ([(KIND, 'kind = "postcode_uk"')], "subjects.card.kind", "list several"),
        ([(KIND, 'kind = "email_mailbox"')], "subjects.card.kind", "is not one of"),
        ([(KIND, 'kind = "emial"')], "subjects.card.kind", 'did you mean "email"?'),
        ([(KIND, "kind = []")], "subjects.card.kind", "must not be empty"),
        ([(KIND, "kind = [1]")], "subjects.card.kind[0]", "must be a string"),
        ([(KIND, "kind = 1")], "subjects.card.kind", "must be a string or a list"),
        (
            [(KIND, f"kind = {['name'] * 9}".replace("'", '"'))],
            "subjects.card.kind",
            "more than 8 items",
        ),
        (
            [(KIND, 'kind = "pan"\nproviders = "email_provider_v1"')],
            "subjects.card.providers",
            "for e-mail addresses only",
        ),
        (
            [(KIND, 'kind = "email"\nproviders = "mine"')],
            "subjects.card.providers",
            'is not one of "email_provider_v1"',
        ),
        (
            [(COLUMN, column('source = ["a", "b"]'))],
            "assets.payments.columns.card_token.source",
            "must name 1 raw column(s)",
        ),
        (
            [(COLUMN, column("source = []"))],
            "assets.payments.columns.card_token.source",
            "must not be empty",
        ),
        (
            [(COLUMN, column('source = "a", country = "GB"'))],
            "assets.payments.columns.card_token.country",
            "telephone numbers and registrations only",
        ),
        (
            [(COLUMN, column('source = "a", holds = "hash"'))],
            "assets.payments.columns.card_token.holds",
            'published hashes only: a kind such as "email_sha256_uid2"',
        ),
        (
            [(COLUMN, column('source = "a", holds = "hashes"'))],
            "assets.payments.columns.card_token.holds",
            'did you mean "hash"?',
        ),
        (
            [
                (KIND, 'kind = "phone_sha256_meta"'),
                (COLUMN, column('source = "a", holds = "hash", country = "GB"')),
            ],
            "assets.payments.columns.card_token.country",
            "and this column holds hashes",
        ),
        (
            [(KIND, 'kind = "email_sha256_meta"\nproviders = "email_provider_v1"')],
            "subjects.card.providers",
            "for e-mail addresses only",
        ),
        (
            [(COLUMN, column('source = "a", date_format = "DD/MM/YYYY"'))],
            "assets.payments.columns.card_token.date_format",
            "dates of birth only",
        ),
        (
            [
                (KIND, 'kind = "phone"'),
                (COLUMN, column('source = "a", country = "gb"')),
            ],
            "assets.payments.columns.card_token.country",
            'did you mean "GB"?',
        ),
        (
            [
                (KEYS, KEYS.replace("}]", '}, { id = "k0", state = "retiring" }]')),
                ("region =", "card_token_k0 ="),
                ('"region"', '"card_token_k0"'),
            ],
            "assets.payments.columns.card_token_k0",
            "is also another column",
        ),
    ],
)
def test_what_is_refused(changes, path, text):
    """The fault names its path and what to write instead."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(changed(*changes))

    found = {problem.path: str(problem) for problem in caught.value.problems}
    assert path in found
    assert text in found[path]
