"""Which identifier both tables have, from columns and from counts of tokens."""

from __future__ import annotations

import pytest

from cleanroom_join.contract import DateFormat, TokenKind
from cleanroom_join.errors import TableRefused
from cleanroom_join.first_contract.column_roles import ColumnRole, Role, Slot
from cleanroom_join.first_contract.draft import subject_name, token_column_name
from cleanroom_join.first_contract.shared_identifiers import (
    IdentifierCounts,
    SharedIdentifier,
    choose_identifier,
    identifiers_to_try,
)

TABLES = ("members", "clients")


def alone(name, *kinds):
    """Return a column that identifies a subject by itself."""
    return ColumnRole(name=name, role=Role.IDENTIFIER, reason="", kinds=kinds)


def component(name, slot, kind=TokenKind.NAME, form=DateFormat.ISO):
    """Return a column that helps to identify a subject."""
    return ColumnRole(
        name=name,
        role=Role.COMPONENT,
        reason="",
        kinds=(kind,),
        slot=slot,
        date_format=form,
    )


def counts(shared, left=(500, 500), right=(500, 500)):
    """Return the counts of an identifier; rows and subjects of each table."""
    return IdentifierCounts(
        rows=(left[0], right[0]), subjects=(left[1], right[1]), shared=shared
    )


def identifier(name, *kinds):
    """Return an identifier of like columns."""
    kinds = kinds or (TokenKind.ACCOUNT,)
    names = tuple(f"{name}{i}" for i in range(len(kinds)))
    return SharedIdentifier(kinds=kinds, sources=(names, names))


def test_columns_of_one_kind_are_tried_like_names_first():
    """Each pair by the most distinctive kind that accepts both."""
    left = [
        alone("rec_id", TokenKind.REGISTRATION),
        alone("soc_sec_id", TokenKind.ACCOUNT, TokenKind.REGISTRATION),
    ]
    right = [
        alone("SOC_SEC_ID", TokenKind.ACCOUNT, TokenKind.REGISTRATION),
        alone("mail", TokenKind.EMAIL),
    ]

    tried = identifiers_to_try(left, right)

    assert [(one.kinds, one.sources) for one in tried] == [
        ((TokenKind.ACCOUNT,), (("soc_sec_id",), ("SOC_SEC_ID",))),
        ((TokenKind.REGISTRATION,), (("rec_id",), ("SOC_SEC_ID",))),
    ]


def test_names_birth_and_postcode_make_an_identifier():
    """In one order on both sides, whatever the order of columns; with each format."""
    left = [
        component("born", Slot.BIRTH, TokenKind.DATE_OF_BIRTH, DateFormat.COMPACT),
        component("given", Slot.GIVEN_NAME),
        component("sur", Slot.SURNAME),
        component("post", Slot.POSTCODE, TokenKind.POSTCODE_ALNUM),
        component("name", Slot.NAME),
    ]
    right = [
        component("LAST", Slot.SURNAME),
        component("FIRST", Slot.GIVEN_NAME),
        component("DOB", Slot.BIRTH, TokenKind.DATE_OF_BIRTH),
        component("NAME", Slot.NAME),
    ]

    (tried,) = identifiers_to_try(left, right)

    assert tried.kinds == (TokenKind.NAME, TokenKind.NAME, TokenKind.DATE_OF_BIRTH)
    assert tried.sources == (("given", "sur", "born"), ("FIRST", "LAST", "DOB"))
    assert tried.date_formats == (DateFormat.COMPACT, DateFormat.ISO)


@pytest.mark.parametrize(
    "slots",
    [[Slot.SURNAME, Slot.GIVEN_NAME], [Slot.BIRTH, Slot.POSTCODE, Slot.GIVEN_NAME]],
)
def test_too_few_components_identify_nobody(slots):
    """Without a date of birth, or without a surname."""
    columns = [
        component(
            s.value, s, TokenKind.DATE_OF_BIRTH if s is Slot.BIRTH else TokenKind.NAME
        )
        for s in slots
    ]

    assert identifiers_to_try(columns, columns) == ()


def test_one_column_is_preferred_to_a_composite():
    """Unless it matches few: numbers of two systems are equal by chance."""
    one = identifier("id")
    several = identifier(
        "person", TokenKind.NAME, TokenKind.NAME, TokenKind.DATE_OF_BIRTH
    )

    many = choose_identifier([(one, counts(300)), (several, counts(400))], TABLES, 100)
    few = choose_identifier(
        [(one, counts(100, (900, 900), (900, 900))), (several, counts(400))],
        TABLES,
        100,
    )

    assert many[0] is one
    assert few[0] is several


def test_of_equal_matches_the_like_names_win():
    """They come first in what is tried."""
    first, second = identifier("a"), identifier("b")

    chosen, _ = choose_identifier(
        [(first, counts(300)), (second, counts(300))], TABLES, 100
    )

    assert chosen is first


def test_fewer_than_k_matches_are_no_identifier():
    """99 is as good as none, and the message has no count but k."""
    with pytest.raises(TableRefused, match="E321") as caught:
        choose_identifier([(identifier("id"), counts(99))], TABLES, 100)

    assert "99" not in str(caught.value)


def test_an_identifier_stored_as_a_number_is_named():
    """Where nothing else matches: it is most likely the one."""
    with pytest.raises(TableRefused, match=r'E203.*"customer_id" must be STRING'):
        choose_identifier([], TABLES, 100, numbered=["customer_id"])


def test_one_table_must_have_one_row_per_subject():
    """Many rows with many would count subjects twice."""
    both = counts(300, left=(600, 500), right=(501, 500))
    left = counts(200, left=(600, 500), right=(500, 500))

    with pytest.raises(TableRefused, match="E322"):
        choose_identifier([(identifier("id"), both)], TABLES, 100)
    chosen, counted = choose_identifier(
        [(identifier("a"), both), (identifier("b"), left)], TABLES, 100
    )
    assert chosen.sources[0] == ("b0",)
    assert counted.unique == (False, True)


def test_names_of_ours_meet_no_column():
    """Nor the second column that a token has while its key is changed."""
    assert token_column_name("card", ["amount"]) == "card_token"
    assert token_column_name("card", ["CARD_TOKEN_k1"]) == "card_token_2"
    assert subject_name([TokenKind.NAME, TokenKind.NAME]) == "person"
    assert subject_name([TokenKind.IBAN]) == "account"
