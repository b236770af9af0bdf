"""The words in a column's name, and what they say about its contents."""

from __future__ import annotations

import re
from enum import Enum

from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.tokens import kind_spec, normalise_by

__all__ = ["Topic", "is_like_data", "topics", "words_of"]


class Topic(Enum):
    """What a column's name may be about; the values are words of names."""

    IDENTIFIER = (
        "id identifier ident no nr num number account acct customer member client"
        " patient person policy card pan iban ssn soc nino nhs insurance passport"
        " licence license vin uuid guid ref key tail registration plate email mail"
        " phone mobile tel telephone device idfa gaid"
    )
    PAYMENT_CARD = "card pan cc"
    GIVEN_NAME = "given first forename firstname givenname vorname prenom"
    SURNAME = "surname last lastname family familyname nachname maiden"
    NAME = "name fullname"
    BIRTH = "birth dob birthdate birthday born dateofbirth"
    POSTCODE = "postcode postal post zip zipcode plz pincode"
    ADDRESS = (
        "address addr street house flat apartment building lat latitude lon lng"
        " longitude geo gps ip"
    )
    CONSENT = "consent consented consents optin opted permission permitted agreed"
    OBJECTION = "optout objection objected revoked withdrawn out refused not"
    CODE = (
        "code mcc sic naics icd zone region class category type group band grade level"
        " tier segment cluster month quarter year weekday hour status"
    )
    AMOUNT = (
        "age amount count cnt qty quantity price cost sum total distance duration"
        " minutes hours days score rate income salary balance weight height km miles"
        " velocity limit spend spent revenue of seats"
    )
    SENSITIVE = (
        "diagnosis diagnoses icd disease illness condition health religion faith"
        " ethnic ethnicity race orientation disability pregnant pregnancy union"
        " conviction hiv"
    )


_WORDS = {topic: frozenset(topic.value.split()) for topic in Topic}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")


def words_of(name: str) -> tuple[str, ...]:
    """
    Return the words of a name in lower case, without digits.

    Examples:
        >>> words_of("dateOfBirth"), words_of("txn_count_1h"), words_of("Street 2")
        (('date', 'of', 'birth'), ('txn', 'count', 'h'), ('street',))
    """
    return tuple(word.lower() for word in _WORD.findall(name))


def topics(name: str) -> frozenset[Topic]:
    """
    Return what a column's name may be about.

    Examples:
        >>> sorted(t.name for t in topics("date_of_birth"))
        ['AMOUNT', 'BIRTH']
    """
    words = words_of(name)
    whole = "".join(words)
    found = {*words, whole}
    return frozenset(topic for topic, known in _WORDS.items() if found & known)


def is_like_data(name: str) -> bool:
    """
    Return whether a column's name is like a value, so that a file has no header.

    A number, a date, or an identifier that is recognised without its context.

    Examples:
        >>> [is_like_data(n) for n in ("4111 1111 1111 1111", "1984-02-29", "age")]
        [True, True, False]
    """
    if re.fullmatch(r"[\W_]*\d[\d\W_]*", name):
        return True
    distinct = (TokenKind.IBAN, TokenKind.EMAIL, TokenKind.DEVICE_ID, TokenKind.PHONE)
    specs = [
        *(kind_spec(kind) for kind in distinct),
        *(kind_spec(TokenKind.DATE_OF_BIRTH, date_format=form) for form in DateFormat),
    ]
    return any(normalise_by(spec, name).value is not None for spec in specs)
